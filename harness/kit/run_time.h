/* SPDX-License-Identifier: MIT */
/* A time in which the server could run: how often it does something in 300 ms
   says nothing about it while other programs have the processors. */
#ifndef RUN_TIME_H
#define RUN_TIME_H

#include "kit/context.h"
#include "stillness/run_queue.h"

struct run_time {
    int64_t ran_ns, wanted_ns, looked_ns;
    struct run_queue queue;
};

/* ms milliseconds from now. */
void run_time_begin(struct run_time *r, struct context *c, long ms);

/* Look how much of it has been so far, in nanoseconds: without the time for
   which a thread of the server, or of ours that answers its calls, waited for a
   processor; 50 ms of each look count at most, so look often. */
int64_t run_time_ns(struct run_time *r, struct context *c);

/* Likewise: true if it is over. */
bool run_time_over(struct run_time *r, struct context *c);

#endif
