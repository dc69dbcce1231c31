/* SPDX-License-Identifier: MIT */
/* How long many of one thing took: the percentiles that reports carry, and the
   histogram that they come from. Percentiles cannot be merged, histograms can,
   whatever buckets each of them has. */
#ifndef LATENCY_H
#define LATENCY_H

#include <stddef.h>
#include <stdint.h>

struct latency_bucket {
    uint64_t from_ns; /* they took so long, and less than the next bucket */
    uint64_t count;   /* how many; 1 up */
};

/* Seconds; NAN: not known, or of no sample at all. */
struct latency {
    double p50, p90, p99, p999, max;
    struct latency_bucket *bucket; /* ascending; owned; NULL: not known */
    size_t nbuckets;
};

void latency_free(struct latency *l); /* leaves the percentiles */
/* Append a bucket, which lies above all that are there. Returns 0, or -1 with
   ENOMEM, or EINVAL: it does not. */
int latency_append(struct latency *l, uint64_t from_ns, uint64_t count);
/* Add the counts of other to l, and make l's percentiles anew. Where one of
   the two has samples, but no histogram, what both come to is not known: only
   max is. Returns 0, or -1 with ENOMEM, or EOVERFLOW: too many (l is then as
   it was). */
int latency_merge(struct latency *l, const struct latency *other);

#endif
