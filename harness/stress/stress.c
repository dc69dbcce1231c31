/* SPDX-License-Identifier: MIT */
/* start -> warm-up -> baseline -> crowd -> rest -> (equal crowds, if something
   was left) -> one more client -> stop -> verdicts. All of it in the process
   that owns the sandbox; the clients are another program's. */
#include "stress/stress_state.h"

#include "base/status.h"
#include "client/guess.h"
#include "client/talk_first.h"
#include "client/talk_wait.h"
#include "job/message.h"
#include "job/not_up.h"
#include "sandbox/sandbox_address.h"
#include "sandbox/sandbox_life.h"
#include "stillness/stillness.h"
#include "target/snapshot.h"
#include "target/subject_launch.h"
#include "target/subject_lifecycle.h"
#include "target/subject_listener.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PROGRESS_NS = 100000000,
    TERMINATE_MS = 3000,
    OWED_TIMES = 12, /* how much has come when the server first answers, and so
                        whether it meets SIGPIPE, is chance */
    SPARE_FILES = 8
};

double stress_timeout_ms(const struct stress *s)
{
    return plan_timeout_ms(s->plan);
}

/* t: an exchange that did not come, or NULL. */
static int fatal_talk(struct stress *s, int status, const char *why,
                      const struct talk *t)
{
    char *said = subject_said(&s->subject), ours[640], both[2048];

    if (sandbox_is_over(s->sandbox, ours, sizeof ours)) {
        status = STATUS_TROUBLE;
        why = ours;
    } else if (scarce_was(&s->scarce, ours, sizeof ours)) {
        status = STATUS_TROUBLE;
        snprintf(both, sizeof both, "%s; %s", why, ours);
        why = both;
    }
    if (t) {
        char *hint = status == STATUS_TARGET ? talk_first_hint(t) : NULL;

        said = talk_first_told(t, said);
        message_fatal_talk(s->channel, status, why, said, hint);
        free(hint);
    } else if (status == STATUS_TARGET) {
        not_up_tell(s->channel, &s->subject, stress_timeout_ms(s), said);
    } else {
        message_fatal(s->channel, status, why, said);
    }
    free(said);
    return status;
}

static int fatal(struct stress *s, int status, const char *why)
{
    return fatal_talk(s, status, why, NULL);
}

/* In a sandbox the seed alone decides the port, so that a run can be repeated.
   Elsewhere another run may have the same seed at this moment. */
static enum subject_up start_target(struct stress *s, struct deadline d)
{
    const struct plan *p = s->plan;
    unsigned seed = (unsigned)p->options->seed;
    int port = p->target.port;

    if (p->target.attach)
        return subject_attach(&s->subject, &p->target, s->sandbox);
    if (sandbox_address(s->sandbox, p->target.ip, s->subject.why,
                        sizeof s->subject.why) < 0)
        return SUBJECT_TROUBLE;
    if (!s->sandbox->isolated)
        seed += (unsigned)getpid() * 61;
    if (port == 0 && port_take(&s->port, seed) < 0) {
        subject_explain(&s->subject, "no port is free for the target: %s",
                        strerror(errno));
        return SUBJECT_TROUBLE;
    }
    return subject_start(&s->subject, &p->target, s->sandbox,
                         port ? port : s->port.number, d);
}

static int start(struct stress *s)
{
    struct deadline d = deadline_in(stress_timeout_ms(s));
    enum subject_up up = start_target(s, d);

    if (up == SUBJECT_DIED)
        return fatal(s, STATUS_TARGET, s->subject.why);
    if (up == SUBJECT_TROUBLE)
        return fatal(s, STATUS_TROUBLE, s->subject.why);
    subject_wait_started(&s->subject, d);
    return 0;
}

static int preflight(struct stress *s)
{
    struct frame_stamp stamp = { s->plan->options->seed, UINT32_MAX, 0, 0 };
    struct talk t;
    char why[1024];
    int rc = 0;

    talk_init(&t, &s->plan->protocol, &stamp);
    if (!talk_first(&t, &s->subject.address, stress_timeout_ms(s), why,
                    sizeof why))
        rc = fatal_talk(s, STATUS_TARGET, why, &t);
    talk_leave(&t);
    return rc;
}

static void tell_guess(const struct stress *s, const struct talk *t)
{
    const char *guess = s->plan->protocol.echo ? guess_of_talk(t) : NULL;

    if (guess)
        message_speaks(s->channel, guess);
}

bool stress_client(struct stress *s, uint32_t client, char *why, size_t size)
{
    struct frame_stamp stamp = { s->plan->options->seed, client, 0, 0 };
    struct deadline d = deadline_in(stress_timeout_ms(s));
    struct talk t;
    bool served;

    talk_init(&t, &s->plan->protocol, &stamp);
    served =
        talk_connect(&t, &s->subject.address, d) && talk_exchange(&t, 0, d);
    if (!served) {
        talk_describe(&t, why, size);
        tell_guess(s, &t);
    }
    talk_leave(&t);
    return served;
}

static int baseline(struct stress *s)
{
    char ignored[160]; /* the crowd will judge what a client sees */
    double seconds = 0;

    stress_walk(s, WALK_IN_ORDER);
    (void)stress_client(s, UINT32_MAX, ignored, sizeof ignored);
    if (snapshot_when_idle(&s->subject, NULL, stress_timeout_ms(s),
                           &s->seen.before, &seconds) == IDLE_TROUBLE)
        return fatal(s, STATUS_TROUBLE,
                     "cannot look at the server's "
                     "processes");
    s->audit.seconds += seconds;
    return 0;
}

static void tell_progress(const struct crowd_plan *p, void *arg)
{
    struct stress *s = arg;
    struct load load;

    if (deadline_now_ns() - s->told_ns < PROGRESS_NS)
        return;
    s->told_ns = deadline_now_ns();
    crowd_load(p, &load);
    message_progress(s->channel, &load);
}

struct crowd_order stress_order(struct stress *s)
{
    const struct plan *p = s->plan;

    return (struct crowd_order){
        .path = p->crowd_path,
        .clients = (uint32_t)p->options->clients,
        .frames = p->frames,
        .seed = p->options->seed,
        .room = (uint32_t)subject_backlog(&s->subject, 128),
        .address = s->subject.address,
        .protocol = &p->protocol,
        .fixtures = p->fixtures,
        .nfixtures = p->nfixtures,
        .timeout_ms = stress_timeout_ms(s),
        .owed = 1,
    };
}

/* All are connected and were served once. */
static void at_gate(struct stress *s)
{
    int64_t from = deadline_now_ns();

    s->model = model_of(&s->subject, &s->seen.before, s->plan->options->clients,
                        &s->audit.workers_seen);
    s->audit.seconds += (double)(deadline_now_ns() - from) / 1e9;
}

/* Not all were served: was there room for them, and for what serves them? */
static void look_for_room(struct stress *s)
{
    const struct crowd_plan *p = s->crowd.plan;

    if (s->seen.end == CROWD_THERE && crowd_count(p, CROWD_DONE) == p->clients)
        return;
    scarce_look(&s->scarce);
    if (p->fork_error == EAGAIN)
        scarce_refused(&s->scarce);
    if (s->model != MODEL_FORK && s->model != MODEL_EXEC)
        scarce_look_files(&s->scarce, crowd_total(p) + SPARE_FILES);
}

static int run_crowd(struct stress *s)
{
    const struct plan *p = s->plan;
    struct crowd_order o = stress_order(s);

    if (p->protocol.echo)
        o.shorts = STRESS_SHORTS;
    o.resets = STRESS_RESETS;
    if (!s->plan->target.valgrind) /* there each of them takes a second */
        o.owed = OWED_TIMES;
    o.progress = tell_progress;
    o.arg = s;
    if (crowd_start(&s->crowd, &o) < 0 ||
        pid_list_add(&s->subject.not_ours, s->crowd.pid) < 0)
        return fatal(s, STATUS_TROUBLE, "cannot start harness-crowd");
    s->seen.plan = s->crowd.plan;
    s->seen.gate = crowd_wait_gate(&s->crowd);
    if (s->seen.gate == CROWD_THERE) {
        at_gate(s);
        crowd_open_gate(&s->crowd);
        s->seen.end = crowd_wait_end(&s->crowd);
    } else {
        s->seen.end = s->seen.gate;
    }
    if (s->seen.end == CROWD_STALLED && deadline_was_proven())
        snprintf(s->seen.proof, sizeof s->seen.proof, "%s", stillness_told());
    crowd_load(s->crowd.plan, &s->load);
    crowd_histograms(s->crowd.plan, &s->load);
    look_for_room(s);
    if (s->seen.end == CROWD_TROUBLE) {
        char why[192];

        snprintf(why, sizeof why, "the crowd of clients broke off: %s",
                 crowd_broken(&s->crowd));
        crowd_end(&s->crowd);
        return fatal(s, STATUS_TROUBLE, why);
    }
    crowd_end(&s->crowd);
    return 0;
}

/* SIGTERM must not meet the last client's worker in the middle of its work:
   memory to which only a register points then would count as lost. */
static void settle_for_reports(struct stress *s)
{
    struct snapshot now = { .n = 0 };
    double seconds = 0;

    if (s->plan->target.valgrind && !s->seen.ended)
        (void)snapshot_when_idle(&s->subject, &s->seen.first.at_rest,
                                 stress_timeout_ms(s), &now, &seconds);
    snapshot_free(&now);
}

static void stop(struct stress *s)
{
    double ms = stress_timeout_ms(s) < TERMINATE_MS ? stress_timeout_ms(s)
                                                    : TERMINATE_MS;

    s->terminated = subject_terminate(&s->subject, ms);
}

static void release(struct stress *s)
{
    snapshot_free(&s->seen.before);
    snapshot_free(&s->seen.first.at_rest);
    snapshot_free(&s->seen.plain.at_rest);
    snapshot_free(&s->seen.earlier.at_rest);
    snapshot_free(&s->seen.resets.at_rest);
    crowd_free(&s->crowd);
    subject_free(&s->subject);
    port_release(&s->port);
}

/* The kernel closes what a process has before the process is gone: the audit
   may have found one at rest that was ending. */
static void see_late_end(struct stress *s)
{
    struct deadline d = deadline_in(stress_timeout_ms(s));
    struct pause pause = { 0 };

    if (s->plan->target.attach)
        return;
    while (!subject_gone(&s->subject) && !subject_listens(&s->subject) &&
           !deadline_passed(d))
        pause_until(&pause, d);
    s->seen.ended |= subject_gone(&s->subject);
}

/* All that is looked at once the crowd has left. */
static int conclude(struct stress *s)
{
    pid_t server_inner = procfs_inner_pid(s->subject.server);
    char over[192];

    stress_audits(s);
    s->seen.served_after = stress_client(s, UINT32_MAX - 1, s->seen.served_why,
                                         sizeof s->seen.served_why);
    if (s->seen.served_after) {
        stress_come_and_go(s);
    } else {
        see_late_end(s);
    }
    stress_sum_up(s);
    message_target(s->channel, &s->subject, model_name(s->model));
    message_load(s->channel, &s->load);
    load_free(&s->load); /* what a report needs is sent */
    if (sandbox_is_over(s->sandbox, over, sizeof over))
        return fatal(s, STATUS_TROUBLE, over);
    message_audit(s->channel, &s->audit);
    stress_tell_verdicts(s);
    stress_walk(s, WALK_BROKEN_OFF);
    settle_for_reports(s);
    stop(s);
    if (s->plan->target.valgrind)
        stress_tell_memory(s, server_inner);
    return 0;
}

int stress_run(const struct plan *plan, struct sandbox *sandbox, int channel,
               case_finder *find)
{
    struct stress s = { .plan = plan,
                        .sandbox = sandbox,
                        .channel = channel,
                        .model = MODEL_UNKNOWN,
                        .find = find,
                        .crowd = { .fd = -1 },
                        .port = { .claim = -1 },
                        .subject = { .sd = -1, .out = -1, .err = -1 } };
    int rc;

    s.seen.subject = &s.subject;
    s.seen.timeout_ms = stress_timeout_ms(&s);
    stillness_begin();
    scarce_begin(&s.scarce);
    rc = start(&s);
    if (rc == 0)
        message_target(channel, &s.subject, model_name(s.model));
    if (rc == 0)
        rc = preflight(&s);
    if (rc == 0)
        rc = baseline(&s);
    if (rc == 0)
        rc = run_crowd(&s);
    if (rc == 0)
        rc = conclude(&s);
    release(&s);
    return rc;
}
