/* SPDX-License-Identifier: MIT */
/* The strings of a protocol's file, byte by byte: what they hold becomes
   literals and placeholders. What is wrong is told at the first byte that is.
 */
#include "client/protocol_reader.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int reader_wrong(struct reader *r, const char *at, const char *form, ...)
{
    va_list args;
    int n;

    n = r->number
            ? snprintf(r->why, r->size, "%u:%zu: ", r->number,
                       (size_t)(at - r->line) + 1)
            : snprintf(r->why, r->size, "%zu: ", (size_t)(at - r->line) + 1);
    va_start(args, form);
    if (n >= 0 && (size_t)n < r->size)
        (void)vsnprintf(r->why + n, r->size - (size_t)n, form, args);
    va_end(args);
    return -1;
}

static int add_part(struct reader *r, const char *at,
                    struct protocol_step *step, enum protocol_part_kind kind)
{
    struct protocol *p = r->p;

    if (p->nparts == PROTOCOL_PARTS)
        return reader_wrong(r, at, "more than %d pieces of strings in all",
                            PROTOCOL_PARTS);
    p->part[p->nparts++] =
        (struct protocol_part){ .kind = (uint8_t)kind, .at = p->nliterals };
    step->n++;
    return 0;
}

static int add_byte(struct reader *r, const char *at,
                    struct protocol_step *step, unsigned char byte)
{
    struct protocol *p = r->p;
    struct protocol_part *last;

    if (step->n == 0 || p->part[p->nparts - 1].kind != PART_LITERAL)
        if (add_part(r, at, step, PART_LITERAL) < 0)
            return -1;
    last = &p->part[p->nparts - 1];
    if (p->nliterals == PROTOCOL_LITERALS)
        return reader_wrong(r, at, "more than %d bytes of strings in all",
                            PROTOCOL_LITERALS);
    p->literals[p->nliterals++] = byte;
    last->n++;
    return 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* r->at stands behind the backslash. */
static int take_escape(struct reader *r, struct protocol_step *step)
{
    static const char letters[] = "rnt0\\\"", bytes[] = "\r\n\t\0\\\"";
    const char *at = r->at - 1, *which;

    if (r->at == r->end)
        return reader_wrong(r, at, "nothing stands behind the backslash");
    if (*r->at == 'x') {
        int high = r->end - r->at > 1 ? hex_digit(r->at[1]) : -1;
        int low = r->end - r->at > 2 ? hex_digit(r->at[2]) : -1;

        if (high < 0 || low < 0)
            return reader_wrong(r, at, "\\x needs two hexadecimal digits");
        r->at += 3;
        return add_byte(r, at, step, (unsigned char)(high << 4 | low));
    }
    which = *r->at ? strchr(letters, *r->at) : NULL;
    if (!which)
        return reader_wrong(r, at,
                            "no such escape: \\r \\n \\t \\0 \\\\ \\\" \\xHH");
    r->at++;
    return add_byte(r, at, step, (unsigned char)bytes[which - letters]);
}

/* r->at stands on an opening brace. */
static int take_brace(struct reader *r, struct protocol_step *step)
{
    static const struct {
        const char *word;
        enum protocol_part_kind kind;
    } places[] = {
        { "{token}", PART_TOKEN },
        { "{frame}", PART_FRAME },
        { "{ip}", PART_IP },
        { "{port}", PART_PORT },
    };
    size_t left = (size_t)(r->end - r->at);

    if (left > 1 && r->at[1] == '{') {
        r->at += 2;
        return add_byte(r, r->at - 2, step, '{');
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t n = strlen(places[i].word);

        if (left < n || memcmp(r->at, places[i].word, n) != 0)
            continue;
        r->at += n;
        step->has_token |= places[i].kind == PART_TOKEN;
        return add_part(r, r->at - n, step, places[i].kind);
    }
    return reader_wrong(
        r, r->at,
        "no such placeholder: {token} {frame} {ip} {port}, and {{ "
        "for a brace");
}

int reader_string(struct reader *r, struct protocol_step *step)
{
    const char *from = r->at;
    int rc = 0;

    step->first = r->p->nparts;
    while (rc == 0 && r->at < r->end && (r->number == 0 || *r->at != '"')) {
        unsigned char c = (unsigned char)*r->at;

        if (c == '\\') {
            r->at++;
            rc = take_escape(r, step);
        } else if (c == '{') {
            rc = take_brace(r, step);
        } else if (c < ' ' || c == 127) {
            rc = reader_wrong(r, r->at, "byte 0x%02x: write it as \\x%02x", c,
                              c);
        } else {
            rc = add_byte(r, r->at++, step, c);
        }
        if (rc == 0 && protocol_longest(r->p, step) > PROTOCOL_STRING)
            rc = reader_wrong(r, from, "the string is longer than %d bytes",
                              PROTOCOL_STRING);
    }
    if (rc < 0)
        return -1;
    if (r->number && r->at == r->end)
        return reader_wrong(r, from - 1, "the quote is not closed");
    if (step->n == 0)
        return reader_wrong(r, from, "the string is empty");
    step->is_frame = step->n == 1 && r->p->part[step->first].kind == PART_FRAME;
    r->at += r->number != 0;
    return 0;
}
