/* SPDX-License-Identifier: MIT */
/* lifecycle/reload. Each SIGHUP finds clients in the two states in which a
   careless reload loses them: one is half-way through its request, others wait
   in the listen queue with theirs sent. That they do is no chance: the target
   is stopped while they come and the signal is sent. What is left of each
   reload is a difference that grows from one series of them to the next. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/acceptors.h"
#include "kit/client_pool.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { WAITING = 4, SERIES = 4, FIRST = 8, OTHERS = 6 };

struct reload {
    uint32_t sequence;
    int signals;             /* sent so far under load */
    struct client_pool half; /* one client */
    struct client_pool waiting;
};

static bool open_pool(struct context *c, struct client_pool *m, size_t n,
                      struct reload *r, bool halves)
{
    if (client_pool_open(m, c, n) < 0) {
        verdict_error(c->v, "clients cannot be opened: %s", strerror(errno));
        return false;
    }
    m->halves = halves;
    m->leave = true;
    client_pool_begin(m, r->sequence++);
    return true;
}

/* It may have put another process in its own place, which holds the socket now
   whatever the pid file has said of the first. */
static void follow_successor(struct context *c)
{
    if (procfs_alive(c->subject.server))
        return;
    c->subject.server_told = false;
    (void)subject_find(&c->subject);
}

/* All of the target is stopped when the clients that wait come, and the signal
   is sent (0: none). False: decided. */
static bool meet(struct context *c, struct reload *r, int sig)
{
    size_t n = subject_backlog(&c->subject, WAITING);
    struct pid_list all = { NULL, 0, 0 };
    bool good;

    good = open_pool(c, &r->half, 1, r, true);
    (void)queue_empty(c);
    /* In the call that the stop is to meet: it may harm by itself. */
    if (good && r->half.client[0].talk.fd >= 0)
        wait_read(c, r->half.client[0].talk.fd);
    wait_asleep(c);
    good = good && halt_acceptors(c, &all);
    if (good)
        follow_successor(c); /* none can take its place from here on */
    good = good &&
           open_pool(c, &r->waiting, n < WAITING ? n : WAITING, r, false) &&
           (!sig || lifecycle_signal(c, sig));
    continue_processes(&all);
    pid_list_free(&all);
    return good;
}

/* The first that was not answered. False: all were. */
static bool any_lost(const struct client_pool *m, char *text, size_t size)
{
    for (size_t i = 0; i < m->n; i++)
        if (!m->client[i].answered) {
            client_pool_describe(&m->client[i], text, size);
            return true;
        }
    return false;
}

/* What became of them; who: which of them was lost, or NULL. */
static const char *receive(struct reload *r, char *text, size_t size)
{
    client_pool_release(&r->half);
    (void)client_pool_receive(&r->half);
    (void)client_pool_receive(&r->waiting);
    if (any_lost(&r->half, text, size))
        return "a client half-way through its request";
    if (any_lost(&r->waiting, text, size))
        return "a client that waited to be accepted";
    return NULL;
}

static void judge_lost(struct context *c, const struct reload *r, int sig,
                       const char *who, const char *what)
{
    if (!sig) {
        verdict_skip(c->v, "without SIGHUP either, %s is not served: %s", who,
                     what);
        return;
    }
    verdict_expected(c->v, "no SIGHUP costs a client its answer");
    verdict_observed(c->v, "at the %s SIGHUP under load, number %d: %s: %s",
                     r->signals == 1 ? "first" : "latest", r->signals, who,
                     what);
    verdict_fail(c->v, "SIGHUP loses %s", who);
}

/* One signal (0: none) under load. False: decided. */
static bool once_under_load(struct context *c, struct reload *r, int sig)
{
    const char *who = NULL;
    char what[160];
    bool good;

    r->half = r->waiting = (struct client_pool){ .events = -1 };
    good = meet(c, r, sig);
    if (good) {
        r->signals += sig != 0;
        if (sig)
            (void)signal_done(c, c->subject.server, sig);
        who = receive(r, what, sizeof what);
    }
    if (who)
        judge_lost(c, r, sig, who, what);
    client_pool_close(&r->half);
    client_pool_close(&r->waiting);
    if (good && !who)
        follow_successor(c);
    return good && !who;
}

/* So many signals (0: clients alone), then wait until it holds no more than
   before (NULL: until it is idle). False: decided. */
static bool series(struct context *c, struct reload *r, int times, int sig,
                   const struct snapshot *before, struct snapshot *now)
{
    enum idle settled;

    for (int i = 0; i < times; i++)
        if (!once_under_load(c, r, sig))
            return false;
    return before ? server_wait_idle(c, before, now, &settled)
                  : wait_idle(c, now);
}

/* What there is more of than before. */
struct left {
    bool processes, threads, fds;
};

static struct left left_between(struct context *c, const struct snapshot *a,
                                const struct snapshot *b)
{
    struct growth g = audit_growth(&c->subject, a, b);

    return (struct left){ .processes =
                              b->n + b->zombies.n > a->n + a->zombies.n,
                          .threads = g.threads > 0 && b->threads > a->threads,
                          .fds = g.fds > 0 && b->fds > a->fds };
}

/* "": nothing. */
static const char *left_name(struct left l)
{
    return l.processes ? "processes"
           : l.threads ? "threads"
           : l.fds     ? "descriptors"
                       : "";
}

static void and_left(struct left *l, struct left more)
{
    l->processes &= more.processes;
    l->threads &= more.threads;
    l->fds &= more.fds;
}

static void tell_series(struct context *c, const struct snapshot s[SERIES])
{
    for (int i = 0; i < SERIES; i++)
        verdict_fact(c->v,
                     "after %d SIGHUP: %zu processes, %zu zombies, %ld "
                     "threads, %ld descriptors",
                     FIRST + i * OTHERS, s[i].n, s[i].zombies.n, s[i].threads,
                     s[i].fds);
}

/* Something was left by each series: by the signals, or by as many clients
   without them as well? False: decided. */
static bool judge_left(struct context *c, struct reload *r, struct left l,
                       const struct snapshot s[SERIES])
{
    struct snapshot without = { .n = 0 };
    struct left both = l;
    bool good = series(c, r, OTHERS, 0, &s[SERIES - 1], &without);

    if (good) {
        and_left(&both, left_between(c, &s[SERIES - 1], &without));
        if (left_name(both)[0]) {
            verdict_skip(c->v,
                         "without SIGHUP too, %s stay after clients: see "
                         "process/",
                         left_name(both));
        } else {
            tell_series(c, s);
            verdict_expected(c->v, "nothing more is left after each series of "
                                   "SIGHUP");
            verdict_observed(c->v, "%s grow from each series to the next",
                             left_name(l));
            verdict_fail(c->v, "SIGHUP leaves %s behind", left_name(l));
        }
        good = false;
    }
    snapshot_free(&without);
    return good;
}

/* Three series make the twenty; another where each seems to leave something.
   False: decided. */
static bool all_series(struct context *c, struct reload *r,
                       struct snapshot s[SERIES])
{
    struct left l = { true, true, true };

    if (!series(c, r, FIRST, SIGHUP, NULL, &s[0]))
        return false;
    for (int n = 1; n < SERIES; n++) {
        if (n == SERIES - 1 && !left_name(l)[0])
            return true;
        if (!series(c, r, OTHERS, SIGHUP, &s[n - 1], &s[n]))
            return false;
        and_left(&l, left_between(c, &s[n - 1], &s[n]));
    }
    return !left_name(l)[0] || judge_left(c, r, l, s);
}

/* One that SIGHUP alone ends is judged elsewhere. False: decided. */
static bool bears_hangup(struct context *c)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    char why[160];

    if (!lifecycle_signal(c, SIGHUP))
        return false;
    (void)signal_done(c, c->subject.server, SIGHUP);
    while (!simple_client_new(c, why, sizeof why)) {
        if (server_ended(c) || deadline_was_proven() || deadline_passed(d)) {
            verdict_skip(c->v, "SIGHUP ends its service: see "
                               "lifecycle/hangup");
            return false;
        }
        pause_until(&pause, d);
    }
    return true;
}

static void reload(struct context *c)
{
    struct snapshot s[SERIES] = { { .n = 0 } };
    struct reload r = { .sequence = 1 };

    if (!needs_detached(c) || !server_up(c) || !lifecycle_settled(c) ||
        !once_under_load(c, &r, 0) || !bears_hangup(c))
        return;
    if (all_series(c, &r, s)) {
        if (!subject_find(&c->subject)) {
            verdict_fail(c->v, "after %d SIGHUP it listens no more", r.signals);
        } else if (simple_client_must(c, "after SIGHUP")) {
            verdict_figure(c->v, "signals", r.signals);
            verdict_pass(c->v);
        }
    }
    for (int i = 0; i < SERIES; i++)
        snapshot_free(&s[i]);
}

static const struct test_case cases[] = {
    { "lifecycle/reload", SHOULD,
      "SIGHUP under load loses no client, and leaves nothing behind",
      "daemon(7)", reload, 150,
      "Twenty times: a client says half a request; all of the target is "
      "stopped; four more connect and send theirs; SIGHUP to the server "
      "process, and all go on. Each must be answered. From the 8th to the 14th "
      "and from there to the 20th no more processes, threads or descriptors may "
      "be left.",
      "close(lfd) and listen anew, which resets whoever waits to be accepted; "
      "SIGTERM to workers that have a client; a log opened anew, and the old "
      "one not closed; new workers beside the old ones.",
      "Keep the listening socket; let old workers finish what they have begun "
      "and end; close what is opened anew. Or ignore SIGHUP." },
};

const struct case_table lifecycle_reload_cases = CASE_TABLE(cases);
