/* SPDX-License-Identifier: MIT */
/* How far a talk has come, in words. */
#include "client/talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TALK_QUOTED = 48 };

/* The step that awaits something now, or NULL. */
static const struct protocol_step *awaited(const struct talk *t)
{
    const struct protocol *p = t->who.protocol;
    const struct protocol_step *step = &p->step[t->step];

    return t->step < (t->under_way ? p->steps : p->opening) && !step->sends
               ? step
               : NULL;
}

bool talk_transcript(const struct talk *t, size_t i, bool *sent,
                     const unsigned char **bytes, size_t *n)
{
    size_t at = 0;

    for (; at < t->nlog; at += *n + 3) {
        *sent = t->log[at] == '>';
        *n = (size_t)t->log[at + 1] << 8 | t->log[at + 2];
        *bytes = t->log + at + 3;
        if (i-- == 0)
            return true;
    }
    return false;
}

const char *talk_ended_by(const struct talk *t)
{
    switch ((enum talk_trouble)t->trouble) {
    case TALK_FIN:
        return "FIN";
    case TALK_SILENT:
        return "silence";
    case TALK_ENDLESS:
        return "no end";
    case TALK_WRONG:
        return "wrong bytes";
    case TALK_FOREIGN:
        return "another's token";
    case TALK_UNCONNECTED:
    case TALK_SEND_FAILED:
    case TALK_RECV_FAILED:
        return t->error == ECONNRESET || t->error == EPIPE ? "RST"
               : t->error                                  ? strerror(t->error)
                                                           : "silence";
    case TALK_FINE:
        break;
    }
    return "silence";
}

/* n bytes as a string of a protocol file; what is too long is cut. */
static void quote(const unsigned char *bytes, size_t n, char *text, size_t size)
{
    size_t at = 0, i;

    text[at++] = '"';
    for (i = 0; i < n && i < TALK_QUOTED && at + 9 < size; i++) {
        unsigned char c = bytes[i];

        if (c == '\r' || c == '\n' || c == '"' || c == '\\')
            at += (size_t)snprintf(text + at, size - at, "\\%c",
                                   c == '\r'   ? 'r'
                                   : c == '\n' ? 'n'
                                               : c);
        else if (c < ' ' || c > '~')
            at += (size_t)snprintf(text + at, size - at, "\\x%02x", c);
        else
            text[at++] = (char)c;
    }
    (void)snprintf(text + at, size - at, i < n ? "...\"" : "\"");
}

/* What the step awaits, a token by its name: so all clients say the same. */
static void quote_step(const struct talk *t, char *text, size_t size)
{
    const struct protocol *p = t->who.protocol;
    const struct protocol_step *step = awaited(t);
    unsigned char all[PROTOCOL_STRING];
    size_t n = 0;

    for (size_t i = 0; i < step->n; i++) {
        static const char *const names[] = { "", "{token}", "{frame}", "{ip}",
                                             "{port}" };
        const struct protocol_part *part = &p->part[step->first + i];
        bool literal = part->kind == PART_LITERAL;
        const void *from = literal ? (const void *)(p->literals + part->at)
                                   : names[part->kind];
        size_t more = literal ? part->n : strlen(names[part->kind]);

        more = more < sizeof all - n ? more : sizeof all - n;
        memcpy(all + n, from, more);
        n += more;
    }
    quote(all, n, text, size);
}

static void describe_frame(const struct talk *t, char *text, size_t size)
{
    if (t->trouble == TALK_WRONG)
        snprintf(text, size, "wrong bytes from offset %zu",
                 frame_difference(t->frame, t->in, t->nin));
    else
        snprintf(text, size, "%zu of %zu bytes came back, then %s", t->nin,
                 t->nframe, talk_ended_by(t));
}

static void describe_text(const struct talk *t, char *text, size_t size)
{
    char want[4 * TALK_QUOTED + 16], got[4 * TALK_QUOTED + 16];

    quote_step(t, want, sizeof want);
    quote(t->in, t->nin, got, sizeof got);
    if (t->trouble == TALK_FOREIGN)
        snprintf(text, size, "the token of client %u, exchange %u, came: %s",
                 t->whose.client, t->whose.sequence, got);
    else if (t->nin)
        snprintf(text, size, "no %s, but %s and then %s", want, got,
                 talk_ended_by(t));
    else
        snprintf(text, size, "no %s, but %s", want, talk_ended_by(t));
}

bool talk_was_turned_away(const struct talk *t)
{
    return !t->who.protocol->echo &&
           (t->trouble == TALK_FIN || t->trouble == TALK_RECV_FAILED ||
            t->trouble == TALK_UNCONNECTED);
}

void talk_describe(const struct talk *t, char *text, size_t size)
{
    if (t->trouble == TALK_UNCONNECTED)
        snprintf(text, size, "connect: %s", strerror(t->error));
    else if (!awaited(t))
        snprintf(text, size, "send: %s", talk_ended_by(t));
    else if (awaited(t)->is_frame)
        describe_frame(t, text, size);
    else
        describe_text(t, text, size);
}
