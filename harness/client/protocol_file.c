/* SPDX-License-Identifier: MIT */
/* A reader of lines: a word, for most a string in quotes, and perhaps a
   comment. Which word may follow which is looked at here, what is in the quotes
   not. */
#include "client/protocol_file.h"

#include "client/protocol_reader.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char protocol_echo_text[] =
    "# RFC 862: what a client sends comes back. {frame} is 64 bytes, of a\n"
    "# fixture or of a stamp that says whose they are.\n"
    "send   \"{frame}\"\n"
    "expect \"{frame}\"\n";

static bool has_frame(const struct protocol *p,
                      const struct protocol_step *step)
{
    bool frame = false;

    for (size_t i = 0; i < step->n; i++)
        frame |= p->part[step->first + i].kind == PART_FRAME;
    return frame;
}

static int wrong_frame(struct reader *r, const char *at)
{
    return reader_wrong(r, at, "{frame} stands in send and expect alone");
}

static int add_step(struct reader *r, const char *at, bool sends,
                    const struct protocol_step *step)
{
    struct protocol *p = r->p;
    bool frame = has_frame(p, step);

    if (frame && r->stage == STAGE_OPENING)
        return wrong_frame(r, at);
    if (!sends && step->has_token && !r->token_sent)
        return reader_wrong(r, at, "{token} is awaited, but was never sent");
    if (!sends && frame && !r->frame_sent)
        return reader_wrong(r, at,
                            "{frame} is awaited, but was not sent before");
    if (p->steps == PROTOCOL_STEPS)
        return reader_wrong(r, at, "more than %d steps", PROTOCOL_STEPS);
    r->token_sent |= sends && step->has_token;
    r->token_sent_now |= sends && step->has_token && r->stage == STAGE_EXCHANGE;
    r->frame_sent |= sends && frame;
    p->own |= !sends && r->stage == STAGE_EXCHANGE &&
              (frame || (step->has_token && r->token_sent_now));
    p->step[p->steps] = *step;
    p->step[p->steps++].sends = sends;
    if (r->stage == STAGE_OPENING)
        p->opening = p->steps;
    return 0;
}

static int to_exchange(struct reader *r, const char *at, bool sends)
{
    if (r->stage == STAGE_BYE)
        return reader_wrong(r, at, "after bye nothing more is said");
    if (r->stage == STAGE_OPENING && !sends)
        return reader_wrong(r, at,
                            "an exchange begins with send: what the server "
                            "says first is its greeting");
    r->stage = STAGE_EXCHANGE;
    return 0;
}

static int take_bye(struct reader *r, const char *at,
                    const struct protocol_step *step)
{
    if (r->p->has_bye)
        return reader_wrong(r, at, "a second bye");
    if (r->stage != STAGE_EXCHANGE)
        return reader_wrong(r, at, "bye before the exchange");
    if (has_frame(r->p, step))
        return wrong_frame(r, at);
    r->stage = STAGE_BYE;
    r->p->has_bye = true;
    r->p->bye = *step;
    return 0;
}

/* at: where the word stands, for what is wrong with its place. */
static int place_string(struct reader *r, const char *at, const char *word,
                        const struct protocol_step *step)
{
    bool opens = r->stage == STAGE_OPENING;
    const struct protocol *p = r->p;

    if (strcmp(word, "bye") == 0)
        return take_bye(r, at, step);
    if (strcmp(word, "send") == 0 || strcmp(word, "expect") == 0) {
        bool sends = word[0] == 's';

        return to_exchange(r, at, sends) < 0 ? -1
                                             : add_step(r, at, sends, step);
    }
    if (!opens)
        return reader_wrong(r, at, "%s comes before the exchange", word);
    if (strcmp(word, "greeting") == 0) {
        if (p->steps > 0)
            return reader_wrong(r, at,
                                r->greeted ? "a second greeting"
                                           : "the greeting comes first");
        r->greeted = true;
        return add_step(r, at, false, step);
    }
    if (strcmp(word, "hello") == 0)
        return add_step(r, at, true, step);
    if (p->steps == (r->greeted ? 1 : 0))
        return reader_wrong(r, at, "welcome comes after hello");
    return add_step(r, at, false, step);
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        r->at++;
}

static bool is_known(const char *word)
{
    static const char *const words[] = { "greeting", "hello",  "welcome",
                                         "send",     "expect", "bye" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* "once", "lockstep". */
static int take_flag(struct reader *r, const char *at, const char *word)
{
    bool *flag = strcmp(word, "once") == 0       ? &r->p->once
                 : strcmp(word, "lockstep") == 0 ? &r->p->lockstep
                                                 : NULL;

    if (!flag)
        return reader_wrong(
            r, at,
            "unknown word '%s': greeting, hello, welcome, send, "
            "expect, bye, once, lockstep",
            word);
    if (*flag)
        return reader_wrong(r, at, "a second %s", word);
    *flag = true;
    return 0;
}

static int end_of_line(struct reader *r)
{
    skip_blanks(r);
    if (r->at < r->end && *r->at != '#')
        return reader_wrong(r, r->at, "more stands on the line");
    return 0;
}

static int take_line(struct reader *r)
{
    struct protocol_step step = { .sends = false };
    char word[16] = "";
    const char *at;
    size_t n = 0;

    skip_blanks(r);
    if (r->at == r->end || *r->at == '#')
        return 0;
    at = r->at;
    while (r->at < r->end && isalpha((unsigned char)*r->at)) {
        if (n + 1 < sizeof word)
            word[n++] = *r->at;
        r->at++;
    }
    if (n == 0)
        return reader_wrong(r, at, "a word is expected: send, expect ...");
    if (!is_known(word))
        return take_flag(r, at, word) < 0 ? -1 : end_of_line(r);
    skip_blanks(r);
    if (r->at == r->end || *r->at != '"')
        return reader_wrong(r, r->at, "%s needs a string in quotes", word);
    r->at++;
    if (reader_string(r, &step) < 0 || end_of_line(r) < 0)
        return -1;
    return place_string(r, at, word, &step);
}

/* All has been read. */
static int check_whole(struct reader *r)
{
    struct protocol *p = r->p;
    bool awaits = false;

    for (size_t i = p->opening; i < p->steps; i++)
        awaits |= !p->step[i].sends;
    if (p->steps == p->opening)
        return reader_wrong(r, r->at,
                            "no exchange: a send and an expect are needed");
    if (!awaits)
        return reader_wrong(r, r->at,
                            "no expect: an exchange awaits something");
    if (p->step[p->steps - 1].sends)
        return reader_wrong(r, r->at, "an exchange ends with expect");
    p->echo = p->opening == 0 && p->steps == 2 && p->step[0].is_frame &&
              p->step[1].is_frame;
    return 0;
}

static void begin(struct reader *r, struct protocol *p, char *why, size_t size)
{
    memset(p, 0, sizeof *p);
    *r = (struct reader){ .p = p, .why = why, .size = size };
}

int protocol_parse(struct protocol *p, const char *name, const char *text,
                   size_t n, char *why, size_t size)
{
    const char *const whole = text, *const all = text + n;
    struct reader r;

    begin(&r, p, why, size);
    (void)snprintf(p->name, sizeof p->name, "%s", name);
    r.line = r.at = r.end = text;
    for (r.number = 1; text < all; r.number++) {
        const char *newline = memchr(text, '\n', (size_t)(all - text));
        size_t length = (size_t)((newline ? newline : all) - text);
        const char *nul = memchr(text, '\0', length);

        r.line = r.at = text;
        r.end = text + length;
        text = newline ? newline + 1 : all;
        if (length > 0 && r.end[-1] == '\r')
            r.end--;
        if (nul)
            return reader_wrong(&r, nul, "a NUL byte: write it as \\0");
        if (take_line(&r) < 0)
            return -1;
        if (r.end - whole > PROTOCOL_FILE_BYTES)
            return reader_wrong(&r, whole + PROTOCOL_FILE_BYTES,
                                "the file is larger than %d KiB",
                                PROTOCOL_FILE_BYTES >> 10);
    }
    if (r.number > 1)
        r.number--; /* the last line */
    return check_whole(&r);
}

int protocol_of_strings(struct protocol *p, const char *sent,
                        const char *received, char *why, size_t size)
{
    const char *const texts[] = { sent, received };
    static const char *const options[] = { "--send", "--receive" };
    struct reader r;

    begin(&r, p, why, size);
    (void)snprintf(p->name, sizeof p->name, "--send");
    r.stage = STAGE_EXCHANGE;
    for (int i = 0; i < 2; i++) {
        struct protocol_step step = { .sends = false };
        int n = snprintf(why, size, "%s: ", options[i]);

        r.why = why + n;
        r.size = size - (size_t)n;
        r.line = r.at = texts[i];
        r.end = r.at + strlen(r.at);
        if (reader_string(&r, &step) < 0 ||
            add_step(&r, texts[i], i == 0, &step) < 0)
            return -1;
    }
    return check_whole(&r);
}
