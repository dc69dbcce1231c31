/* SPDX-License-Identifier: MIT */
/* Requests without their answers: what is sent ahead, or in part. */
#include "client/talk.h"

#include <string.h>

size_t talk_request(const struct talk *t, uint32_t sequence,
                    unsigned char *bytes, size_t size)
{
    const struct protocol *p = t->who.protocol;
    unsigned char frame[FRAME_BYTES], text[PROTOCOL_STRING];
    struct speaker who = t->who;
    size_t n = 0;

    who.stamp.sequence = sequence;
    frame_fill(frame, &who.stamp);
    for (size_t i = p->opening; i < p->steps; i++) {
        size_t more;

        if (!p->step[i].sends && p->lockstep)
            break;
        if (!p->step[i].sends)
            continue;
        more = protocol_string(&who, &p->step[i], frame, sizeof frame, text);
        more = more < size - n ? more : size - n;
        memcpy(bytes + n, text, more);
        n += more;
    }
    return n;
}

size_t talk_flood(const struct talk *t, uint32_t *sequence,
                  unsigned char *piece, size_t size)
{
    unsigned char one[2 * PROTOCOL_STRING];
    size_t n = 0, more;

    if (t->who.protocol->echo)
        return 0;
    while ((more = talk_request(t, *sequence, one, sizeof one)) <= size - n) {
        memcpy(piece + n, one, more);
        n += more;
        ++*sequence;
    }
    return n;
}

void talk_hold_half(struct talk *t)
{
    const struct protocol *p = t->who.protocol;
    unsigned char text[PROTOCOL_STRING];
    size_t n = t->nframe;

    if (!p->step[p->opening].is_frame)
        n = protocol_string(&t->who, &p->step[p->opening], t->frame, t->nframe,
                            text);
    t->hold = n / 2 ? n / 2 : 1;
}

void talk_hold_in_token(struct talk *t)
{
    const struct protocol *p = t->who.protocol;
    unsigned char text[PROTOCOL_STRING], *found;
    char token[TOKEN_LETTERS];
    size_t n = protocol_string(&t->who, &p->step[p->opening], t->frame,
                               t->nframe, text);

    token_fill(token, &t->who.stamp);
    found = memmem(text, n, token, sizeof token);
    if (found)
        t->hold = (size_t)(found - text) + sizeof token / 2;
    else
        talk_hold_half(t);
}
