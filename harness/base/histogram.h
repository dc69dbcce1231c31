/* SPDX-License-Identifier: MIT */
/* Latencies in log-linear buckets, 32 to each power of two (3 % at most off).
   Many processes may add to one histogram in shared memory at a time. This is
   our own because HdrHistogram_c allocates its counts itself, behind a pointer,
   whereas here forked clients share a fixed struct and add to it atomically. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_STEPS = 32,
    HISTOGRAM_OCTAVES = 28,
    HISTOGRAM_BUCKETS = HISTOGRAM_STEPS * HISTOGRAM_OCTAVES
};

/* All zero is empty. It fits into one page (4 KiB); buckets reach from 0.5 us
   to about 70 s. */
struct histogram {
    uint64_t max_ns;
    uint32_t bucket[HISTOGRAM_BUCKETS];
};

/* The least that falls into a bucket. */
uint64_t histogram_from_ns(unsigned bucket);
void histogram_add(struct histogram *h, int64_t ns);
uint64_t histogram_count(const struct histogram *h);
/* Seconds below which the share q (0 .. 1) of all lies; 0 when empty. */
double histogram_seconds(const struct histogram *h, double q);

#endif
