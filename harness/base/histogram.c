/* SPDX-License-Identifier: MIT */
/* A value below 64 units has a bucket of its own; above that each power of two
   is divided into 32 buckets. Counts are added by relaxed atomic operations,
   since other processes add at the same time; whoever reads meanwhile gets
   figures that are nearly right. Nothing here allocates or blocks. */
#include "base/histogram.h"

/* A unit of 2^9 ns, half a microsecond: shorter than any round trip. */
enum { UNIT_BITS = 9, STEP_BITS = 5 };

static unsigned bucket_of(uint64_t ns)
{
    uint64_t unit = ns >> UNIT_BITS;
    unsigned shift, i;

    if (unit < HISTOGRAM_STEPS)
        return (unsigned)unit;
    shift = 63 - (unsigned)__builtin_clzll(unit) - STEP_BITS;
    i = (shift + 1) * HISTOGRAM_STEPS +
        (unsigned)(unit >> shift) % HISTOGRAM_STEPS;
    return i < HISTOGRAM_BUCKETS ? i : HISTOGRAM_BUCKETS - 1;
}

uint64_t histogram_from_ns(unsigned i)
{
    uint64_t unit = i;

    if (i >= HISTOGRAM_STEPS)
        unit = (uint64_t)(HISTOGRAM_STEPS + i % HISTOGRAM_STEPS)
               << (i / HISTOGRAM_STEPS - 1);
    return unit << UNIT_BITS;
}

static double bucket_seconds(unsigned i)
{
    return (double)histogram_from_ns(i) / 1e9;
}

void histogram_add(struct histogram *h, int64_t ns)
{
    uint64_t value = ns > 0 ? (uint64_t)ns : 0;
    uint64_t max = __atomic_load_n(&h->max_ns, __ATOMIC_RELAXED);

    __atomic_fetch_add(&h->bucket[bucket_of(value)], 1, __ATOMIC_RELAXED);
    while (value > max &&
           !__atomic_compare_exchange_n(&h->max_ns, &max, value, 1,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

uint64_t histogram_count(const struct histogram *h)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        n += h->bucket[i];
    return n;
}

double histogram_seconds(const struct histogram *h, double q)
{
    double want = q * (double)histogram_count(h), max = (double)h->max_ns / 1e9;
    uint64_t seen = 0;

    if (h->max_ns == 0)
        return 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += h->bucket[i];
        if ((double)seen > want && bucket_seconds(i) < max)
            return bucket_seconds(i);
    }
    return max;
}
