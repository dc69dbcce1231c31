/* SPDX-License-Identifier: MIT */
/* Run the plan in processes of their own, so that no crash or hang of one
   harms the report; gather what they tell; leave nothing running. */
#ifndef RUN_H
#define RUN_H

#include "base/deadline.h"
#include "plan/plan.h"
#include "report/reports.h"
#include "result/case.h"
#include "run/expect.h"

struct run {
    const struct plan *plan;
    struct run_info *info; /* filled as it becomes known */
    struct results *results;
    struct results parts;        /* of cases that are not whole yet */
    const struct expect *expect; /* marks each result; NULL: none */
    struct reports *reports;     /* begun by the caller; verdict is called
                                    here, end by the caller */
    bool progress;               /* a line on stderr while it works */
    bool shown;                  /* a progress line stands there now, */
    int64_t shown_ns;            /* since then */
    long tasks;                  /* of the target, while one client is served */
    bool stays;                  /* SIGTERM does not end all of the target */
    bool silent;                 /* one frame is not answered: proven */
    bool no_sandbox;             /* a job could not have namespaces */
    double limit_s;              /* seconds that the run may take; 0: not known
                                    yet */
    int64_t began_ns;            /* monotonic */
    double start_s;              /* seconds that the first start took; 0:
                                    none */
    double counted_start_s;      /* of these, those that its own doing took */
    int fatal_status;            /* 3 or 4, or 0 */
    char fatal_why[1024];
    int signal; /* the signal that ended the run, or 0 */
};

/* After signals_catch. Returns 0, or -1 with errno if nothing could be
   started. */
int run_stress(struct run *r);
/* Run the n cases given. */
int run_conform(struct run *r, const struct test_case *const *cases, size_t n);

/* The exit status of the run: where several apply, the first of 128+n, 3, 4,
   1. */
int run_status(const struct run *r);

/* ---- for the two kinds of run ---- */

/* Note a signal, if one has come, and whether d, the end of the limit_s
   seconds, has passed; a limit that the user gave is of real time. Returns true
   if the run is to end. */
bool run_must_end(struct run *r, struct deadline d);
/* A job could not have namespaces. True if the run can go on without. Else what
   is missing is said on stderr, and the run ends for that reason. */
bool run_without_sandbox(struct run *r);
/* Take one message of a job; arg is the struct run. */
void run_take(json_t *message, void *arg);
void run_report(struct run *r, struct result result);
/* Say on stderr what a job has left behind; nothing where left is empty. */
void run_tell_left(struct run *r, const char *left);
/* Report a case that has no verdict. If the target never came up, that is a
   skip: nothing can be shown. What the harness did not get to is its own error,
   why in one line. */
void run_report_missing(struct run *r, const struct test_case *c,
                        const char *why);

/* Report a case as skipped that was not begun, because the machine has no room
   for it. */
void run_report_skip(struct run *r, const struct test_case *c, const char *why);

#endif
