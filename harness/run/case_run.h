/* SPDX-License-Identifier: MIT */
/* One case, and the survey before all of them, in a sandbox of their own. */
#ifndef CASE_RUN_H
#define CASE_RUN_H

#include "kit/context.h"

struct survey { /* what the first sandbox showed of the target */
    enum subject_starts starts;
    enum model model;
    bool stays;     /* SIGTERM does not end all of it */
    bool silent;    /* it is proven that one frame is not answered */
    double start_s; /* seconds that a start took */
    long tasks;     /* processes and threads, with one client */
};

struct case_order {
    const struct test_case *test_case;
    struct survey survey;
    unsigned place; /* among all: spreads ports where they are shared */
};

/* For job_start: arg is a struct case_order. Tells what the survey found as
   "start", "target", "tasks" and, if that is so, "silent" and "stays"; or a
   fatal status if the server never came up. */
void case_survey(const struct plan *plan, struct sandbox *sandbox, int channel,
                 void *arg);
/* Likewise: runs one case and tells its result. */
void case_run(const struct plan *plan, struct sandbox *sandbox, int channel,
              void *arg);

#endif
