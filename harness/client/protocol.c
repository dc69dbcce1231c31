/* SPDX-License-Identifier: MIT */
/* A token is a number in base 26: what it names, a tag of the run's seed, and a
   letter that checks the others. The number is mixed with the seed, so that the
   tokens of two clients differ in many letters. Letters alone, since a token
   may have to be a host name, a topic or a user. */
#include "client/protocol.h"

#include <stdio.h>
#include <string.h>

enum { CLIENT_BITS = 24, SEQUENCE_BITS = 24, ROUND_BITS = 8, TAG_BITS = 14 };

__extension__ typedef unsigned __int128 number;

#define MASK(bits) ((UINT64_C(1) << (bits)) - 1)
#define PAYLOAD_BITS (CLIENT_BITS + SEQUENCE_BITS + ROUND_BITS)

/* What the payload is mixed with depends on the tag, and the tag on the
   seed. */
static uint64_t mask_of(uint64_t seed, uint64_t tag)
{
    return frame_random(seed ^ 0x746f6b656e, tag) & MASK(PAYLOAD_BITS);
}

/* Two halves that are mixed by turns: a change of one bit reaches all. */
static uint64_t mix(uint64_t payload, uint64_t seed, bool back)
{
    const int half = PAYLOAD_BITS / 2;
    uint64_t low = payload & MASK(PAYLOAD_BITS / 2), high = payload >> half;

    for (int turn = 0; turn < 4; turn++) {
        int k = back ? 3 - turn : turn;
        uint64_t *changed = k % 2 ? &high : &low;
        uint64_t by = k % 2 ? low : high;

        *changed ^=
            frame_random(seed + (uint64_t)k, by) & MASK(PAYLOAD_BITS / 2);
    }
    return high << half | low;
}

static uint64_t tag_of(uint64_t seed)
{
    return frame_random(seed, 0x746167) & MASK(TAG_BITS);
}

static char check_letter(const char *letters)
{
    unsigned sum = 0;

    for (int i = 0; i < TOKEN_LETTERS - 1; i++)
        sum += (unsigned)(letters[i] - 'a') * (unsigned)(2 * i + 1);
    return (char)('a' + sum % 26);
}

static uint64_t payload_of(const struct frame_stamp *s)
{
    return (s->client & MASK(CLIENT_BITS)) << (SEQUENCE_BITS + ROUND_BITS) |
           (s->sequence & MASK(SEQUENCE_BITS)) << ROUND_BITS |
           (s->round & MASK(ROUND_BITS));
}

void token_fill(char letters[TOKEN_LETTERS], const struct frame_stamp *s)
{
    uint64_t tag = tag_of(s->seed);
    number all =
        (number)(mix(payload_of(s), s->seed, false) ^ mask_of(s->seed, tag))
            << TAG_BITS |
        tag;

    for (int i = TOKEN_LETTERS - 2; i >= 0; i--) {
        letters[i] = (char)('a' + (int)(all % 26));
        all /= 26;
    }
    letters[TOKEN_LETTERS - 1] = check_letter(letters);
}

bool token_read(const char letters[TOKEN_LETTERS], uint64_t seed,
                struct frame_stamp *s)
{
    number all = 0;
    uint64_t payload, tag = tag_of(seed);

    for (int i = 0; i < TOKEN_LETTERS; i++)
        if (letters[i] < 'a' || letters[i] > 'z')
            return false;
    if (letters[TOKEN_LETTERS - 1] != check_letter(letters))
        return false;
    for (int i = 0; i < TOKEN_LETTERS - 1; i++)
        all = all * 26 + (number)(letters[i] - 'a');
    if ((uint64_t)(all & MASK(TAG_BITS)) != tag ||
        all >> (PAYLOAD_BITS + TAG_BITS))
        return false;
    payload = mix((uint64_t)(all >> TAG_BITS) ^ mask_of(seed, tag), seed, true);
    *s = (struct frame_stamp){
        .seed = seed,
        .client = (uint32_t)(payload >> (SEQUENCE_BITS + ROUND_BITS)),
        .sequence = (uint32_t)(payload >> ROUND_BITS & MASK(SEQUENCE_BITS)),
        .round = (uint32_t)(payload & MASK(ROUND_BITS)),
    };
    return true;
}

bool token_foreign(const unsigned char *bytes, size_t n,
                   const struct frame_stamp *s, bool any_exchange,
                   struct frame_stamp *whose)
{
    struct frame_stamp own = *s;
    char letters[TOKEN_LETTERS];

    for (size_t i = 0; i + TOKEN_LETTERS <= n; i++) {
        memcpy(letters, bytes + i, TOKEN_LETTERS);
        if (!token_read(letters, s->seed, whose))
            continue;
        if (!any_exchange)
            own.sequence = whose->sequence;
        if (payload_of(whose) != payload_of(&own))
            return true;
    }
    return false;
}

/* One part into text, of which room is left. Returns its length. */
static size_t put_part(const struct speaker *s, const struct protocol_part *p,
                       const unsigned char *frame, size_t nframe,
                       unsigned char *text, size_t room)
{
    char word[ADDRESS_TEXT] = "";
    const void *from = word;
    size_t n = 0;

    switch ((enum protocol_part_kind)p->kind) {
    case PART_LITERAL:
        from = s->protocol->literals + p->at;
        n = p->n;
        break;
    case PART_TOKEN:
        token_fill(word, &s->stamp);
        n = TOKEN_LETTERS;
        break;
    case PART_FRAME:
        from = frame;
        n = nframe;
        break;
    case PART_IP:
        n = strlen(address_host(&s->to, word));
        break;
    case PART_PORT:
        n = (size_t)snprintf(word, sizeof word, "%d", address_port(&s->to));
        break;
    }
    n = n < room ? n : room;
    memcpy(text, from, n);
    return n;
}

size_t protocol_string(const struct speaker *s,
                       const struct protocol_step *step,
                       const unsigned char *frame, size_t nframe,
                       unsigned char *text)
{
    size_t n = 0;

    for (size_t i = 0; i < step->n; i++)
        n += put_part(s, &s->protocol->part[step->first + i], frame, nframe,
                      text + n, PROTOCOL_STRING - n);
    return n;
}

size_t protocol_answer_bytes(const struct speaker *s)
{
    static const unsigned char frame[FRAME_BYTES];
    const struct protocol *p = s->protocol;
    unsigned char text[PROTOCOL_STRING];
    size_t n = 0;

    for (size_t i = p->opening; i < p->steps; i++)
        if (!p->step[i].sends)
            n += protocol_string(s, &p->step[i], frame, sizeof frame, text);
    return n;
}

size_t protocol_longest(const struct protocol *p,
                        const struct protocol_step *step)
{
    static const size_t most[] = {
        [PART_TOKEN] = TOKEN_LETTERS,
        [PART_FRAME] = FRAME_BYTES,
        [PART_IP] = ADDRESS_TEXT,
        [PART_PORT] = 5,
    };
    size_t n = 0;

    for (size_t i = 0; i < step->n; i++) {
        const struct protocol_part *part = &p->part[step->first + i];

        n += part->kind == PART_LITERAL ? part->n : most[part->kind];
    }
    return n;
}
