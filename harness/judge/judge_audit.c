/* SPDX-License-Identifier: MIT */
/* Verdicts on what the server held after a crowd. */
#include "judge/judge.h"

#include <stdio.h>

enum { MOST_FACTS = 8 };

static struct growth grown(const struct stress_seen *s,
                           const struct snapshot *before,
                           const struct round_seen *after)
{
    if (!after->done)
        return (struct growth){ 0, 0, 0 };
    return audit_growth(s->subject, before, &after->at_rest);
}

bool judge_is_suspicious(const struct stress_seen *s)
{
    struct growth g = grown(s, &s->before, &s->first);

    return s->first.rest == IDLE_MORE && (g.processes || g.threads || g.fds);
}

/* An audit of a server that is gone is skipped; one that could not be made is
   an error. True if the case is decided by that. */
static bool no_audit(const struct stress_seen *s, const struct round_seen *r,
                     struct verdict *v)
{
    if (s->ended || r->rest == IDLE_ENDED)
        verdict_skip(v, "the server has ended");
    else if (r->broken[0])
        verdict_error(v, "a further crowd of clients broke off: %s", r->broken);
    else if (!r->done || r->rest == IDLE_TROUBLE)
        verdict_error(v, "its processes could not be looked at");
    else
        return false;
    return true;
}

void judge_zombies(const struct stress_seen *s, struct verdict *v)
{
    const struct pid_list *z = &s->first.at_rest.zombies;

    if (no_audit(s, &s->first, v))
        return;
    if (z->n == 0) {
        verdict_pass(v);
        return;
    }
    verdict_expected(v, "every worker that ended is waited for, without "
                        "another client coming");
    verdict_observed(v, "%zu zombies, %.1f s after the last change", z->n,
                     s->timeout_ms * deadline_scale() / 1000);
    verdict_fail(v, "%zu zombies are left", z->n);
    for (size_t i = 0; i < z->n && i < MOST_FACTS; i++) {
        struct proc_stat st;

        if (procfs_stat(z->pid[i], &st) == 0)
            verdict_fact(v, "pid %d [%d] (%s) is a zombie of pid %d",
                         (int)st.pid, (int)procfs_inner_pid(st.pid), st.comm,
                         (int)st.ppid);
    }
}

static void name_workers(const struct stress_seen *s,
                         const struct snapshot *before,
                         const struct snapshot *after, struct verdict *v)
{
    int n = 0;

    for (size_t i = 0; i < after->n && n < MOST_FACTS; i++) {
        char text[512];

        if (snapshot_find(before, &after->process[i]))
            continue;
        audit_describe(s->subject, &after->process[i], text, sizeof text);
        verdict_fact(v, "%s", text);
        n++;
    }
}

void judge_workers(const struct stress_seen *s, struct verdict *v)
{
    struct growth g1 = grown(s, &s->before, &s->first), g2;

    if (no_audit(s, &s->first, v))
        return;
    if (!g1.processes && !g1.threads) {
        verdict_pass(v);
        return;
    }
    if (no_audit(s, &s->plain, v))
        return;
    g2 = grown(s, &s->first.at_rest, &s->plain);
    if (!g2.processes && !g2.threads) {
        verdict_pass(v); /* a pool that had grown to its size */
        return;
    }
    verdict_expected(v, "a further equal crowd leaves no more processes and "
                        "threads than the first");
    verdict_observed(v,
                     "%ld processes and %ld threads more after the first, "
                     "then %ld and %ld more",
                     g1.processes, g1.threads, g2.processes, g2.threads);
    verdict_fail(v,
                 "%ld processes and %ld threads stayed after their clients "
                 "had left",
                 g1.processes, g1.threads);
    name_workers(s, &s->first.at_rest, &s->plain.at_rest, v);
}

static void name_fds(const struct stress_seen *s, const struct snapshot *before,
                     const struct snapshot *after, struct verdict *v)
{
    struct leaked_fd leaked[MOST_FACTS];
    size_t n = audit_leaked(s->subject, before, after, leaked, MOST_FACTS);

    for (size_t i = 0; i < n; i++)
        verdict_fact(v, "pid %ld [%d] holds fd %d %s, which it did not before",
                     leaked[i].pid, (int)procfs_inner_pid((pid_t)leaked[i].pid),
                     leaked[i].fd, leaked[i].what);
}

/* The server's own are what is looked at: without them there is nothing. True
   if the case is decided by that. */
static bool no_fds(const struct stress_seen *s, struct verdict *v)
{
    if (no_audit(s, &s->first, v))
        return true;
    if (snapshot_shows_fds(&s->first.at_rest, s->subject->server))
        return false;
    verdict_skip(v, "the descriptors of pid %d are not ours to see",
                 (int)s->subject->server);
    return true;
}

void judge_fds(const struct stress_seen *s, struct verdict *v)
{
    struct growth g1 = grown(s, &s->before, &s->first), g2;

    if (no_fds(s, v))
        return;
    if (!g1.fds) {
        verdict_pass(v);
        return;
    }
    if (no_audit(s, &s->plain, v))
        return;
    g2 = grown(s, &s->first.at_rest, &s->plain);
    if (!g2.fds) {
        verdict_pass(v);
        return;
    }
    verdict_expected(v, "a further equal crowd leaves no more open "
                        "descriptors than the first");
    verdict_observed(v, "%ld more after the first, %ld more after the second",
                     g1.fds, g2.fds);
    verdict_fail(v, "%ld descriptors leaked by %u clients", g2.fds,
                 s->plan->clients);
    name_fds(s, &s->first.at_rest, &s->plain.at_rest, v);
}

/* A server that leaks with ordinary clients may leak as much, by chance, with
   those that reset: only what goes beyond that speaks of resets. */
void judge_fds_after_resets(const struct stress_seen *s, struct verdict *v)
{
    long g1 = grown(s, &s->before, &s->first).fds, plain, reset, alike;

    if (no_fds(s, v))
        return;
    if (!g1) {
        verdict_pass(v);
        return;
    }
    if (no_audit(s, &s->plain, v) || no_audit(s, &s->resets, v))
        return;
    plain = grown(s, &s->first.at_rest, &s->plain).fds;
    reset = grown(s, &s->plain.at_rest, &s->resets).fds;
    alike = (plain * s->nresets + s->plan->clients - 1) / s->plan->clients;
    if (reset == 0) {
        verdict_pass(v);
    } else if (reset < s->nresets && reset <= alike) {
        verdict_skip(v, "descriptors leak with ordinary clients as well: see "
                        "process/fds-return");
    } else {
        verdict_expected(v,
                         "%ld clients that reset in mid-frame leave no "
                         "descriptor open",
                         s->nresets);
        verdict_observed(v, "%ld more are open", reset);
        verdict_fail(v, "%ld descriptors leaked by %ld clients that reset",
                     reset, s->nresets);
        name_fds(s, &s->plain.at_rest, &s->resets.at_rest, v);
    }
}

static int name_socket(const struct socket_info *i, void *arg)
{
    char local[ADDRESS_TEXT], remote[ADDRESS_TEXT];

    if (i->inode)
        verdict_fact(arg,
                     "%s %s, its client %s: socket:[%lu], %u bytes "
                     "unread",
                     sockdiag_state_name(i->state),
                     address_text(&i->local, local),
                     address_text(&i->remote, remote), i->inode, i->rqueue);
    return 0;
}

void judge_sockets(const struct stress_seen *s, struct verdict *v)
{
    long n = s->first.at_rest.sockets;

    if (no_audit(s, &s->first, v))
        return;
    if (n == 0) {
        verdict_pass(v);
        return;
    }
    verdict_expected(v, "no connection is open once all clients have left");
    verdict_observed(v, "%ld sockets of the server are still connected", n);
    verdict_fail(v, "%ld connections were never closed", n);
    (void)sockdiag_each(s->subject->sd, SOCKDIAG_CONNECTED,
                        address_port(&s->subject->address), name_socket, v);
}
