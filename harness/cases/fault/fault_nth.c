/* SPDX-License-Identifier: MIT */
/* fault/nth-call: the calls of a short session (start, three clients, stop) are
   counted. Then, in a session for each fault, the n-th call of a kind fails
   with an error. */
#include "cases/fault/fault_memcheck.h"
#include "cases/fault/faulty.h"
#include "fault/interrupting.h"
#include "fault/nth_steps.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum {
    CLIENTS = 3,
    MORE_ROUNDS = 3, /* of so many clients */
    SPIN_CALLS = 20000
};

struct walk {
    struct context *c;
    struct verdict *v;
    struct nth_steps steps;
    const struct nth_step *now; /* NULL: the session that counts */
    struct fault *f;
    long counted[FAULT_WALKED]; /* calls of the session that counts */
    long can[CALL_KINDS];   /* of them its own that can fail, and of those */
    long eintr[CALL_KINDS]; /* the ones that can be interrupted */
    long lasting; /* threads that the first clients bring and that stay, in
                     the session that counts */
    bool served;  /* a client, in this session */
    struct fault_own own;
    long delivered; /* steps whose fault was seen to happen */
};

/* On the supervisor's thread: c is the server's own, and can fail so. */
static bool can_fail(const struct fault_call *c, void *arg)
{
    struct walk *w = arg;

    if (!fault_is_own(c, &w->own))
        return false;
    if (w->now)
        return fault_possible(w->f, c, w->now->error);
    w->can[c->kind] += fault_possible(w->f, c, 0);
    w->eintr[c->kind] += fault_possible(w->f, c, EINTR);
    return false;
}

static bool fails(struct walk *w, const char *what)
{
    const struct nth_step *s = w->now;

    if (s)
        verdict_fail(w->v, "%s %ld failing with %s: %s", call_name(s->kind),
                     s->n, strerrorname_np(s->error), what);
    else
        verdict_skip(w->v, "without any fault too: %s", what);
    verdict_expected(w->v,
                     "it serves on, or ends and says so; it never "
                     "hangs, spins, leaves anything or sends a wrong byte");
    verdict_observed(w->v, "%s", what);
    return false;
}

/* ---- one session ---- */

/* It ended instead of serving: that is right if it says so. A server that has
   detached has nobody to say it to. */
static bool ended_well(struct walk *w)
{
    struct subject *s = &w->c->subject;
    char *said;
    bool good;

    if (w->c->starts == STARTS_DETACHED && subject_listens(s))
        return true;
    if (!subject_start_ended(s) || WIFSIGNALED(s->start_status))
        return true;
    if (w->c->starts == STARTS_DETACHED && WEXITSTATUS(s->start_status) == 0)
        return true;
    if (WEXITSTATUS(s->start_status) == 0)
        return fails(w, w->served
                            ? "it ended with status 0, as if all were well"
                            : "it ended with status 0 without serving");
    said = subject_said(s);
    good = said != NULL;
    free(said);
    return good || fails(w, "it ended without a message on stderr");
}

/* One client. It may be served, refused, or cut off; but it must get no wrong
   byte, and a server that lives must not leave it in silence. */
static bool client(struct walk *w, uint32_t number)
{
    struct context *c = w->c;
    struct talk t;
    bool served, silent;

    client_init(c, &t, number);
    if (!talk_connect(&t, &c->subject.address, wait_deadline(c)))
        return t.error != ETIMEDOUT || fails(w, "a client could not connect");
    served = talk_exchange(&t, 0, wait_deadline(c));
    silent = t.trouble == TALK_SILENT;
    w->served |= served;
    if (served && c->protocol->echo) {
        (void)conn_half_close(t.fd);
        silent = conn_next(t.fd, wait_deadline(c)) == CONN_SILENCE;
    }
    talk_leave(&t);
    if (t.trouble == TALK_WRONG || t.trouble == TALK_FOREIGN)
        return fails(w, "a wrong byte came back");
    return !silent || server_ended(c) ||
           fails(w, "a client was left in silence");
}

/* Descriptors are not judged here, and so not waited for: what an injected
   failure of close left is no leak, and a first client may make the runtime
   open one that it keeps. */
static void forget_fds(struct snapshot *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->process[i].fds_known = false;
}

/* What the clients have left, or NULL. *g: more processes or threads. */
static const char *left_behind(struct walk *w, const struct snapshot *before,
                               struct snapshot *now, struct growth *g)
{
    double seconds = 0;

    *g = (struct growth){ 0, 0, 0 };
    if (snapshot_when_idle(&w->c->subject, before, plan_timeout_ms(w->c->plan),
                           now, &seconds) != IDLE_MORE)
        return NULL;
    if (now->zombies.n)
        return "zombies are left";
    if (now->sockets)
        return "a connection was never closed";
    *g = audit_growth(&w->c->subject, before, now);
    return g->processes || g->threads ? "workers are left" : NULL;
}

static bool clients(struct walk *w)
{
    bool good = true;

    for (uint32_t i = 0; good && i < CLIENTS && !server_ended(w->c); i++)
        good = client(w, i);
    return good;
}

/* A server with a worker for each client has none left after them. A pool may
   keep what it has made, and may have been about to make more at the first
   look; and a runtime makes a thread now and then, whenever it needs one: then
   one of several equal rounds makes no more. A runtime's thread that was seen
   to stay, without any fault, is not waited for again in each session, which
   has an equal round all the same: faults of its calls were counted too. */
static bool rounds(struct walk *w, struct snapshot *before)
{
    enum model model = w->c->model;
    int spare = model != MODEL_FORK && model != MODEL_EXEC ? MORE_ROUNDS : 0;
    struct snapshot now = { .n = 0 };
    struct growth g = { 0, 0, 0 };
    bool again = w->now && w->lasting > 0, more;
    const char *left;
    long made;

    if (w->now)
        before->threads += w->lasting;
    while (clients(w)) {
        if (server_ended(w->c))
            return true;
        made = g.threads;
        left = left_behind(w, before, &now, &g);
        more = left ? spare-- > 0 && (g.processes || g.threads) : again;
        if (!more) {
            snapshot_free(&now);
            if (!left && !w->now)
                w->lasting = made;
            return !left || fails(w, left);
        }
        snapshot_free(before);
        *before = now;
        forget_fds(before);
        now = (struct snapshot){ .n = 0 };
        again = false;
    }
    return false;
}

/* Far more calls of a kind than the same session made without a fault. */
static bool spins(struct walk *w)
{
    for (size_t i = 0; w->now && i < FAULT_WALKED; i++)
        if (fault_made(w->f, fault_walked[i]) > SPIN_CALLS + 10 * w->counted[i])
            return !fails(w, "it spins");
    return false;
}

/* Up, three clients, and what is left of them. */
static bool serve(struct walk *w)
{
    struct snapshot before = { .n = 0 };
    double seconds = 0;
    bool good;

    (void)snapshot_when_idle(&w->c->subject, NULL, plan_timeout_ms(w->c->plan),
                             &before, &seconds);
    forget_fds(&before);
    good = rounds(w, &before);
    if (good && server_ended(w->c))
        good = ended_well(w);
    snapshot_free(&before);
    return good && !spins(w);
}

static int note_one(const struct socket_info *i, void *arg)
{
    (void)i;
    *(bool *)arg = true;
    return 1;
}

/* Its port is its own choice, and the session before left it in TIME_WAIT: that
   it cannot be bound then is lifecycle/restart-at-once's. */
static bool port_was_left(struct walk *w)
{
    bool left = false;

    if (w->c->target.port && subject_ended(&w->c->subject))
        (void)sockdiag_each(w->c->subject.sd, SOCKDIAG_TIME_WAIT,
                            w->c->target.port, note_one, &left);
    return left;
}

static bool session_up(struct walk *w, const struct subject_how *how)
{
    enum subject_up up = server_try(w->c, how);

    if (!needs_supervision(w->c, w->f, w->c->subject.why))
        return false;
    if (up == SUBJECT_UP)
        return serve(w);
    if (port_was_left(w))
        return true;
    /* It may end; but to live on without listening is to hang. */
    if (!subject_ended(&w->c->subject)) /* before any fault it is only slow */
        return (w->now && !fault_injected(w->f, w->now->kind)) ||
               fails(w, "its start hangs");
    return ended_well(w);
}

static bool session(struct walk *w)
{
    struct subject_how how = { .pre_exec = seccomp_filter_install };
    const char *found;
    unsigned calls = CALL_BIT(CALL_SIGACTION);
    bool good;

    for (size_t i = 0; i < FAULT_WALKED; i++)
        if (w->counted[i] <= SPIN_CALLS)
            calls |= CALL_BIT(fault_walked[i]);
    w->f = fault_begin(calls);
    if (!w->f) {
        verdict_error(w->v, "cannot supervise: %s", strerror(errno));
        return false;
    }
    how.arg = fault_filter(w->f);
    w->own.begun = false;
    w->served = false;
    if (w->now)
        fault_fail_nth(w->f, w->now->kind, w->now->error, w->now->n, can_fail,
                       w);
    for (size_t i = 0; !w->now && i < FAULT_WALKED; i++) /* count alone */
        fault_fail_nth(w->f, fault_walked[i], EIO, 1, can_fail, w);
    good = session_up(w, &how);
    if (good && w->c->subject.server && !server_ended(w->c) &&
        !server_stop(w->c))
        good = fails(w, "it did not end after SIGTERM");
    found = good ? fault_memcheck_finds(w->c, w->v) : NULL;
    if (found)
        good = fails(w, found);
    if (w->now)
        w->delivered += fault_injected(w->f, w->now->kind) > 0;
    return good;
}

static void session_end(struct walk *w)
{
    if (w->f)
        faulty_stop(w->c, w->f);
    w->f = NULL;
}

/* ---- the walk ---- */

static bool count(struct walk *w)
{
    const struct options *o = w->c->plan->options;
    struct nth_choice of = {
        .call = o->call,
        .error = o->error ? fault_errno_called(o->error) : 0,
        .mistakes = o->exhaustive,
    };
    bool good;

    fault_know_own(w->c, &w->own);
    good = session(w);

    for (size_t i = 0; good && i < FAULT_WALKED; i++) {
        w->counted[i] = fault_made(w->f, fault_walked[i]);
        /* A server that closes every number up to a limit of a million: this
           kind is not walked, and not supervised any more. */
        if (w->counted[i] <= SPIN_CALLS)
            if (nth_steps_add(&w->steps, &of, w->c->seed, fault_walked[i],
                              w->can[fault_walked[i]],
                              w->eintr[fault_walked[i]]) < 0)
                verdict_error(w->v, "no memory");
    }
    session_end(w);
    return good;
}

static void nth_call(struct context *c)
{
    struct walk w = { .c = c, .v = c->v };
    size_t total;

    if (count(&w)) {
        total = w.steps.n;
        if (!c->plan->options->exhaustive)
            nth_steps_draw(&w.steps);
        for (size_t i = 0; i < w.steps.n && !verdict_decided(c->v); i++) {
            w.now = &w.steps.step[i];
            (void)session(&w);
            session_end(&w);
        }
        verdict_figure(c->v, "faults", (double)w.steps.n);
        verdict_figure(c->v, "delivered", (double)w.delivered);
        verdict_figure(c->v, "faults_possible", (double)total);
        if (!verdict_decided(c->v) && w.delivered)
            verdict_pass(c->v);
        else if (!verdict_decided(c->v))
            verdict_skip(c->v, "none of %zu faults could be delivered",
                         w.steps.n);
    }
    nth_steps_free(&w.steps);
}

static const struct test_case cases[] = {
    { "fault/nth-call", MUST,
      "whichever call fails, it serves on or ends and says so; it never hangs, "
      "spins, leaves anything or sends a wrong byte",
      "accept(2); fork(2); recv(2); send(2); close(2); poll(2)", nth_call, 500,
      "The calls of a session of three clients are counted; then the n-th of a "
      "kind fails with an error of its man page, one in each session: a sample "
      "drawn by the seed, or all with --exhaustive. Only what the kernel can do: "
      "EINTR where a handler interrupts a call that waits; after ECONNRESET, "
      "EPIPE or ETIMEDOUT the connection is gone. Shells and the like that "
      "execute the server are spared, and so is a pipe to itself.",
      "A result that is not looked at.",
      "Look at every result; decide for each error who ends: nobody, the "
      "connection, or the server.",
      .starts = 14 },
};

const struct case_table fault_nth_cases = CASE_TABLE(cases);
