/* SPDX-License-Identifier: MIT */
/* Protocol files that nobody would write, drawn from what files are made of:
   each is understood, or refused at a place that is in it. Sanitizers look on,
   since the text stands in memory of its own size. */
#include "client/protocol_file.h"

#include "base/check.h"

#include <stdlib.h>

enum { FILES = 20000, MOST_BYTES = 1024 };

static struct protocol protocol;
static char why[256];
static uint64_t drawn = 1;

static uint32_t draw(uint32_t below)
{
    drawn ^= drawn << 13;
    drawn ^= drawn >> 7;
    drawn ^= drawn << 17;
    return (uint32_t)(drawn >> 16) % below;
}

static const char *draw_line(void)
{
    static const char *const line[] = {
        "send \"a\"\nexpect \"b\"\n",
        "send \"{token}\"\nexpect \"{token}\"\n",
        "send \"{frame}\"\nexpect \"{frame}\"\n",
        "send \"{ip}:{port} {{\\x41\\n\"\n",
        "expect \"\\\"\\\\\\0\"\r\n",
        "greeting \"220 \"\n",
        "hello \"{token}\"\n",
        "welcome \"250 \"\n",
        "bye \"\\x00\"\n",
        "once\n",
        "lockstep # so\n",
        "\n",
        "# {token\n",
    };

    return line[draw(sizeof line / sizeof line[0])];
}

static const char *draw_piece(void)
{
    static const char *const piece[] = { "\"", "{token}", "{frame}", "{",
                                         "}",  "\\",      "\\x4",    "send ",
                                         "#",  " ",       "\n",      "once" };

    return piece[draw(sizeof piece / sizeof piece[0])];
}

/* A few lines, one of three with something in it that is out of place. */
static size_t draw_file(char *text)
{
    size_t n = 0;

    for (uint32_t left = 1 + draw(6); left > 0; left--) {
        const char *more = draw_line();

        memcpy(text + n, more, strlen(more));
        n += strlen(more);
    }
    for (uint32_t left = draw(3) ? 0 : 1 + draw(4); left > 0; left--) {
        const char *more = draw_piece();
        size_t at = draw((uint32_t)n + 1);

        memmove(text + at + strlen(more), text + at, n - at);
        memcpy(text + at, more, strlen(more));
        n += strlen(more);
        if (draw(2))
            text[draw((uint32_t)n)] = (char)draw(256);
    }
    return draw(8) ? n : draw((uint32_t)n + 1);
}

/* LINE:COLUMN is in the file, or right behind it. */
static void check_place(const char *text, size_t n)
{
    const char *at = text, *end = text + n, *next = NULL;
    unsigned line = 0, column = 0;

    CHECK_INT(sscanf(why, "%u:%u: ", &line, &column), 2);
    for (unsigned number = 1; number < line; number++) {
        next = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        CHECK(next);
        at = next ? next + 1 : end;
    }
    next = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    CHECK(column >= 1 && column <= (size_t)((next ? next : end) - at) + 1);
}

static void check_can_be_spoken(void)
{
    static const unsigned char frame[FRAME_BYTES];
    unsigned char text[PROTOCOL_STRING];
    struct speaker who = { .protocol = &protocol };

    CHECK(protocol.steps > protocol.opening);
    CHECK(protocol.step[protocol.opening].sends);
    CHECK(!protocol.step[protocol.steps - 1].sends);
    for (size_t i = 0; i < protocol.steps; i++)
        CHECK(protocol_string(&who, &protocol.step[i], frame, sizeof frame,
                              text) <= sizeof text);
}

int main(void)
{
    static char all[MOST_BYTES];
    size_t understood = 0;

    for (int i = 0; i < FILES; i++) {
        size_t n = draw_file(all);
        char *text = malloc(n ? n : 1);

        if (!text)
            return 1;
        memcpy(text, all, n);
        why[0] = '\0';
        if (protocol_parse(&protocol, "name", text, n, why, sizeof why) == 0) {
            check_can_be_spoken();
            understood++;
        } else {
            check_place(text, n);
        }
        free(text);
    }
    CHECK(understood > FILES / 20 && understood < FILES / 2);
    return check_result();
}
