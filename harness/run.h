/* SPDX-License-Identifier: MIT */
/* Run the plan in processes of their own, so that no crash or hang of one
   harms the report; gather what they tell; leave nothing running. */
#ifndef RUN_H
#define RUN_H

#include "plan.h"
#include "report.h"

enum { RUN_REPORTERS = 5 };

struct run {
    const struct plan *plan;
    struct run_info *info;          /* filled as it becomes known */
    struct results *results;
    struct reporter *reporters;     /* begun by the caller; verdict is called
                                       here, end by the caller */
    size_t nreporters;
    bool progress;                  /* a line on stderr while it works */
    int fatal_status;               /* 3 or 4, or 0 */
    char fatal_why[512];
    int signal;                     /* that ended it, or 0 */
};

/* Block SIGINT, SIGTERM and SIGHUP from here on, so that they are noticed by
   run_stress and cannot end the caller before its reports are written.
   Returns 0, or -1 with errno. */
int run_catch_signals(void);

/* Returns 0, or -1 with errno if nothing could be started. */
int run_stress(struct run *r);

/* The exit status of it all: of several the first of 128+n, 3, 4, 1. */
int run_status(const struct run *r);

#endif
