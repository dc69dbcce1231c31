/* SPDX-License-Identifier: MIT */
/* Many clients at once: one job, several verdicts. */
#include "run/run.h"

#include "catalogue/catalogue.h"
#include "job/job.h"
#include "linux/signals.h"
#include "run/progress.h"
#include "run/run_clock.h"
#include "run/run_limit.h"
#include "stress/stress.h"

#include <poll.h>
#include <string.h>

static void stress_main(const struct plan *plan, struct sandbox *sandbox,
                        int channel, void *arg)
{
    (void)arg;
    (void)stress_run(plan, sandbox, channel, catalogue_find);
}

/* Follow the job until it closes its end, a signal comes, or d. */
static void follow(struct run *r, struct job *job, struct deadline d)
{
    struct pollfd p[2] = {
        { .fd = job->pipe, .events = POLLIN },
        { .fd = signals_fd(), .events = POLLIN },
    };

    do
        (void)poll(p, 2, deadline_left_ms(d));
    while (job_read(job, run_take, r) == 0 && !run_must_end(r, d));
}

static int run_once(struct run *r, bool isolate, struct deadline d)
{
    struct job job;
    char left[JOB_LEFT];

    if (job_start(&job, r->plan, isolate, stress_main, NULL) < 0)
        return -1;
    follow(r, &job, d);
    (void)job_end(&job, NULL, left, sizeof left);
    progress_clear(r);
    run_tell_left(r, left);
    return 0;
}

static bool has_result(const struct results *rs, const char *id)
{
    for (size_t i = 0; i < rs->n; i++)
        if (strcmp(rs->list[i].id, id) == 0)
            return true;
    return false;
}

int run_stress(struct run *r)
{
    const struct options *o = r->plan->options;
    struct deadline d;
    const char *id;
    int rc;

    r->limit_s = run_limit(o, 0, 1, 0);
    run_clock_start();
    r->began_ns = deadline_now_ns();
    d = deadline_later(deadline_in(0), r->limit_s);
    if (job_prepare() < 0)
        return -1;
    rc = run_once(r, !o->no_isolation && !o->connect_host, d);
    if (rc == 0 && r->no_sandbox && run_without_sandbox(r))
        rc = run_once(r, false, d);
    for (size_t i = 0; rc == 0 && (id = stress_case(i, r->info->valgrind)); i++)
        if (!has_result(r->results, id))
            run_report_missing(r, catalogue_find(id, NULL),
                               "the process that ran it broke off");
    return rc;
}
