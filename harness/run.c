/* SPDX-License-Identifier: MIT */
/* The process that reports: it starts the jobs, gathers what they tell and
   passes it on. */
#include "run.h"

#include "catalogue.h"
#include "deadline.h"
#include "figures.h"
#include "job.h"
#include "stress.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { STATUS_TROUBLE = 4 };

struct runner {
    struct run *run;
    struct job job;
    bool no_cell;               /* it could not have namespaces */
    bool shown;                 /* a progress line stands on the terminal */
};

static int signal_fd = -1;

int run_catch_signals(void)
{
    static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        struct sigaction old;

        /* nohup(1) and background shells have them ignored: stay so. */
        if (sigaction(caught[i], NULL, &old) == 0 &&
            old.sa_handler != SIG_IGN)
            sigaddset(&set, caught[i]);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL);     /* an ignored one loses statuses */
    if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
        return -1;
    signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return signal_fd < 0 ? -1 : 0;
}

/* ---- what it tells ---- */

static void clear_progress(struct runner *r)
{
    if (r->shown)
        fputs("\r\033[K", stderr);
    r->shown = false;
}

static void show_progress(struct runner *r)
{
    const struct load *l = &r->run->info->load;

    if (!r->run->progress)
        return;
    fprintf(stderr, "\r\033[K%ld of %ld clients connected, %ld frames "
            "verified", l->connected, l->clients, l->frames_verified);
    fflush(stderr);
    r->shown = true;
}

static void report(struct run *run, struct result result)
{
    struct result *r = results_add(run->results, result);

    for (size_t i = 0; r && i < run->nreporters; i++)
        run->reporters[i].verdict(&run->reporters[i], run->info, r);
}

static void take_result(struct runner *r, json_t *o)
{
    struct result result;

    if (result_from_json(o, &result) < 0)
        return;         /* its absence will show as an error */
    clear_progress(r);
    report(r->run, result);
}

static void take_target(struct runner *r, json_t *o)
{
    struct run_info *info = r->run->info;
    const char *address, *starts, *model;
    int isolated;

    if (json_unpack(o, "{s:s, s:i, s:s, s:s, s:b}", "address", &address,
                    "port", &info->port, "starts", &starts, "model", &model,
                    "isolated", &isolated) < 0)
        return;
    snprintf(info->address, sizeof info->address, "%s", address);
    snprintf(info->starts, sizeof info->starts, "%s", starts);
    snprintf(info->model, sizeof info->model, "%s", model);
    info->isolated = isolated;
}

static void take_fatal(struct runner *r, json_t *o)
{
    struct run *run = r->run;
    const char *why, *said;
    json_t *evidence;

    if (json_unpack(o, "{s:i, s:s, s:o}", "status", &run->fatal_status,
                    "why", &why, "evidence", &evidence) < 0)
        return;
    clear_progress(r);
    snprintf(run->fatal_why, sizeof run->fatal_why, "%s", why);
    fprintf(stderr, "harness: %s: %s\n", run->info->name, why);
    said = json_string_value(json_object_get(evidence, "observed"));
    if (said)
        fprintf(stderr, "it printed: %s\n", said);
}

static void take(json_t *o, void *arg)
{
    struct runner *r = arg;
    struct run_info *info = r->run->info;
    const char *kind = json_string_value(json_object_get(o, "message"));

    if (!kind)
        return;
    if (strcmp(kind, "result") == 0)
        take_result(r, o);
    else if (strcmp(kind, "target") == 0)
        take_target(r, o);
    else if (strcmp(kind, "load") == 0 || strcmp(kind, "progress") == 0)
        (void)load_from_json(json_object_get(o, "load"), &info->load);
    else if (strcmp(kind, "audit") == 0)
        (void)audit_from_json(json_object_get(o, "audit"), &info->audit);
    else if (strcmp(kind, "fatal") == 0)
        take_fatal(r, o);
    else if (strcmp(kind, "no-cell") == 0)
        r->no_cell = true;
    if (strcmp(kind, "progress") == 0)
        show_progress(r);
}

/* ---- the way through ---- */

static void stress_main(const struct plan *plan, struct cell *cell,
                        int channel, void *arg)
{
    (void)arg;
    (void)stress_run(plan, cell, channel);
}

/* Follow the job until it closes its end, a signal comes, or d. */
static void follow(struct runner *r, struct deadline d)
{
    struct pollfd p[2] = {
        { .fd = r->job.pipe, .events = POLLIN },
        { .fd = signal_fd, .events = POLLIN },
    };
    int end = 0;

    while (end == 0) {
        struct signalfd_siginfo si;

        (void)poll(p, 2, deadline_left_ms(d));
        end = job_read(&r->job, take, r);
        if (end == 0 && read(signal_fd, &si, sizeof si) == sizeof si) {
            r->run->signal = (int)si.ssi_signo;
            break;
        }
        if (end == 0 && deadline_passed(d)) {
            r->run->fatal_status = STATUS_TROUBLE;
            snprintf(r->run->fatal_why, sizeof r->run->fatal_why,
                     "not done within --run-timeout");
            break;
        }
    }
}

static int run_once(struct run *run, bool isolate, struct deadline d,
                    bool *no_cell)
{
    struct runner r = { .run = run };

    if (job_start(&r.job, run->plan, isolate, stress_main, NULL) < 0)
        return -1;
    follow(&r, d);
    (void)job_end(&r.job, NULL);
    clear_progress(&r);
    *no_cell = r.no_cell;
    return 0;
}

static const struct result *find(const struct results *rs, const char *id)
{
    for (size_t i = 0; i < rs->n; i++)
        if (strcmp(rs->list[i].id, id) == 0)
            return &rs->list[i];
    return NULL;
}

/* Every selected case has a verdict: of a target that never came up nothing
   can be shown, and what the harness did not get to is its own error. */
static void complete(struct run *run)
{
    const char *id;

    for (size_t i = 0; (id = stress_case(i, run->info->valgrind)); i++) {
        const struct test_case *c = catalogue_find(id);
        struct result r = { .level = c->level, .kind = VERDICT_ERROR };

        if (find(run->results, id))
            continue;
        r.id = strdup(c->id);
        r.title = strdup(c->title);
        r.sources = strdup(c->sources);
        r.evidence = json_object();
        if (run->fatal_status == 3)
            r.kind = VERDICT_SKIP;
        if (run->signal)
            (void)!asprintf(&r.reason, "ended by signal %d", run->signal);
        else if (run->fatal_status == 3)
            (void)!asprintf(&r.reason, "the target never came up: %s",
                            run->fatal_why);
        else
            r.reason = strdup(run->fatal_why[0] ? run->fatal_why :
                              "the process that ran it broke off");
        report(run, r);
    }
}

int run_stress(struct run *run)
{
    const struct options *o = run->plan->options;
    struct deadline d = deadline_in(o->run_timeout * 1000);
    bool isolate = !o->no_isolation && !o->connect_ip, no_cell = false;
    int rc;

    if (job_prepare() < 0)
        return -1;
    rc = run_once(run, isolate, d, &no_cell);
    if (rc == 0 && no_cell)
        rc = run_once(run, false, d, &no_cell);
    if (rc == 0)
        complete(run);
    return rc;
}

int run_status(const struct run *r)
{
    if (r->signal)
        return 128 + r->signal;
    if (r->fatal_status)
        return r->fatal_status;
    return results_status(r->results, r->info->strict);
}
