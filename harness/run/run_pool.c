/* SPDX-License-Identifier: MIT */
/* In the process that reports. A job that breaks off, or is late, loses the
   case in progress alone: what its series had left gets another job. A case
   that came to something else than a pass on a server that others had used
   before is run once more, alone. If it then does not pass either, that is its
   result, which a replay shows again; if it does, a failure that was seen
   stands all the same: the server was at rest, and had no more than at its
   start. */
#include "run/run_pool.h"

#include "base/status.h"
#include "linux/signals.h"
#include "run/progress.h"
#include "run/run_limit.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { PROGRESS_MS = 1000 };

/* ---- results ---- */

static bool is_verdict(const json_t *message, const char *verdict)
{
    const char *text = json_string_value(json_object_get(message, "verdict"));

    return text && strcmp(text, verdict) == 0;
}

static bool is_failure(const json_t *message)
{
    return is_verdict(message, "fail") || is_verdict(message, "warn");
}

static void add_fact(json_t *message, const char *fact)
{
    json_t *evidence = json_object_get(message, "evidence");
    json_t *facts = json_object_get(evidence, "facts");

    if (evidence && !facts) {
        facts = json_array();
        (void)json_object_set_new(evidence, "facts", facts);
    }
    (void)json_array_append_new(facts, json_string(fact));
}

static void name_before(const struct slot *s, json_t *message)
{
    char text[2048];
    int n = snprintf(text, sizeof text,
                     "alone it passes: to see this again, run with -j 1 what "
                     "used the same server before, too:");

    for (size_t i = 0; i < s->at && n < (int)sizeof text - 1; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, " %s",
                      s->series.cases[i]->id);
    add_fact(message, text);
}

/* Put off what is to be looked at once more. */
static bool put_off(struct pool *p, struct slot *s, json_t *message)
{
    struct series again = { &s->series.cases[s->at], 1, message, 0 };

    if (s->at == 0 || is_verdict(message, "pass"))
        return false;
    name_before(s, message);
    if (series_push(&p->waiting, again) < 0)
        return false;
    json_incref(message);
    return true;
}

static void take_result(struct pool *p, struct slot *s, json_t *message)
{
    json_t *before = s->series.before;

    if (put_off(p, s, message))
        ;
    else if (before && is_failure(before) && is_verdict(message, "pass"))
        run_take(before, p->run);
    else
        run_take(message, p->run);
    json_decref(before);
    s->series.before = NULL;
}

struct taken {
    struct pool *pool;
    struct slot *slot;
};

static void begin_case(struct pool *p, struct slot *s)
{
    const struct options *o = p->run->plan->options;

    s->began_ns = deadline_now_ns();
    s->deadline =
        o->exhaustive
            ? p->end
            : deadline_later(deadline_in(0),
                             run_case_limit(o, s->series.cases[s->at]->cost_ms,
                                            p->run->start_s));
}

/* The target slept of its own will, and was waited for. */
static void add_time(struct pool *p, struct slot *s, double seconds)
{
    s->deadline = deadline_later(s->deadline, seconds);
    if (!p->run->plan->options->run_timeout)
        p->end = deadline_later(p->end, seconds);
}

/* What is fatal to one case does not end the others. */
static void take(json_t *message, void *arg)
{
    struct taken *t = arg;
    struct slot *s = t->slot;
    const char *kind = json_string_value(json_object_get(message, "message"));
    const char *why = json_string_value(json_object_get(message, "why"));

    if (kind && strcmp(kind, "fatal") == 0) {
        snprintf(s->why, sizeof s->why, "%s", why ? why : "");
    } else if (kind && strcmp(kind, "used-up") == 0) {
        s->used_up = true;
        s->each = json_is_true(json_object_get(message, "each"));
    } else if (kind && strcmp(kind, "slept") == 0) {
        add_time(t->pool, s,
                 json_number_value(json_object_get(message, "seconds")));
    } else if (kind && strcmp(kind, "result") == 0 && s->at < s->series.n) {
        if (s->server)
            (void)json_object_set_new(message, "server",
                                      json_integer(s->server));
        if (s->series.part)
            (void)json_object_set_new(message, "part",
                                      json_integer(s->series.part));
        take_result(t->pool, s, message);
        if (++s->at < s->series.n)
            begin_case(t->pool, s);
    } else {
        run_take(message, t->pool->run);
    }
}

/* ---- jobs ---- */

/* Which of a series needs the most of the machine. */
static const struct test_case *neediest(const struct series *series)
{
    const struct test_case *most = series->cases[0];

    for (size_t i = 1; i < series->n; i++)
        if (series->cases[i]->holds > most->holds)
            most = series->cases[i];
    return most;
}

static int start_next(struct pool *p)
{
    struct series *next = &p->waiting.list[p->waiting.n - 1];

    for (size_t i = 0; i < p->njobs; i++) {
        struct slot *s = &p->slot[i];

        if (s->job.pid)
            continue;
        memset(s, 0, sizeof *s);
        s->series = *next;
        s->order = (struct case_order){ next->cases, next->n, p->survey,
                                        p->started, next->part };
        if (job_start(&s->job, p->run->plan, p->isolate, case_run, &s->order) <
            0)
            return -1;
        p->waiting.n--;
        p->started++;
        s->need = run_room_need(neediest(next), &p->survey);
        p->room.taken += s->need;
        if (s->series.n > 1)
            s->server = ++p->servers;
        begin_case(p, s);
        p->busy++;
        return 0;
    }
    return 0;
}

/* The case in progress has no result. */
static void report_lost(struct pool *p, struct slot *s, int status)
{
    double seconds = (double)(deadline_now_ns() - s->began_ns) / 1e9;
    bool late = deadline_passed(s->deadline);
    char why[96];

    snprintf(why, sizeof why,
             late ? "not done after %.0f s"
                  : "the process that ran it broke off (wait status %.0f)",
             late ? seconds : (double)status);
    if (s->series.before)
        take_result(p, s, s->series.before);
    else
        run_report_missing(p->run, s->series.cases[s->at],
                           s->why[0] ? s->why : why);
    s->at++;
}

/* What a series has left. */
static void put_back(struct pool *p, struct slot *s)
{
    size_t step = s->each ? 1 : s->series.n - s->at;

    for (size_t i = s->series.n; i > s->at; i -= step) {
        struct series rest = { &s->series.cases[i - step], step,
                               s->series.before, 0 };

        if (series_push(&p->waiting, rest) < 0)
            return; /* they will have no result, which is told */
    }
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
    if (s->at < s->series.n && !s->used_up && !p->run->signal)
        report_lost(p, s, status);
    put_back(p, s);
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

    if (p->run->progress) /* the time left is shown anew */
        d = deadline_sooner(d, deadline_in(PROGRESS_MS));

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

/* There will never be room for all of it. */
static void has_no_room(struct pool *p, const struct series *series,
                        const char *why)
{
    struct slot each = { .series = *series, .each = true };

    if (series->n > 1)
        put_back(p, &each);
    else if (series->before)
        take_result(p, &each, series->before);
    else
        run_report_skip(p->run, series->cases[0], why);
}

static void fill_slots(struct pool *p)
{
    char why[640];

    while (p->busy < p->njobs && p->waiting.n) {
        struct series next = p->waiting.list[p->waiting.n - 1];
        enum fits fits = run_room_fits(&p->room, neediest(&next), &p->survey,
                                       why, sizeof why);

        if (fits == FITS_LATER)
            return;
        if (fits == FITS_NEVER) {
            p->waiting.n--;
            has_no_room(p, &next, why);
        } else if (start_next(p) < 0) {
            cannot_start(p);
            return;
        }
    }
}

void pool_run(struct pool *p)
{
    while ((p->busy || p->waiting.n) && !run_must_end(p->run, p->end)) {
        fill_slots(p);
        if (p->busy)
            wait_for_news(p);
        take_news(p);
        progress_of_cases(p->run, p->cases, p->n, p->busy);
    }
    progress_clear(p->run);
}

static bool has_result(const struct results *rs, const char *id)
{
    for (size_t i = 0; i < rs->n; i++)
        if (strcmp(rs->list[i].id, id) == 0)
            return true;
    return false;
}

void pool_finish(struct pool *p)
{
    for (size_t i = 0; i < p->njobs; i++)
        if (p->slot[i].job.pid) {
            p->slot[i].used_up = true; /* said below */
            end_slot(p, &p->slot[i]);
        }
    for (size_t i = 0; i < p->waiting.n; i++)
        if (p->waiting.list[i].before)
            run_take(p->waiting.list[i].before, p->run);
    for (size_t i = 0; i < p->n; i++) {
        const struct test_case *c = p->cases[i];

        /* As often as parts of it are missing. */
        for (int k = 0; k <= c->parts && !has_result(p->run->results, c->id);
             k++)
            run_report_missing(p->run, c,
                               "it had not begun when the run ended");
    }
    results_free(&p->run->parts);
}
