/* SPDX-License-Identifier: MIT */
/* SIGTERM between the look at a flag and the call that then sleeps for ever:
   the commonest race of a daemon, which chance shows once in a thousand stops.
   Here the call is held, the signal is sent and its handler runs, and only then
   the call is made. */
#include "cases/fault/faulty.h"
#include "cases/fault/moment.h"
#include "cases/lifecycle/lifecycle.h"

#include "fault/call_waits.h"
#include "kit/wait_idle.h"
#include "linux/process_signal.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { FORWARD_LOOKS = 5, LONG_S = 60 };

/* ---- the moment itself ---- */

/* What it sends its worker at SIGTERM. */
static int forwarded(pid_t tid)
{
    static const int signals[] = { SIGTERM, SIGINT,  SIGQUIT,
                                   SIGHUP,  SIGUSR1, SIGUSR2 };

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (procfs_pends(tid, signals[i]))
            return signals[i];
    return 0;
}

/* The server gets it, and what it then sends to the worker whose call is held
   arrives there just before that. */
static enum moment to_worker(struct context *c, struct fault *f,
                             const struct fault_call *held)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    bool taken;
    int sig = 0;

    if (process_signal(c->subject.server, SIGTERM) < 0)
        return MOMENT_MISSED;
    for (int same = 0; same < FORWARD_LOOKS && !deadline_passed(d);) {
        if ((sig = forwarded(held->pid)) != 0)
            break;
        same =
            any_thread_of(&c->subject, subject_processes, "R") ? 0 : same + 1;
        pause_until(&pause, d);
    }
    taken = sig && fault_let_in(f, held, sig);
    if (!taken)
        (void)fault_answer(f, held, 0);
    return taken ? MOMENT_TAKEN : MOMENT_SENT;
}

/* It sleeps in the very call, which was made anew. */
static bool sleeps_in(const struct fault_call *held)
{
    unsigned long long args[6];
    long number;

    return procfs_thread_call(held->pid, &number, args) &&
           number == held->number && args[0] == held->args[0];
}

static void lost(struct context *c, const char *call, const char *when,
                 bool worker)
{
    verdict_expected(c->v, "SIGTERM just before %s ends the server", call);
    verdict_observed(c->v,
                     "%s has run, then the call was made, and it waits on",
                     worker ? "the handler of the signal that the server sent "
                              "its worker"
                            : "its handler");
    verdict_fact(c->v,
                 "%s: the call was held, the signal sent, the call made "
                 "anew after its handler",
                 when);
    moment_of_runtime(c);
    verdict_fail(c->v, "SIGTERM just before %s is lost", call);
}

/* False: decided. *judged, if the signal came just before the call. */
static bool stops_at(struct context *c, struct fault *f,
                     const struct fault_call *held, const char *when,
                     bool *judged)
{
    pid_t server = c->subject.server;
    bool worker = procfs_process_of(held->pid) != server, ended;
    bool is_long = call_lasts_s(held) > LONG_S; /* for ever, to who waits */
    enum moment m;
    char call[96];

    moment_text(c, held, call, sizeof call);
    c->ends_it = true;
    fault_release_but(f, held);
    m = worker ? to_worker(c, f, held) : moment_signal(f, held, SIGTERM);
    if (m == MOMENT_IGNORED || m == MOMENT_MISSED)
        return true;
    ended = is_long ? process_ended(c, server) : lifecycle_ends(c, server);
    if (ended && (m != MOMENT_TAKEN || lifecycle_port_closed(c))) {
        *judged = true;
        return true;
    }
    if (m == MOMENT_TAKEN && sleeps_in(held) &&
        (is_long || !call_is_timed(held)))
        lost(c, call, when, worker);
    else if (m == MOMENT_TAKEN && sleeps_in(held))
        verdict_skip(c->v, "%s ends after a time that was not waited for",
                     call);
    else
        verdict_skip(c->v,
                     "it did not end in time, though it does not wait in "
                     "%s: see lifecycle/term-stops",
                     call);
    return false;
}

/* ---- the moments ---- */

struct moments {
    struct known {
        bool worker;
        int number; /* of the call */
    } known[MOMENT_MOST];
    size_t n, next;
    bool judged;
};

static bool is_same(struct context *c, const struct fault_call *held,
                    const struct known *k)
{
    return held->number == k->number &&
           k->worker == (procfs_process_of(held->pid) != c->subject.server);
}

static void know(struct context *c, struct moments *m,
                 const struct fault_call *held)
{
    for (size_t i = 0; i < m->n; i++)
        if (is_same(c, held, &m->known[i]))
            return;
    m->known[m->n++] =
        (struct known){ procfs_process_of(held->pid) != c->subject.server,
                        held->number };
}

/* One start, in which the next of the calls that it waits in first is chosen.
   False: decided, or there is none that was not yet. */
static bool at_first(struct context *c, struct moments *m)
{
    struct fault *f = faulty_prepare(c, MOMENT_CALLS);
    struct fault_call held[MOMENT_MOST];
    bool good = false;
    size_t n;

    if (!f)
        return false;
    moment_hold_listening(f, c);
    if (!faulty_start(c, f))
        return false;
    if (moment_can_be(c)) {
        n = moment_settle(c, f, held);
        for (size_t i = 0; i < n; i++)
            know(c, m, &held[i]);
        for (size_t i = 0; i < n && m->next < m->n; i++)
            if (is_same(c, &held[i], &m->known[m->next])) {
                good = stops_at(c, f, &held[i], "before its first client",
                                &m->judged);
                break;
            }
        m->next++;
    }
    faulty_stop(c, f);
    return good || (m->next < m->n && !verdict_decided(c->v));
}

static void after_client(struct context *c, struct moments *m)
{
    struct fault *f = faulty_up(c, MOMENT_CALLS, false);
    struct fault_call held;

    if (!f)
        return;
    if (lifecycle_settled(c)) {
        moment_hold_server(f, c);
        if (moment_after_client(c, f, &held))
            (void)stops_at(c, f, &held, "after a client has left", &m->judged);
    }
    faulty_stop(c, f);
}

static void term_any_moment(struct context *c)
{
    struct moments m = { .n = 0 };

    while (at_first(c, &m) && m.next < m.n)
        ;
    if (!verdict_decided(c->v))
        after_client(c, &m);
    if (m.judged && !verdict_decided(c->v) && c->plan->options->exhaustive &&
        !lifecycle_walk(c))
        return;
    if (m.judged)
        verdict_pass(c->v);
    else if (!verdict_decided(c->v))
        verdict_skip(c->v, "no call in which it waits could be held before a "
                           "signal");
}

static const struct test_case cases[] = {
    { "lifecycle/term-any-moment", MUST,
      "SIGTERM just before the server waits stops it as well",
      "signal(7); pselect(2)", term_any_moment, 150,
      "Each call in which the server, or a worker of its pool, waits is held in "
      "turn, before its first client and after one has left: accept, poll, "
      "select, epoll_wait, pause, sigsuspend, a read or wait. SIGTERM is sent, "
      "its handler runs, and only then the call is made; the server must end. A "
      "timed wait is given its time, if that is a minute at most. With --exhaustive also before each wait of a "
      "session of three clients, with SIGINT, SIGCHLD, SIGHUP and SIGTERM "
      "twice.",
      "while (!stop) accept(...), or sleep(3600): a signal that comes between the look at stop "
      "and the call is noticed with the next client, or never.",
      "Keep SIGTERM blocked but in the call that waits: ppoll(2), pselect(2), "
      "epoll_pwait(2), by their mask; or signalfd(2), or a pipe that the handler "
      "writes to, in the same poll; or leave SIGTERM at its default. In Python: "
      "signal.set_wakeup_fd, or a timeout; in Perl and Ruby a timeout, or the "
      "default action.",
      .starts = 3 },
};

const struct case_table lifecycle_moment_cases = CASE_TABLE(cases);
