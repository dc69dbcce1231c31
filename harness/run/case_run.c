/* SPDX-License-Identifier: MIT */
/* Runs in the process of one job, which owns the sandbox. It makes a context
   for the case (address, port, seed, what the survey found), lets the case run,
   and sends what came of it through the channel. It prints nothing, and job.c
   ends the process. */
#include "run/case_run.h"

#include "base/status.h"
#include "catalogue/catalogue.h"
#include "job/message.h"
#include "kit/needs.h"
#include "linux/child_wait.h"
#include "sandbox/sandbox_address.h"
#include "sandbox/sandbox_life.h"
#include "session/client_session.h"
#include "stillness/stillness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t hash(const char *text)
{
    uint64_t h = 1469598103934665603u; /* FNV-1a */

    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h;
}

/* Without a network of its own a case takes an address that no other has:
   127.64.0.0/10 holds one for each pid. */
static void own_address(struct context *c)
{
    const struct options *o = c->plan->options;
    unsigned pid = (unsigned)getpid();

    snprintf(c->ip, sizeof c->ip, "%s", c->target.ip);
    if (!c->sandbox->isolated && !o->address_given && !c->target.attach &&
        !c->target.fixed)
        snprintf(c->ip, sizeof c->ip, "127.%u.%u.%u", 64 + (pid >> 16 & 63),
                 pid >> 8 & 255, pid & 255);
    c->target.ip = c->ip;
}

/* Give the case an address, and a port that is free there. false: decided
   (error). */
static bool take_place(struct context *c, const struct case_order *order)
{
    char why[256];

    own_address(c);
    c->port = c->target.port;
    if (c->target.attach)
        return true;
    if (sandbox_address(c->sandbox, c->target.ip, why, sizeof why) < 0) {
        verdict_error(c->v, "%s", why);
        return false;
    }
    return server_port(c, order->place * 61 + (unsigned)getpid());
}

/* false: decided (error). */
static bool begin(struct context *c, const struct plan *plan,
                  struct sandbox *sandbox, const struct case_order *order,
                  struct verdict *v)
{
    memset(c, 0, sizeof *c);
    c->taken.claim = -1;
    c->plan = plan;
    c->sandbox = sandbox;
    c->target = plan->target;
    c->test_case = order->test_case;
    c->v = v;
    c->seed = plan->options->seed;
    if (c->test_case)
        c->seed ^= hash(c->test_case->id);
    c->starts = order->survey.starts;
    c->model = order->survey.model;
    c->stays = order->survey.stays;
    c->start_s = order->survey.start_s;
    c->must_detach = plan->options->daemon;
    stillness_begin();
    scarce_begin(&c->scarce);
    server_watch_failures(c);
    return take_place(c, order);
}

/* Tell that the target never came up or, with SUBJECT_TROUBLE, could not be
   started; but if the sandbox was over, or no process was left for it, that is
   the reason. */
static void tell_fatal(struct context *c, int channel, enum subject_up up,
                       const char *why, const char *said)
{
    char ours[640];

    if (sandbox_is_over(c->sandbox, ours, sizeof ours) ||
        scarce_was(&c->scarce, ours, sizeof ours))
        message_fatal(channel, STATUS_TROUBLE, ours, said);
    else
        message_fatal(channel,
                      up == SUBJECT_DIED ? STATUS_TARGET : STATUS_TROUBLE, why,
                      said);
}

/* A client comes up once it has connected: at its start, or for its first
   line. */
static enum subject_up start_client(struct context *c, struct session *d)
{
    struct session_place place = {
        .target = &c->target,
        .sandbox = c->sandbox,
        .port = c->port,
        .timeout_ms = plan_timeout_ms(c->plan),
    };
    static const struct session_how plain;
    enum subject_up up = session_begin(d, &place, &plain);
    enum met met;

    if (up != SUBJECT_UP)
        return up;
    (void)session_come_up(d);
    session_type(d, "hello\n", 6);
    met = session_wait(d, session_connected, NULL, false);
    if (met == MET)
        return SUBJECT_UP;
    subject_explain(&d->client,
                    met == MET_ENDED ? "it ended (%s) without connecting"
                                     : "it runs, but never connected",
                    child_status_text(d->status));
    return SUBJECT_DIED;
}

static void survey_client(struct context *c, int channel)
{
    int64_t from = deadline_now_ns();
    struct session d;
    enum subject_up up = start_client(c, &d);

    if (up == SUBJECT_UP) {
        message_start(channel, (double)(deadline_now_ns() - from) / 1e9);
        d.client.starts = STARTS_FOREGROUND;
        message_target(channel, &d.client, model_name(MODEL_UNKNOWN));
    } else {
        (void)bytes_add(&d.said, "", 1);
        tell_fatal(c, channel, up, d.client.why,
                   d.said.n > 1 ? (char *)d.said.at : NULL);
    }
    session_end(&d);
}

/* How many processes and threads the server has while its only client stays. */
static long tasks_now(struct context *c)
{
    struct snapshot now = { .n = 0 };
    long n = 0;

    if (snapshot_take(&now, &c->subject, SNAPSHOT_PROCESSES) == 0)
        n = now.threads;
    snapshot_free(&now);
    return n;
}

/* One echoed connection, and a look at what serves it. Returns the number of
   its tasks; 0: not known. */
static long see_model(struct context *c, int channel)
{
    struct snapshot before = { .n = 0 };
    double ignored = 0;
    long workers, tasks = 0;
    int fd;

    if (snapshot_when_idle(&c->subject, NULL, plan_timeout_ms(c->plan), &before,
                           &ignored) == IDLE &&
        (fd = conn_open(&c->subject.address, wait_deadline(c))) >= 0) {
        if (client_echo(c, fd, 0, 0))
            c->model = model_of(&c->subject, &before, 1, &workers);
        else if (deadline_was_proven())
            message_silent(channel);
        tasks = tasks_now(c);
        conn_close(fd);
    }
    snapshot_free(&before);
    return tasks;
}

static void survey_server(struct context *c, int channel)
{
    int64_t from = deadline_now_ns();
    enum subject_up up =
        c->target.attach ? subject_attach(&c->subject, &c->target, c->sandbox)
                         : subject_start(&c->subject, &c->target, c->sandbox,
                                         c->port, wait_deadline(c));
    char *said, over[192];

    c->started = true;
    if (up == SUBJECT_UP) {
        message_start(channel, (double)(deadline_now_ns() - from) / 1e9);
        subject_wait_started(&c->subject, wait_deadline(c));
        message_tasks(channel, see_model(c, channel));
        message_target(channel, &c->subject, model_name(c->model));
        c->stays = !c->target.attach && !server_stop(c);
        if (c->stays)
            message_stays(channel);
        if (sandbox_is_over(c->sandbox, over, sizeof over))
            message_fatal(channel, STATUS_TROUBLE, over, NULL);
    } else {
        said = subject_said(&c->subject);
        tell_fatal(c, channel, up, c->subject.why, said);
        free(said);
    }
}

void case_survey(const struct plan *plan, struct sandbox *sandbox, int channel,
                 void *arg)
{
    struct verdict v;
    struct context c;

    verdict_init(&v);
    if (!begin(&c, plan, sandbox, arg, &v))
        message_fatal(channel, STATUS_TROUBLE, v.reason, NULL);
    else if (plan->options->client)
        survey_client(&c, channel);
    else
        survey_server(&c, channel);
    context_end(&c);
    verdict_free(&v);
}

/* What is known already is not asked again. false: decided (skip). */
static bool may_be_answered(const struct family *f, struct context *c,
                            bool silent)
{
    if (!silent || !f->exchange || c->test_case->silent_too)
        return true;
    verdict_skip(c->v, "one frame does not come back: see echo/one-frame");
    return false;
}

/* True if what its family needs is there. false: decided. */
static bool applies(struct context *c, const struct survey *survey)
{
    const struct family *f;

    return catalogue_find(c->test_case->id, &f) &&
           needs_of_family(f, &c->target, c->v) &&
           may_be_answered(f, c, survey->silent) &&
           (!f->detaching || c->test_case->foreground_too || needs_detached(c));
}

/* Silence names who sleeps where. */
static void tell_wait(struct verdict *v)
{
    if (stillness_told()[0] &&
        (v->kind == VERDICT_FAIL || v->kind == VERDICT_WARN))
        verdict_fact(v, "%s", stillness_told());
}

void case_run(const struct plan *plan, struct sandbox *sandbox, int channel,
              void *arg)
{
    const struct case_order *order = arg;
    int64_t from = deadline_now_ns();
    struct verdict v;
    struct context c;

    verdict_init(&v);
    if (begin(&c, plan, sandbox, order, &v) && applies(&c, &order->survey))
        order->test_case->run(&c);
    if (verdict_decided(&v))
        server_tell_late_end(&c);
    scarce_error(&c.scarce, &v);
    sandbox_is_over_error(sandbox, &v);
    tell_wait(&v);
    message_result(channel, order->test_case, &v,
                   (double)(deadline_now_ns() - from) / 1e9);
    context_end(&c);
    verdict_free(&v);
}
