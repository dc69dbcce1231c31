/* SPDX-License-Identifier: MIT */
/* A percentile is found as base/histogram.c finds it: where the bucket begins
   in which the share is passed, and never above the longest that was seen. So
   a histogram that is merged with nothing keeps its percentiles. */
#include "result/latency.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

void latency_free(struct latency *l)
{
    free(l->bucket);
    l->bucket = NULL;
    l->nbuckets = 0;
}

static int append(struct latency_bucket **list, size_t *n,
                  struct latency_bucket b)
{
    struct latency_bucket *more;

    /* Room is made whenever it is used up: at each power of two. */
    if ((*n & (*n - 1)) == 0) {
        more = reallocarray(*list, *n ? 2 * *n : 1, sizeof **list);
        if (!more)
            return -1;
        *list = more;
    }
    (*list)[(*n)++] = b;
    return 0;
}

int latency_append(struct latency *l, uint64_t from_ns, uint64_t count)
{
    if (l->nbuckets && l->bucket[l->nbuckets - 1].from_ns >= from_ns) {
        errno = EINVAL;
        return -1;
    }
    return append(&l->bucket, &l->nbuckets,
                  (struct latency_bucket){ from_ns, count });
}

/* NULL where there is none. */
static const struct latency_bucket *at(const struct latency *l, size_t i)
{
    return l->bucket && i < l->nbuckets ? &l->bucket[i] : NULL;
}

/* *sum += more. Returns 0, or -1 with EOVERFLOW: more than JSON holds. */
static int add(uint64_t *sum, uint64_t more)
{
    if (!__builtin_add_overflow(*sum, more, sum) && *sum <= INT64_MAX)
        return 0;
    errno = EOVERFLOW;
    return -1;
}

/* All that both have, in a list of its own: both are ascending. */
static int merge_buckets(const struct latency *a, const struct latency *b,
                         struct latency *merged)
{
    const struct latency_bucket *x, *y;
    uint64_t sum = 0;

    for (size_t i = 0, k = 0; (x = at(a, i), y = at(b, k), x || y);) {
        struct latency_bucket next;

        if (!y || (x && x->from_ns <= y->from_ns)) {
            next = *x;
            i++;
        } else {
            next = (struct latency_bucket){ y->from_ns, 0 };
        }
        if (y && y->from_ns == next.from_ns) {
            k++;
            if (add(&next.count, y->count) < 0)
                return -1;
        }
        if (add(&sum, next.count) < 0 ||
            append(&merged->bucket, &merged->nbuckets, next) < 0)
            return -1;
    }
    return 0;
}

static double at_share(const struct latency *l, double share)
{
    double all = 0, seen = 0;

    for (size_t i = 0; i < l->nbuckets; i++)
        all += (double)l->bucket[i].count;
    for (size_t i = 0; i < l->nbuckets; i++) {
        double from = (double)l->bucket[i].from_ns / 1e9;

        seen += (double)l->bucket[i].count;
        if (seen > share * all && from < l->max)
            return from;
    }
    return l->max;
}

/* No sample: all are 0, or not known. */
static bool is_empty(const struct latency *l)
{
    return !l->bucket && !(l->max > 0);
}

int latency_merge(struct latency *l, const struct latency *other)
{
    struct latency merged = { .p50 = NAN, .p90 = NAN, .p99 = NAN, .p999 = NAN };

    if (is_empty(other))
        return 0;
    /* of a NAN the other one */
    merged.max =
        l->max > other->max || !(other->max >= 0) ? l->max : other->max;
    if ((l->bucket || is_empty(l)) && other->bucket) {
        if (merge_buckets(l, other, &merged) < 0) {
            latency_free(&merged);
            return -1;
        }
        merged.p50 = at_share(&merged, 0.5);
        merged.p90 = at_share(&merged, 0.9);
        merged.p99 = at_share(&merged, 0.99);
        merged.p999 = at_share(&merged, 0.999);
    }
    latency_free(l);
    *l = merged;
    return 0;
}
