/* SPDX-License-Identifier: MIT */
/* The server always ends before its supervisor: a supervised call that nobody
   can answer any more fails with ENOSYS, and the server would be blamed for
   that. When a case has failed, the same server is started once more without
   any fault; if it fails then too, the case is skipped. */
#include "cases/fault/faulty.h"

#include "client/exchange.h"
#include "kit/client_pool.h"
#include "kit/wait_idle.h"
#include "stillness/sleep_watch.h"

#include <errno.h>
#include <string.h>

enum { LOOK_AGAIN_MS = 500, WRONG_TRIES = 3 };

struct back_off {
    struct sleep_watch watch;
    long failed; /* accepts, when it began */
};

/* If it did not come up because of the filter itself, that is the reason that
   is told. */
static bool came_up(struct context *c, struct fault *f)
{
    struct subject_how how = { .pre_exec = seccomp_filter_install,
                               .arg = fault_filter(f) };

    if (server_try(c, &how) == SUBJECT_UP)
        return true;
    if (needs_supervision(c, f, c->subject.why))
        verdict_error(c->v, "the server did not come up: %s", c->subject.why);
    server_tell_printed(c);
    return false;
}

struct fault *faulty_prepare(struct context *c, unsigned calls)
{
    struct fault *f = fault_begin(calls);

    if (!f)
        verdict_error(c->v, "cannot supervise its system calls: %s",
                      strerror(errno));
    return f;
}

bool faulty_start(struct context *c, struct fault *f)
{
    if (came_up(c, f))
        return true;
    faulty_stop(c, f);
    return false;
}

struct fault *faulty_up(struct context *c, unsigned calls, bool hold_accept)
{
    struct fault *f = faulty_prepare(c, calls);

    if (!f)
        return NULL;
    if (hold_accept)
        fault_hold(f, CALL_ACCEPT, fault_is_listening, NULL);
    return faulty_start(c, f) ? f : NULL;
}

void faulty_stop(struct context *c, struct fault *f)
{
    for (enum call k = 0; k < CALL_KINDS; k++)
        fault_release(f, k);
    /* Without a supervisor its calls would fail: it ends first. */
    (void)server_discard(c);
    fault_end(f);
}

/* Messages of several lengths, then the end, as in the cases. */
static bool serves_at_all(struct context *c, struct verdict *v)
{
    static const size_t lengths[] = { 64, 61, 3001, 1 };
    struct talk t;
    bool good;

    client_init(c, &t, 0);
    good = talk_connect(&t, &c->subject.address, wait_deadline(c));
    for (uint32_t i = 0; good && i < sizeof lengths / sizeof *lengths; i++)
        good = client_exchange_text(c, &t, i, lengths[i], v);
    if (good && c->protocol->echo)
        good = exchange_end(t.fd, wait_deadline(c), v);
    talk_leave(&t);
    return good;
}

static void not_of_the_fault(struct verdict *v, const char *reason)
{
    verdict_excuse(v, "without any fault too: %s",
                   reason ? reason : "it refuses its client");
}

void faulty_too_soon(struct context *c)
{
    if (verdict_has_failed(c->v))
        not_of_the_fault(c->v, c->v->reason);
}

void faulty_blame(struct context *c)
{
    struct verdict calm;

    if (!verdict_has_failed(c->v))
        return;
    verdict_init(&calm);
    if (server_try(c, NULL) == SUBJECT_UP && !serves_at_all(c, &calm))
        not_of_the_fault(c->v, calm.reason);
    (void)server_discard(c);
    verdict_free(&calm);
}

void faulty_undelivered(struct context *c)
{
    char why[256];

    if (!verdict_has_failed(c->v))
        return;
    snprintf(why, sizeof why, "%s", c->v->reason);
    verdict_excuse(c->v, "before any fault was delivered: %s", why);
}

void faulty_down(struct context *c, struct fault *f)
{
    char last[128];

    if (verdict_has_failed(c->v) && fault_last(f, last, sizeof last))
        verdict_fact(c->v, "%s", last);
    faulty_stop(c, f);
    faulty_blame(c);
}

void faulty_say(struct talk *t)
{
    if (!t->under_way)
        talk_begin(t, 0);
    (void)talk_go(t);
}

bool faulty_accept(struct context *c, struct fault *f, int error, long n,
                   struct fault_fds *fds, struct talk *t)
{
    struct fault_call held;

    if (!client_come(c, t, 7))
        return false;
    /* It may have to say something first (TCP_DEFER_ACCEPT): what no accept
       takes would wait in the queue. */
    if (queue_waiting(c) == 0)
        faulty_say(t);
    if (!fault_wait_held(f, CALL_ACCEPT, wait_deadline(c), &held)) {
        verdict_skip(c->v, server_ended(c)
                               ? "the server ended before any fault"
                               : "it made no accept that could be held");
        talk_close(t);
        return false;
    }
    if (fds)
        (void)fault_is_short_of_fds(&held, fds);
    if (n > 1)
        fault_fail(f, CALL_ACCEPT, error, n - 1,
                   fds ? fault_is_short_of_fds : fault_is_listening, fds);
    (void)fault_answer(f, &held, error);
    /* In a pool each process waits in an accept of its own: a fault that is to
       last is not for the first alone, and none may stay held. */
    while (n > 1 && fault_wait_held(f, CALL_ACCEPT, deadline_in(0), &held)) {
        if (fds)
            (void)fault_is_short_of_fds(&held, fds);
        (void)fault_answer(f, &held, error);
    }
    if (n == 1)
        fault_release(f, CALL_ACCEPT);
    return true;
}

/* Some pause for seconds after an error: as long as such a sleep lasts, and
   once more, it is not deaf, but it shall not be waited for without an end. If
   it tries again and fails again, it pauses anew. */
static bool backs_off(struct context *c, struct back_off *b, struct fault *f)
{
    int64_t now = deadline_now_ns();
    long failed = f ? fault_injected(f, CALL_ACCEPT) : 0;

    if (failed > b->failed)
        b->watch.began_ns = now;
    b->failed = failed;
    return context_sleeps(c, &b->watch);
}

static void tell_back_off(struct context *c, const struct back_off *b)
{
    if (b->watch.waited_ns)
        verdict_fact(c->v, "it sleeps for %.1f s at a time; waited for %.1f s",
                     (double)b->watch.longest_ns / 1e9,
                     (double)b->watch.waited_ns / 1e9);
}

bool faulty_lives(struct context *c, struct fault *f, const char *after)
{
    struct deadline d = wait_deadline(c);
    struct back_off b = { .watch.began_ns = deadline_now_ns() };
    struct pause pause = { 0 };
    char why[160];
    int wrong = 0; /* answers, one after another: it is not in want of anything
                    */

    server_let_act(c); /* it may end because of the fault, for one */
    while (!client_served(c, UINT32_MAX, why, sizeof why)) {
        bool ended = server_ended(c);

        wrong =
            c->unserved && c->unserved->trouble == TALK_WRONG ? wrong + 1 : 0;
        if (!ended && wrong < WRONG_TRIES && !deadline_was_proven() &&
            !deadline_passed(d)) {
            pause_until(&pause, d);
            continue;
        }
        if (!ended && wrong < WRONG_TRIES && backs_off(c, &b, f)) {
            pause_until(&pause, deadline_in(LOOK_AGAIN_MS));
            continue;
        }
        verdict_expected(c->v, "%s it lives and serves a new client", after);
        verdict_observed(c->v, "%s%s", why,
                         ended ? "; the server has ended" : "");
        verdict_fail(c->v,
                     ended ? "%s the server ended"
                           : "%s a new client was not served",
                     after);
        tell_back_off(c, &b);
        return false;
    }
    return true;
}

bool faulty_delivered(struct context *c, struct fault *f, enum call kind,
                      const char *what)
{
    if (fault_injected(f, kind) > 0)
        return true;
    verdict_skip(c->v, "it made no %s that could be failed: %s",
                 call_name(kind), what);
    return false;
}

static bool gets_idle(struct context *c, void *unused)
{
    struct snapshot now = { .n = 0 };
    enum idle idle;
    bool good = server_wait_idle(c, NULL, &now, &idle);

    (void)unused;
    snapshot_free(&now);
    return good;
}

void faulty_wait_idle(struct context *c)
{
    struct verdict aside;

    (void)context_try(c, &aside, gets_idle, NULL);
    verdict_free(&aside);
}

bool faulty_all_back(struct context *c, struct backpressure *p,
                     const char *after)
{
    size_t n = 0;
    enum backpressure_read end = backpressure_read(p, &n);

    if (end == BACKPRESSURE_SAME)
        return true;
    verdict_expected(c->v, "each byte comes back once");
    if (end == BACKPRESSURE_WRONG) {
        verdict_observed(c->v, "a wrong byte after %zu of %zu", p->back,
                         p->sent);
        verdict_bytes_from(c->v, p->back, p->want, n, p->got, n);
    } else {
        verdict_observed(c->v, "%zu of %zu, then %s", p->back, p->sent,
                         p->ended ? p->ended : "silence");
    }
    verdict_fail(c->v, "bytes were lost or repeated %s", after);
    return false;
}
