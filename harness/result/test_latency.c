/* SPDX-License-Identifier: MIT */
/* Histograms that are merged, and the percentiles of the whole: those that all
   samples have in one histogram of base/. */
#include "result/latency.h"

#include "base/check.h"
#include "base/histogram.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void fill(struct latency *l, const struct histogram *h)
{
    *l = (struct latency){
        .p50 = histogram_seconds(h, 0.5),
        .p90 = histogram_seconds(h, 0.9),
        .p99 = histogram_seconds(h, 0.99),
        .p999 = histogram_seconds(h, 0.999),
        .max = (double)h->max_ns / 1e9,
    };
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        if (h->bucket[i])
            CHECK_INT(latency_append(l, histogram_from_ns(i), h->bucket[i]), 0);
}

static void check_same(const struct latency *a, const struct latency *b)
{
    CHECK(a->p50 == b->p50 && a->p90 == b->p90 && a->p99 == b->p99);
    CHECK(a->p999 == b->p999 && a->max == b->max);
    CHECK_INT(a->nbuckets, b->nbuckets);
    CHECK(a->nbuckets == b->nbuckets &&
          memcmp(a->bucket, b->bucket, a->nbuckets * sizeof *a->bucket) == 0);
}

static int64_t sample(unsigned *state)
{
    *state = *state * 1103515245u + 12345u;
    return (int64_t)1 << (*state >> 16 & 31) | (*state >> 20);
}

static void two_are_as_one(void)
{
    static struct histogram one, other, both;
    struct latency a, b, whole;
    unsigned state = 7;

    for (int i = 0; i < 5000; i++) {
        int64_t ns = sample(&state);

        histogram_add(i % 3 ? &one : &other, ns);
        histogram_add(&both, ns);
    }
    fill(&a, &one);
    fill(&b, &other);
    fill(&whole, &both);
    CHECK_INT(latency_merge(&a, &b), 0);
    check_same(&a, &whole);
    latency_free(&a);
    latency_free(&b);
    latency_free(&whole);
}

static void with_nothing_it_stays(void)
{
    static struct histogram one;
    struct latency a, was, none = { 0 };
    unsigned state = 3;

    for (int i = 0; i < 100; i++)
        histogram_add(&one, sample(&state));
    fill(&a, &one);
    fill(&was, &one);
    CHECK_INT(latency_merge(&a, &none), 0);
    check_same(&a, &was);
    CHECK_INT(latency_merge(&none, &a), 0);
    check_same(&none, &was);
    latency_free(&a);
    latency_free(&was);
    latency_free(&none);
}

static void what_is_not_known_is_not_made_up(void)
{
    struct latency with = { .p50 = 1e-6, .max = 1e-6 };
    struct latency without = { .p50 = 1, .p90 = 1, .p99 = 1, .max = 2 };

    CHECK_INT(latency_append(&with, 1000, 1), 0);
    CHECK_INT(latency_merge(&with, &without), 0);
    CHECK(isnan(with.p50) && isnan(with.p999) && with.max == 2);
    CHECK(with.bucket == NULL && with.nbuckets == 0);
}

static void too_many_are_refused(void)
{
    struct latency a = { .max = 1 }, b = { .max = 1 };

    CHECK_INT(latency_append(&a, 1, INT64_MAX), 0);
    CHECK_INT(latency_append(&b, 1, 1), 0);
    CHECK_INT(latency_merge(&a, &b), -1);
    CHECK_INT(errno, EOVERFLOW);
    CHECK(a.bucket[0].count == INT64_MAX);
    b.bucket[0].from_ns = 2;
    CHECK_INT(latency_merge(&a, &b), -1);
    CHECK_INT(latency_append(&a, 1, 1), -1);
    CHECK_INT(errno, EINVAL);
    latency_free(&a);
    latency_free(&b);
}

int main(void)
{
    two_are_as_one();
    with_nothing_it_stays();
    what_is_not_known_is_not_made_up();
    too_many_are_refused();
    return check_result();
}
