/* SPDX-License-Identifier: MIT */
/* The cases of load/, and what they share. */
#ifndef LOAD_H
#define LOAD_H

#include "kit/client_pool.h"
#include "kit/context.h"

/* Twice: each client sends a frame before any of them reads. Returns how many
   had theirs back. */
size_t load_talk_twice(struct client_pool *m);
/* Of a daemon whose protocol is not echo: some were served, and each of the
   others was refused, or waits in the listen queue until those have left: how
   many at a time is its own affair. *limit: how many it serves. */
bool load_own_limit(struct context *c, struct client_pool *m, size_t *limit);
/* Let the verdict fail, since not all had their frame back. */
void load_tell_unserved(struct context *c, struct client_pool *m,
                        size_t served);
/* How many connections the queue holds for sure, up to most; a queue of 0 has
   room for one. */
size_t load_queue_holds(struct context *c, size_t most);
/* With the server stopped: wait until n connections are in its listen queues.
   connect(2) may return before the kernel has put the last one there. false:
   decided (error). */
bool load_queue_full(struct context *c, size_t n);
/* Likewise, but for a moment alone, and nothing is decided. */
bool load_queue_fills(struct context *c, size_t n);

/* The cases of each file. */
extern const struct case_table load_concurrent_cases, load_own_bytes_cases,
    load_hold_cases, load_beyond_cases, load_queue_cases, load_churn_cases,
    load_resets_cases, load_broken_cases, load_overlap_cases,
    load_fairness_cases;

#endif
