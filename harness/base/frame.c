/* SPDX-License-Identifier: MIT */
/* A frame is text: its stamp in hexadecimal digits, then a hash of the stamp,
   so that the frames of two stamps differ in many places. frame_read makes the
   frame again from the stamp that it finds and compares every byte: a frame
   that was changed anywhere has no owner. */
#include "base/frame.h"

#include <string.h>

/* "c=CCCCCCCC s=SSSSSSSS r=RRRR x=<16 hex of the seed> <hash of all>\n" */
enum {
    CLIENT_AT = 2,
    SEQUENCE_AT = 13,
    ROUND_AT = 24,
    SEED_AT = 31,
    HASH_AT = 48,
    HASH_DIGITS = FRAME_BYTES - HASH_AT - 1
};

static const char template[FRAME_BYTES + 1] =
    "c=00000000 s=00000000 r=0000 x=0000000000000000 000000000000000\n";

/* splitmix64 (Steele, Lea, Flood 2014): a step and its output function. */
uint64_t frame_random(uint64_t seed, uint64_t k)
{
    uint64_t z = seed + (k + 1) * 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void put_hex(unsigned char *at, uint64_t value, int digits)
{
    while (digits-- > 0) {
        at[digits] = (unsigned char)"0123456789abcdef"[value & 15];
        value >>= 4;
    }
}

static bool get_hex(const unsigned char *at, int digits, uint64_t *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++) {
        unsigned c = at[i];

        if (c >= '0' && c <= '9')
            *value = *value << 4 | (c - '0');
        else if (c >= 'a' && c <= 'f')
            *value = *value << 4 | (c - 'a' + 10);
        else
            return false;
    }
    return true;
}

void frame_fill(unsigned char *frame, const struct frame_stamp *s)
{
    uint64_t hash =
        frame_random(s->seed, (uint64_t)s->client << 32 | s->sequence);

    memcpy(frame, template, FRAME_BYTES);
    put_hex(frame + CLIENT_AT, s->client, 8);
    put_hex(frame + SEQUENCE_AT, s->sequence, 8);
    put_hex(frame + ROUND_AT, s->round, 4);
    put_hex(frame + SEED_AT, s->seed, 16);
    put_hex(frame + HASH_AT, frame_random(hash, s->round), HASH_DIGITS);
}

bool frame_read(const unsigned char *frame, struct frame_stamp *s)
{
    uint64_t client, sequence, round, seed;
    unsigned char again[FRAME_BYTES];

    if (!get_hex(frame + CLIENT_AT, 8, &client) ||
        !get_hex(frame + SEQUENCE_AT, 8, &sequence) ||
        !get_hex(frame + ROUND_AT, 4, &round) ||
        !get_hex(frame + SEED_AT, 16, &seed))
        return false;
    *s = (struct frame_stamp){ seed, (uint32_t)client, (uint32_t)sequence,
                               (uint32_t)round };
    frame_fill(again, s);
    return memcmp(frame, again, FRAME_BYTES) == 0;
}

size_t frame_difference(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    size_t i = 0;

    while (i < n && x[i] == y[i])
        i++;
    return i;
}
