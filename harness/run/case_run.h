/* SPDX-License-Identifier: MIT */
/* One case, or a few on one server, and the survey before all of them, in a
   sandbox of their own. */
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
    const struct test_case *const *cases; /* one, or a series: one server for
                                             all, one after another */
    size_t n;
    struct survey survey;
    unsigned place; /* among all: spreads ports where they are shared */
    unsigned part;  /* of its only case */
};

/* For job_start: arg is a struct case_order. Tells what the survey found as
   "start", "target", "tasks" and, if that is so, "silent" and "stays"; or a
   fatal status if the server never came up. */
void case_survey(const struct plan *plan, struct sandbox *sandbox, int channel,
                 void *arg);
/* Likewise: runs the cases and tells the result of each as it comes. If the
   server is not as it was found after one of them, or one has failed, it tells
   "used-up" (message.h) and runs no further one. */
void case_run(const struct plan *plan, struct sandbox *sandbox, int channel,
              void *arg);

#endif
