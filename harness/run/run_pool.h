/* SPDX-License-Identifier: MIT */
/* The jobs of a conform run: which cases run at this moment, and what becomes
   of what they tell. */
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include "job/job.h"
#include "run/case_run.h"
#include "run/run.h"
#include "run/run_room.h"
#include "run/run_series.h"

struct slot {
    struct job job;
    struct series series;
    size_t at; /* the case in progress */
    struct case_order order;
    struct deadline deadline; /* of that case */
    int64_t began_ns;         /* likewise */
    long need;                /* processes */
    bool used_up;             /* no further case can have this server, */
    bool each;                /* nor several another one */
    int server;               /* its number, if several cases use it; 0 */
    char why[640];            /* there will be no result; "": not known */
};

struct pool {
    struct run *run;
    struct slot *slot;
    size_t njobs, busy;
    struct series_stack waiting;
    const struct test_case *const *cases;
    size_t n;
    bool isolate;
    struct survey survey;
    struct deadline began;
    struct run_room room;
    struct deadline end; /* of the whole run */
    unsigned started;    /* jobs, so far */
    int servers;         /* that several cases used, so far */
};

/* Run all that waits. */
void pool_run(struct pool *p);
/* Stop what still runs, and give a verdict to each of the n cases that has
   none. */
void pool_finish(struct pool *p);

#endif
