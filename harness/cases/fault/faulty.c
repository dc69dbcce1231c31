/* SPDX-License-Identifier: MIT */
/* The server always ends before its supervisor: a supervised call that nobody
   can answer any more fails with ENOSYS, and the server would be blamed for
   that. When a case has failed, the same server is started once more without
   any fault; if it fails then too, the case is skipped. */
#include "cases/fault/faulty.h"

#include "client/exchange.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <string.h>

enum { ACT_MS = 1000 };

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

struct fault *faulty_up(struct context *c, unsigned calls, bool hold_accept)
{
    struct fault *f;

    f = fault_begin(calls);
    if (!f) {
        verdict_error(c->v, "cannot supervise its system calls: %s",
                      strerror(errno));
        return NULL;
    }
    if (hold_accept)
        fault_hold(f, CALL_ACCEPT, fault_is_listening, NULL);
    if (came_up(c, f))
        return f;
    faulty_stop(c, f);
    return NULL;
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
    unsigned char text[3001];
    int fd = conn_open(&c->subject.address, wait_deadline(c));
    bool good = fd >= 0;

    for (size_t i = 0; good && i < sizeof lengths / sizeof *lengths; i++) {
        exchange_text(text, lengths[i], c->seed + i);
        good = exchange_bytes(fd, text, lengths[i], wait_deadline(c), v);
    }
    good = good && exchange_end(fd, wait_deadline(c), v);
    conn_close(fd);
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

int faulty_accept(struct context *c, struct fault *f, int error, long n,
                  struct fault_fds *fds)
{
    struct fault_call held;
    int fd = client_open(c);

    if (fd < 0)
        return -1;
    if (!fault_wait_held(f, CALL_ACCEPT, wait_deadline(c), &held)) {
        verdict_skip(c->v, server_ended(c)
                               ? "the server ended before any fault"
                               : "it made no accept that could be held");
        conn_close(fd);
        return -1;
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
    return fd;
}

/* Let the server do first what it does about the fault (it may end, for one):
   wait until its threads sleep. One that spins is not waited for long. */
static void let_act(struct context *c)
{
    struct deadline d = deadline_in(ACT_MS);
    struct pause pause = { 0 };

    while (!deadline_passed(d) &&
           any_thread_of(&c->subject, subject_processes, "RD"))
        pause_until(&pause, d);
}

bool faulty_lives(struct context *c, const char *after)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    char why[160];

    let_act(c);
    while (!client_served(c, UINT32_MAX, why, sizeof why)) {
        bool ended = server_ended(c);

        if (!ended && !deadline_was_proven() && !deadline_passed(d)) {
            pause_until(&pause, d);
            continue;
        }
        verdict_expected(c->v, "%s it lives and serves a new client", after);
        verdict_observed(c->v, "%s%s", why,
                         ended ? "; the server has ended" : "");
        verdict_fail(c->v,
                     ended ? "%s the server ended"
                           : "%s a new client was not served",
                     after);
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
