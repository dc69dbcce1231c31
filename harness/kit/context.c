/* SPDX-License-Identifier: MIT */
/* Starting, watching and stopping the server of a case, and the conditions on
   which a case applies. All of it runs in the case's own process, which forks
   the server through subject_launch. context_end gives the server the chance to
   end by SIGTERM; what still runs then ends with the sandbox. */
#include "kit/context.h"

#include "fault/fault.h"
#include "kit/needs.h"
#include "kit/server_output.h"
#include "stillness/sleep_watch.h"
#include "stillness/stillness.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STOP_MS = 3000, DISCARD_MS = 500, GRACE_MS = 100, KILL_MS = 10000 };

#define LEAST_TOLD_NS INT64_C(500000000)

struct deadline wait_deadline(const struct context *c)
{
    double ms = plan_timeout_ms(c->plan);

    return c->ends_it ? deadline_of_end(ms) : deadline_of_target(ms);
}

struct deadline start_deadline(const struct context *c)
{
    return deadline_later(wait_deadline(c), c->start_s);
}

/* ---- what the case is about ---- */

bool needs_detached(struct context *c)
{
    if (!needs_own_start(c))
        return false;
    if (c->starts == STARTS_DETACHED)
        return true;
    if (c->must_detach)
        verdict_fail(c->v, "--daemon: the server stays in the foreground");
    else
        verdict_skip(c->v, "the server stays in the foreground");
    return false;
}

bool needs_own_start(struct context *c)
{
    return needs_target_started(&c->target, c->v);
}

bool needs_processes(struct context *c)
{
    return needs_target_processes(&c->target, c->v);
}

bool needs_pipelining(struct context *c)
{
    if (!c->protocol->lockstep && !c->protocol->once)
        return true;
    verdict_skip(c->v, "%s: a request is not sent before the last answer (%s)",
                 c->protocol->name, c->protocol->once ? "once" : "lockstep");
    return false;
}

bool needs_isolation(struct context *c, const char *what)
{
    if (c->sandbox->isolated)
        return true;
    verdict_skip(c->v, "needs private namespaces: %s", what);
    return false;
}

bool needs_process_per_connection(struct context *c)
{
    if (c->model == MODEL_FORK || c->model == MODEL_EXEC)
        return true;
    verdict_skip(c->v, "the server has no process for each connection (%s)",
                 model_name(c->model));
    return false;
}

static bool is_refusal(int error)
{
    return error == EPERM || error == EACCES || error == ENOSYS ||
           error == EINVAL || error == EBUSY;
}

bool needs_supervision(struct context *c, struct fault *f, const char *why)
{
    if (fault_works(f))
        return true;
    if (is_refusal(errno))
        verdict_skip(c->v, "system calls cannot be supervised here: %s",
                     strerror(errno));
    else
        verdict_error(c->v, "cannot start it under supervision: %s",
                      why[0] ? why : strerror(errno));
    return false;
}

/* ---- the server ---- */

void server_tell_end(struct context *c, struct verdict *v)
{
    if (!c->started || c->target.attach || c->ends_it || c->end_told ||
        !server_ended(c))
        return;
    c->end_told = true;
    server_output_tell_end(v, &c->subject);
}

/* The kernel closes what a process has before the process is gone: clients may
   be refused by one that still seems to be there. */
void server_tell_late_end(struct context *c)
{
    struct deadline d = deadline_in(GRACE_MS);
    struct pause pause = { 0 };

    if (!c->started || c->target.attach || c->ends_it || c->end_told)
        return;
    while (!server_ended(c) && !subject_listens(&c->subject) &&
           !deadline_passed(d))
        pause_until(&pause, d);
    server_tell_end(c, c->v);
}

void server_tell_printed(struct context *c)
{
    if (!c->end_told)
        server_output_tell(c->v, &c->subject);
    c->end_told = true;
}

static bool came_up(struct context *c, enum subject_up up)
{
    c->started = true;
    if (up == SUBJECT_UP)
        return true;
    verdict_error(c->v, "the server did not come up: %s", c->subject.why);
    server_tell_printed(c);
    return false;
}

/* That all of it sleeps does not mean that the start is done: it may wait for
   another program, as a lookup of names does. */
void server_wait_started(struct context *c)
{
    struct deadline d = start_deadline(c);
    struct pause pause = { 0 };

    subject_wait_started(&c->subject, d);
    while (!c->subject.start_ended && !deadline_passed(d)) {
        pause_until(&pause, d);
        subject_wait_started(&c->subject, d);
    }
}

enum subject_up server_try(struct context *c, const struct subject_how *how)
{
    enum subject_up up =
        subject_launch(&c->subject, &c->target, c->sandbox, c->port, how);

    c->started = true;
    c->terminated = false;
    c->ends_it = false;
    c->end_told = false;
    if (up == SUBJECT_UP)
        up = subject_wait(&c->subject, start_deadline(c));
    if (up == SUBJECT_UP && c->starts == STARTS_DETACHED)
        server_wait_started(c);
    return up;
}

bool server_up_with(struct context *c, int (*pre_exec)(void *arg), void *arg)
{
    struct subject_how how = { .pre_exec = pre_exec, .arg = arg };

    return came_up(c, server_try(c, &how));
}

bool server_up(struct context *c)
{
    if (c->kept)
        return true;
    if (c->target.attach)
        return came_up(c, subject_attach(&c->subject, &c->target, c->sandbox));
    return server_up_with(c, NULL, NULL);
}

bool server_stop(struct context *c)
{
    double ms = plan_timeout_ms(c->plan);

    c->ends_it = true;
    c->terminated = subject_terminate(&c->subject, ms < STOP_MS ? ms : STOP_MS);
    return c->terminated;
}

bool server_port(struct context *c, unsigned seed)
{
    struct port before = c->taken;
    bool good = true;

    c->port = c->target.port;
    if (c->port)
        return true;
    if (port_take(&c->taken, seed) < 0) {
        verdict_error(c->v, "no port is free for the target: %s",
                      strerror(errno));
        good = false;
    }
    c->port = c->taken.number;
    port_release(&before);
    return good;
}

bool server_discard(struct context *c)
{
    int grace_ms = c->stays ? GRACE_MS : DISCARD_MS;
    struct pause pause = { 0 };
    struct deadline d;
    bool ended;

    c->kept = false;
    c->shown = NULL; /* that was another server's */
    (void)subject_terminate(&c->subject, grace_ms);
    d = deadline_in(KILL_MS); /* the kernel's to do, not the target's */
    while (!(ended = subject_ended(&c->subject)) && !deadline_passed(d)) {
        subject_signal_all(&c->subject, SIGKILL);
        pause_until(&pause, d);
    }
    subject_free(&c->subject);
    c->started = false;
    if (!ended)
        verdict_error(c->v, "not all of a start could be ended");
    /* Another port: the next start must not meet the last one's TIME_WAIT. */
    return ended && server_port(c, (unsigned)c->port + 1);
}

void context_slept(struct context *c, int64_t *from_ns)
{
    int64_t now = deadline_now_ns();

    if (now - *from_ns < LEAST_TOLD_NS)
        return;
    if (c->slept)
        c->slept(c->channel, (double)(now - *from_ns) / 1e9);
    *from_ns = now;
}

bool context_sleeps(struct context *c, struct sleep_watch *w)
{
    bool on = sleep_watch_saw(w, deadline_now_ns(), stillness_sleeps_ns());

    if (!w->told_ns)
        w->told_ns = w->began_ns;
    if (on)
        context_slept(c, &w->told_ns);
    return on;
}

bool context_try(struct context *c, struct verdict *aside,
                 bool (*try)(struct context *c, void *arg), void *arg)
{
    struct verdict *kept = c->v;
    bool good;

    verdict_init(aside);
    c->v = aside;
    good = try(c, arg);
    c->v = kept;
    return good;
}

bool server_ended(struct context *c)
{
    return subject_gone(&c->subject);
}

static void look_at_failure(void *arg)
{
    struct context *c = arg;

    scarce_look(&c->scarce);
    server_tell_end(c, c->v);
    if (c->unserved)
        talk_tell(c->unserved, c->v);
    c->unserved = NULL;
}

void server_watch_failures(struct context *c)
{
    c->v->failing = look_at_failure;
    c->v->failing_arg = c;
}

bool server_wait_idle(struct context *c, const struct snapshot *before,
                      struct snapshot *now, enum idle *settled)
{
    double ignored = 0;

    *settled = snapshot_when_idle(&c->subject, before, plan_timeout_ms(c->plan),
                                  now, &ignored);
    if (*settled == IDLE_TROUBLE)
        verdict_error(c->v, "cannot look at the server's processes: %s",
                      strerror(errno));
    else if (*settled == IDLE_ENDED)
        verdict_skip(c->v, "the server has ended");
    else
        return true;
    return false;
}

void context_end(struct context *c)
{
    port_release(&c->taken);
    if (!c->started)
        return;
    /* SIGTERM first, since only the target can remove its pid file and the
       like. One that is known to stay is not waited for anew in every case. */
    if (!c->terminated && c->stays)
        (void)subject_terminate(&c->subject, GRACE_MS);
    else if (!c->terminated)
        (void)server_stop(c);
    subject_free(&c->subject);
    c->started = false;
}

/* ---- which process serves a connection ---- */

bool server_end_of(struct context *c, const struct address *client,
                   struct socket_info *end)
{
    return sockdiag_find(c->subject.sd, &c->subject.address, client, end) == 1;
}

bool server_end(struct context *c, int fd, struct socket_info *end)
{
    struct address client;

    return conn_local(fd, &client) == 0 && server_end_of(c, &client, end);
}

size_t server_holders(struct context *c, int fd, struct pid_list *holders)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct socket_info end;

    for (;;) {
        holders->n = 0;
        if (!server_end(c, fd, &end))
            return 0;
        /* No memory: none seen, this time. */
        (void)subject_holders(&c->subject, end.inode, holders);
        if (holders->n || deadline_passed(d))
            return holders->n;
        pause_until(&pause, d);
    }
}
