/* SPDX-License-Identifier: MIT */
/* The conformance suite: a survey of the server in a first sandbox, then each
   case in a sandbox of its own, several at a time, the longest first. */
#include "run/run.h"

#include "base/status.h"
#include "catalogue/catalogue.h"
#include "job/job.h"
#include "linux/host_limits.h"
#include "linux/procfs.h"
#include "linux/signals.h"
#include "run/case_run.h"
#include "run/run_clock.h"
#include "run/run_limit.h"
#include "run/run_room.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_EACH = 2 /* descriptors for each job, here */ };

struct slot {
    struct job job;
    struct case_order order;
    struct deadline deadline;
    int64_t began_ns;
    long need;     /* processes */
    bool told;     /* its result has come */
    char why[640]; /* why there will be none; "": not known */
};

struct pool {
    struct run *run;
    struct slot *slot;
    size_t njobs, busy;
    const struct test_case **cases; /* longest first */
    size_t n, next;
    bool isolate;
    struct survey survey;
    struct deadline began;
    struct run_room room;
    struct deadline end; /* of the whole run */
};

static size_t job_count(const struct options *o)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    long n = o->jobs ? o->jobs : 2 * (cores > 0 ? cores : 1), most;

    /* One address for all, and no network of their own: one at a time. */
    if (o->connect_ip || (o->listens_ip && o->no_isolation))
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
    struct case_order none = { .place = 0 };
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

/* ---- the cases ---- */

struct taken {
    struct pool *pool;
    struct slot *slot;
};

/* What is fatal to one case does not end the others. */
static void take(json_t *message, void *arg)
{
    struct taken *t = arg;
    const char *kind = json_string_value(json_object_get(message, "message"));
    const char *why = json_string_value(json_object_get(message, "why"));

    if (kind && strcmp(kind, "fatal") == 0) {
        snprintf(t->slot->why, sizeof t->slot->why, "%s", why ? why : "");
        return;
    }
    if (kind && strcmp(kind, "result") == 0)
        t->slot->told = true;
    run_take(message, t->pool->run);
}

static struct deadline case_end(const struct pool *p, const struct slot *s)
{
    const struct options *o = p->run->plan->options;

    if (o->exhaustive)
        return p->end;
    return deadline_later(
        deadline_in(0),
        run_case_limit(o, s->order.test_case->cost_ms, p->run->start_s));
}

static int start_next(struct pool *p)
{
    for (size_t i = 0; i < p->njobs; i++) {
        struct slot *s = &p->slot[i];

        if (s->job.pid)
            continue;
        memset(s, 0, sizeof *s);
        s->order = (struct case_order){ p->cases[p->next], p->survey,
                                        (unsigned)p->next };
        if (job_start(&s->job, p->run->plan, p->isolate, case_run, &s->order) <
            0)
            return -1;
        s->need = run_room_need(s->order.test_case, &p->survey);
        p->room.taken += s->need;
        s->began_ns = deadline_now_ns();
        s->deadline = case_end(p, s);
        p->next++;
        p->busy++;
        return 0;
    }
    return 0;
}

static void end_slot(struct pool *p, struct slot *s)
{
    struct pid_list others = { NULL, 0, 0 };
    char left[JOB_LEFT];
    int status;

    for (size_t i = 0; i < p->njobs; i++)
        if (p->slot[i].job.pid && &p->slot[i] != s)
            (void)pid_list_add(&others, p->slot[i].job.pid);
    status = job_end(&s->job, &others, left, sizeof left);
    run_tell_left(p->run, left);
    /* If the whole run's time is over, that is the reason to give. */
    (void)run_must_end(p->run, p->end);
    if (!s->told && !p->run->signal) {
        double seconds = (double)(deadline_now_ns() - s->began_ns) / 1e9;
        bool late = deadline_passed(s->deadline);
        char why[96];

        snprintf(why, sizeof why,
                 late ? "not done after %.0f s"
                      : "the process that ran it broke off (wait status %.0f)",
                 late ? seconds : (double)status);
        run_report_missing(p->run, s->order.test_case,
                           s->why[0] ? s->why : why);
        s->told = true;
    }
    pid_list_free(&others);
    p->room.taken -= s->need;
    p->busy--;
}

/* Wait for news of any job, or for the first deadline. */
static void wait_for_news(struct pool *p)
{
    struct pollfd fd[OPTIONS_MOST_JOBS + 1];
    struct deadline d = p->end;
    nfds_t n = 0;

    for (size_t i = 0; i < p->njobs; i++)
        if (p->slot[i].job.pid) {
            fd[n++] =
                (struct pollfd){ .fd = p->slot[i].job.pipe, .events = POLLIN };
            d = deadline_sooner(d, p->slot[i].deadline);
        }
    fd[n++] = (struct pollfd){ .fd = signals_fd(), .events = POLLIN };
    (void)poll(fd, n, deadline_left_ms(d));
}

static bool is_late(const struct pool *p, const struct slot *s)
{
    return deadline_passed(s->deadline) || deadline_passed(p->end);
}

static void take_news(struct pool *p)
{
    for (size_t i = 0; i < p->njobs; i++) {
        struct slot *s = &p->slot[i];
        struct taken t = { p, s };

        if (s->job.pid && (job_read(&s->job, take, &t) != 0 || is_late(p, s)))
            end_slot(p, s);
    }
}

/* If the machine has no process left for the next case, one of ours that ends
   makes room. If none of ours runs, there is nothing to wait for. */
static void cannot_start(struct pool *p)
{
    struct run *r = p->run;
    int saved = errno;

    if (p->busy)
        return;
    run_room_look(&p->room);
    snprintf(r->fatal_why, sizeof r->fatal_why, "cannot start a case: %s (%s)",
             strerror(saved), p->room.which);
    r->fatal_status = STATUS_TROUBLE;
}

static void fill_slots(struct pool *p)
{
    char why[640];

    while (p->busy < p->njobs && p->next < p->n) {
        const struct test_case *c = p->cases[p->next];
        enum fits fits =
            run_room_fits(&p->room, c, &p->survey, why, sizeof why);

        if (fits == FITS_LATER)
            return;
        if (fits == FITS_NEVER) {
            run_report_skip(p->run, c, why);
            p->next++;
        } else if (start_next(p) < 0) {
            cannot_start(p);
            return;
        }
    }
}

static void run_all(struct pool *p)
{
    while ((p->busy || p->next < p->n) && !run_must_end(p->run, p->end)) {
        fill_slots(p);
        if (p->busy)
            wait_for_news(p);
        take_news(p);
    }
}

/* ---- before and after ---- */

static int longer_first(const void *a, const void *b)
{
    const struct test_case *x = *(const struct test_case *const *)a;
    const struct test_case *y = *(const struct test_case *const *)b;

    if (x->cost_ms != y->cost_ms)
        return x->cost_ms > y->cost_ms ? -1 : 1;
    return catalogue_place(x->id) < catalogue_place(y->id) ? -1 : 1;
}

static int in_catalogue_order(const void *a, const void *b)
{
    const struct result *x = a, *y = b;
    size_t i = catalogue_place(x->id), k = catalogue_place(y->id);

    return i < k ? -1 : i > k;
}

static bool has_result(const struct results *rs, const char *id)
{
    for (size_t i = 0; i < rs->n; i++)
        if (strcmp(rs->list[i].id, id) == 0)
            return true;
    return false;
}

/* Stop what still runs, and give a verdict to what has none. */
static void finish(struct pool *p)
{
    for (size_t i = 0; i < p->njobs; i++)
        if (p->slot[i].job.pid) {
            p->slot[i].told = true; /* said below */
            end_slot(p, &p->slot[i]);
        }
    for (size_t i = 0; i < p->n; i++)
        if (!has_result(p->run->results, p->cases[i]->id))
            run_report_missing(p->run, p->cases[i],
                               "it had not begun when the run ended");
    qsort(p->run->results->list, p->run->results->n,
          sizeof *p->run->results->list, in_catalogue_order);
}

int run_conform(struct run *r, const struct test_case *const *cases, size_t n)
{
    const struct options *o = r->plan->options;
    struct pool p = {
        .run = r,
        .njobs = job_count(o),
        .n = n,
        .isolate = !o->no_isolation && !o->connect_ip,
    };
    int rc = -1;

    run_clock_start();
    r->began_ns = deadline_now_ns();
    p.began = deadline_in(0);
    /* Until the first start has shown what a start takes, the most is
       assumed. */
    limit_run(&p, o->timeout * options_scale(o));

    p.slot = calloc(p.njobs, sizeof *p.slot);
    p.cases = calloc(n, sizeof *p.cases);
    if (p.slot && p.cases && job_prepare() == 0) {
        memcpy(p.cases, cases, n * sizeof *cases);
        qsort(p.cases, n, sizeof *p.cases, longer_first);
        rc = survey(&p);
        if (rc == 0 && r->no_sandbox && run_without_sandbox(r)) {
            p.isolate = false;
            rc = survey(&p);
        }
        run_room_look(&p.room);
        if (rc == 0 && !r->signal && !r->fatal_status)
            run_all(&p);
        finish(&p);
    }
    free(p.slot);
    free(p.cases);
    return rc;
}
