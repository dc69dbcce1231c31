/* SPDX-License-Identifier: MIT */
/* The 64-byte frame, which carries the stamp of its sender and can be read
   back. It is linked into harness-crowd too, which is static, so it uses libc
   alone. */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_BYTES = 64 };

struct frame_stamp {
    uint64_t seed;     /* of the run */
    uint32_t client;   /* 0 .. clients - 1, and above for single ones */
    uint32_t sequence; /* 0 .. frames - 1 */
    uint32_t round;    /* which crowd of the run */
};

/* Write the FRAME_BYTES of stamp s: readable text, a newline last, every byte
   dependent on the whole stamp. */
void frame_fill(unsigned char *frame, const struct frame_stamp *s);

/* Read the stamp of these FRAME_BYTES. False if they are no stamped frame: some
   byte is not as frame_fill writes it. */
bool frame_read(const unsigned char *frame, struct frame_stamp *s);

/* Where a and b first differ, or n where they are equal. */
size_t frame_difference(const void *a, const void *b, size_t n);

/* The k-th number of the random stream named by seed. */
uint64_t frame_random(uint64_t seed, uint64_t k);

#endif
