/* SPDX-License-Identifier: MIT */
/* In which order cases run, and which of them use one server one after another:
   plain arithmetic, nothing is started. */
#ifndef RUN_SERIES_H
#define RUN_SERIES_H

#include "result/case.h"

#include <jansson.h>

struct series { /* on one server, in this order */
    const struct test_case **cases;
    size_t n;
    /* What its only case came to on a server that others had used before it,
       other than a pass: now it runs alone. NULL: nothing. Owned. */
    json_t *before;
    unsigned part; /* of its only case */
};

/* A stack: what is to run next is the last. */
struct series_stack {
    struct series *list;
    size_t n, room;
    const struct test_case **cases; /* all, each series after the other */
};

enum sharing { SHARE_NOTHING, SHARE_SERVERS };

/* Put n cases into series, the dearest of which is to run first. With
   SHARE_NOTHING each case is one of its own. Else those of one series
   (case.h) become one, and those that leave their server as they found it
   become as many as servers says; 0: none. start_s: what a start takes. Returns
   0, or -1 with errno; series_free in either case. */
int series_plan(struct series_stack *s, const struct test_case *const *cases,
                size_t n, enum sharing sharing, size_t servers, double start_s);
/* Returns 0, or -1 with errno: then before still is the caller's. */
int series_push(struct series_stack *s, struct series next);
void series_free(struct series_stack *s);

#endif
