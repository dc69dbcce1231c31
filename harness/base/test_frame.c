/* SPDX-License-Identifier: MIT */
/* Frames: what is written is read back, and nothing else is. */
#include "base/frame.h"

#include "base/check.h"

static void a_frame_is_readable_text(void)
{
    const struct frame_stamp s = { 0x123456789abcdef0u, 7, 0x1f, 3 };
    unsigned char frame[FRAME_BYTES];

    frame_fill(frame, &s);
    CHECK(memcmp(frame, "c=00000007 s=0000001f r=0003 x=123456789abcdef0 ",
                 48) == 0);
    CHECK_INT(frame[FRAME_BYTES - 1], '\n');
    for (size_t i = 0; i < FRAME_BYTES - 1; i++)
        CHECK(frame[i] >= ' ' && frame[i] < 0x7f);
}

static void a_stamp_is_read_back(void)
{
    static const struct frame_stamp stamps[] = {
        { 0, 0, 0, 0 },
        { 1, 2, 3, 4 },
        { UINT64_MAX, UINT32_MAX, UINT32_MAX, 0xffff },
    };

    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
        struct frame_stamp s = { 5, 5, 5, 5 };
        unsigned char frame[FRAME_BYTES];

        frame_fill(frame, &stamps[i]);
        CHECK(frame_read(frame, &s));
        CHECK(s.seed == stamps[i].seed && s.client == stamps[i].client &&
              s.sequence == stamps[i].sequence && s.round == stamps[i].round);
    }
}

/* A frame is not read if any one bit of any byte of it is turned over. */
static void no_damaged_frame_is_read(void)
{
    const struct frame_stamp s = { 42, 1, 2, 3 };
    unsigned char frame[FRAME_BYTES];
    struct frame_stamp whose;

    frame_fill(frame, &s);
    for (size_t i = 0; i < FRAME_BYTES; i++)
        for (int bit = 0; bit < 8; bit++) {
            frame[i] ^= (unsigned char)(1 << bit);
            CHECK(!frame_read(frame, &whose));
            frame[i] ^= (unsigned char)(1 << bit);
        }
    CHECK(frame_read(frame, &whose));
}

/* How many of the 15 digits of the hash two stamps have in common. */
static int alike(const struct frame_stamp *a, const struct frame_stamp *b)
{
    unsigned char x[FRAME_BYTES], y[FRAME_BYTES];
    int n = 0;

    frame_fill(x, a);
    frame_fill(y, b);
    for (size_t i = 48; i < FRAME_BYTES - 1; i++)
        n += x[i] == y[i];
    return n;
}

static void the_hash_depends_on_the_whole_stamp(void)
{
    const struct frame_stamp s = { 42, 1, 2, 3 }, others[] = {
        { 43, 1, 2, 3 }, { 42, 2, 2, 3 }, { 42, 1, 3, 3 },
        { 42, 1, 2, 4 }, { 42, 2, 1, 3 },
    };

    CHECK_INT(alike(&s, &s), 15);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        CHECK(alike(&s, &others[i]) < 8);
}

/* Nor do two that differ by little share one: the numbers are not just added
   up. */
static void no_two_clients_share_a_hash(void)
{
    struct frame_stamp a = { 42, 0, 0, 0 }, b = a;

    for (uint32_t i = 0; i < 256; i++)
        for (uint32_t k = 0; k < i; k++) {
            a.client = i % 16;
            a.sequence = i / 16;
            b.client = k % 16;
            b.sequence = k / 16;
            CHECK(alike(&a, &b) < 15);
        }
}

static void the_first_difference_is_found(void)
{
    CHECK_INT(frame_difference("abcd", "abcd", 4), 4);
    CHECK_INT(frame_difference("abcd", "abXX", 4), 2);
    CHECK_INT(frame_difference("abcd", "Xbcd", 4), 0);
    CHECK_INT(frame_difference("abcd", "abcX", 3), 3);
    CHECK_INT(frame_difference("", "", 0), 0);
}

/* The first numbers of splitmix64 seeded with 0 and with 1234567, as its
   authors' own code (prng.di.unimi.it) has them. */
static void the_random_stream_is_splitmix64(void)
{
    CHECK(frame_random(0, 0) == 0xe220a8397b1dcdafu);
    CHECK(frame_random(0, 1) == 0x6e789e6aa1b965f4u);
    CHECK(frame_random(1234567, 0) == 6457827717110365317u);
    CHECK(frame_random(1234567, 1) == 3203168211198807973u);
}

int main(void)
{
    a_frame_is_readable_text();
    a_stamp_is_read_back();
    no_damaged_frame_is_read();
    the_hash_depends_on_the_whole_stamp();
    no_two_clients_share_a_hash();
    the_first_difference_is_found();
    the_random_stream_is_splitmix64();
    return check_result();
}
