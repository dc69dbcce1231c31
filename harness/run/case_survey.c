/* SPDX-License-Identifier: MIT */
/* The first start of the target, in a sandbox of its own: does it come up, how
   does it start and stop, by what does it serve? Runs in the process of a job,
   and judges nothing. */
#include "run/case_begin.h"

#include "base/status.h"
#include "client/guess.h"
#include "client/talk_first.h"
#include "job/message.h"
#include "job/not_up.h"
#include "kit/simple_client.h"
#include "linux/child_wait.h"
#include "sandbox/sandbox_life.h"
#include "session/client_session.h"

#include <stdio.h>
#include <stdlib.h>

/* Tell that the target never came up or, with SUBJECT_TROUBLE, could not be
   started; but if the sandbox was over, or no process was left for it, that is
   the reason. */
static void tell_fatal(struct context *c, int channel, enum subject_up up,
                       struct subject *s, const char *said)
{
    char ours[640];

    if (sandbox_is_over(c->sandbox, ours, sizeof ours) ||
        scarce_was(&c->scarce, ours, sizeof ours))
        message_fatal(channel, STATUS_TROUBLE, ours, said);
    else if (up == SUBJECT_DIED)
        not_up_tell(channel, s, plan_timeout_ms(c->plan), said);
    else
        message_fatal(channel, STATUS_TROUBLE, s->why, said);
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

struct moment {
    int64_t real_ns;
    struct deadline counted; /* on the clock of waits */
};

static struct moment moment_now(void)
{
    return (struct moment){ deadline_now_ns(), deadline_in(0) };
}

static void tell_start(int channel, struct moment from)
{
    struct moment now;

    (void)deadline_passed(from.counted); /* sets that clock right */
    now = moment_now();
    message_start(channel, (double)(now.real_ns - from.real_ns) / 1e9,
                  (double)(now.counted.at_ns - from.counted.at_ns) / 1e9);
}

static void survey_client(struct context *c, int channel)
{
    struct moment from = moment_now();
    struct session d;
    enum subject_up up = start_client(c, &d);

    if (up == SUBJECT_UP) {
        tell_start(channel, from);
        d.client.starts = STARTS_FOREGROUND;
        message_target(channel, &d.client, model_name(MODEL_UNKNOWN));
    } else {
        (void)bytes_add(&d.said, "", 1);
        tell_fatal(c, channel, up, &d.client,
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

static void tell_guess(int channel, const struct talk *t)
{
    const char *guess = t->who.protocol->echo ? guess_of_talk(t) : NULL;

    if (guess)
        message_speaks(channel, guess);
}

static bool has_client(struct context *c, struct talk *t)
{
    return c->protocol->once ? simple_client_stay(c, t)
                             : client_come(c, t, 0) && client_begun(c, t);
}

/* A client that stays, and a look at what serves it. Returns the number of its
   tasks; 0: not known. */
static long see_model(struct context *c, int channel)
{
    struct snapshot before = { .n = 0 };
    double ignored = 0;
    long workers, tasks = 0;
    struct talk t;

    client_init(c, &t, 0);
    if (snapshot_when_idle(&c->subject, NULL, plan_timeout_ms(c->plan), &before,
                           &ignored) == IDLE) {
        if (has_client(c, &t))
            c->model = model_of(&c->subject, &before, 1, &workers);
        else {
            if (deadline_was_proven())
                message_silent(channel);
            tell_guess(channel, &t);
        }
        tasks = t.fd < 0 ? 0 : tasks_now(c);
        talk_leave(&t);
    }
    snapshot_free(&before);
    return tasks;
}

/* False: told as fatal. */
static bool preflight_exchange(struct context *c, int channel)
{
    char why[1024], ours[640], *said, *hint;
    struct talk t;
    bool good;

    client_init(c, &t, 0);
    good = talk_first(&t, &c->subject.address, plan_timeout_ms(c->plan), why,
                      sizeof why);
    if (!good) {
        hint = talk_first_hint(&t);
        said = talk_first_told(&t, subject_said(&c->subject));
        if (sandbox_is_over(c->sandbox, ours, sizeof ours) ||
            scarce_was(&c->scarce, ours, sizeof ours))
            message_fatal_talk(channel, STATUS_TROUBLE, ours, said, NULL);
        else
            message_fatal_talk(channel, STATUS_TARGET, why, said, hint);
        free(said);
        free(hint);
    }
    talk_leave(&t);
    return good;
}

static void survey_server(struct context *c, int channel)
{
    struct moment from = moment_now();
    enum subject_up up =
        c->target.attach ? subject_attach(&c->subject, &c->target, c->sandbox)
                         : subject_start(&c->subject, &c->target, c->sandbox,
                                         c->port, wait_deadline(c));
    char *said, over[192];
    long tasks;

    c->started = true;
    if (up == SUBJECT_UP) {
        tell_start(channel, from);
        subject_wait_started(&c->subject, wait_deadline(c));
        /* First of all, while no client has left anything behind. */
        tasks = see_model(c, channel);
        if (!preflight_exchange(c, channel))
            return;
        message_tasks(channel, tasks);
        message_target(channel, &c->subject, model_name(c->model));
        c->stays = !c->target.attach && !server_stop(c);
        if (c->stays)
            message_stays(channel);
        if (sandbox_is_over(c->sandbox, over, sizeof over))
            message_fatal(channel, STATUS_TROUBLE, over, NULL);
    } else {
        said = subject_said(&c->subject);
        tell_fatal(c, channel, up, &c->subject, said);
        free(said);
    }
}

void case_survey(const struct plan *plan, struct sandbox *sandbox, int channel,
                 void *arg)
{
    struct verdict v;
    struct context c;

    case_begin_job(&c, plan, sandbox, channel, arg);
    case_begin(&c, NULL, &v);
    if (!case_take_place(&c, arg))
        message_fatal(channel, STATUS_TROUBLE, v.reason, NULL);
    else if (plan->options->client)
        survey_client(&c, channel);
    else
        survey_server(&c, channel);
    context_end(&c);
    verdict_free(&v);
}
