/* SPDX-License-Identifier: MIT */
/* The conformance suite: a survey of the server in a first sandbox, then each
   case in a sandbox of its own, or a few on one server where a start is dear;
   several at a time, the longest first. */
#include "run/run.h"

#include "catalogue/catalogue.h"
#include "linux/host_limits.h"
#include "linux/signals.h"
#include "run/run_clock.h"
#include "run/run_limit.h"
#include "run/run_pool.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_EACH = 2 /* descriptors for each job, here */ };

/* A start that takes longer is dear. */
static const double dear_start_s = 0.02;

static size_t job_count(const struct options *o)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    long n = o->jobs ? o->jobs : 4 * (cores > 0 ? cores : 1), most;

    /* One address for all, and no network of their own: one at a time. */
    if (o->connect_host || (o->listens_ip && o->no_isolation))
        n = 1;
    most = (host_limits_files() - PLAN_CASE_FILES) / FILES_EACH;
    if (n > most)
        n = most > 0 ? most : 1;
    return (size_t)(n < OPTIONS_MOST_JOBS ? n : OPTIONS_MOST_JOBS);
}

/* ---- the survey ---- */

static enum subject_starts starts_of(const char *name)
{
    for (enum subject_starts s = STARTS_UNKNOWN; s <= STARTS_ATTACHED; s++)
        if (strcmp(subject_starts_name(s), name) == 0)
            return s;
    return STARTS_UNKNOWN;
}

static enum model model_called(const char *name)
{
    for (enum model m = MODEL_UNKNOWN; m <= MODEL_EVENT_LOOP; m++)
        if (strcmp(model_name(m), name) == 0)
            return m;
    return MODEL_UNKNOWN;
}

/* start_s: seconds that one start takes. */
static void limit_run(struct pool *p, double start_s)
{
    struct run *r = p->run;

    r->limit_s = run_limit(r->plan->options, p->n, p->njobs, start_s);
    p->end = deadline_later(p->began, r->limit_s);
}

static int survey(struct pool *p)
{
    struct run *r = p->run;
    struct case_order none = { .n = 0 };
    struct job job;
    char left[JOB_LEFT];

    r->no_sandbox = false;
    if (job_start(&job, r->plan, p->isolate, case_survey, &none) < 0)
        return -1;
    for (;;) {
        struct pollfd fd[2] = {
            { .fd = job.pipe, .events = POLLIN },
            { .fd = signals_fd(), .events = POLLIN },
        };

        (void)poll(fd, 2, deadline_left_ms(p->end));
        if (job_read(&job, run_take, r) != 0 || run_must_end(r, p->end))
            break;
    }
    (void)job_end(&job, NULL, left, sizeof left);
    run_tell_left(r, left);
    p->survey.starts = starts_of(r->info->starts);
    p->survey.model = model_called(r->info->model);
    p->survey.stays = r->stays;
    p->survey.silent = r->silent;
    p->survey.start_s = r->start_s;
    limit_run(p, r->start_s);
    p->survey.tasks = r->tasks > 0 ? r->tasks : 1;
    return 0;
}

/* ---- before and after ---- */

static int in_catalogue_order(const void *a, const void *b)
{
    const struct result *x = a, *y = b;
    size_t i = catalogue_place(x->id), k = catalogue_place(y->id);

    return i < k ? -1 : i > k;
}

static enum sharing sharing(const struct options *o)
{
    return o->connect_host || o->client || o->valgrind ? SHARE_NOTHING
                                                       : SHARE_SERVERS;
}

/* How many servers are started for the cases that may share one, whichever they
   are; 0: none. A server that is up in no time would save nothing by it. */
static size_t servers_to_share(const struct pool *p)
{
    if (p->run->counted_start_s < dear_start_s)
        return 0;
    return p->njobs > 2 ? p->njobs / 2 : 1;
}

int run_conform(struct run *r, const struct test_case *const *cases, size_t n)
{
    const struct options *o = r->plan->options;
    struct pool p = {
        .run = r,
        .njobs = job_count(o),
        .cases = cases,
        .n = n,
        .isolate = !o->no_isolation && !o->connect_host,
    };
    int rc = -1;

    run_clock_start();
    r->began_ns = deadline_now_ns();
    p.began = deadline_in(0);
    /* Until the first start has shown what a start takes, the most is
       assumed. */
    limit_run(&p, o->timeout * options_scale(o));

    p.slot = calloc(p.njobs, sizeof *p.slot);
    if (p.slot && job_prepare() == 0) {
        rc = survey(&p);
        if (rc == 0 && r->no_sandbox && run_without_sandbox(r)) {
            p.isolate = false;
            rc = survey(&p);
        }
        run_room_look(&p.room);
        if (rc == 0)
            rc = series_plan(&p.waiting, cases, n, sharing(o),
                             servers_to_share(&p), p.survey.start_s);
        if (rc == 0 && !r->signal && !r->fatal_status)
            pool_run(&p);
        pool_finish(&p);
        qsort(r->results->list, r->results->n, sizeof *r->results->list,
              in_catalogue_order);
    }
    free(p.slot);
    series_free(&p.waiting);
    return rc;
}
