/* SPDX-License-Identifier: MIT */
/* Who holds which socket: /proc/PID/fd of every process of the target, and
   what a client notices of it. */
#include "cases/process/process.h"

#include "kit/held_clients.h"

#include <stdio.h>

enum { HELD_CLIENTS = 3, BATCH = 8, MOST_FACTS = 8 };

static const char first_connection[] = "the first client's connection";

static void describe(struct context *c, pid_t pid, const char *what)
{
    struct proc_stat st;

    if (procfs_stat(pid, &st) == 0)
        verdict_fact(c->v, "pid %d [%d] (%s, parent %d)%s %s", (int)pid,
                     (int)procfs_inner_pid(pid), st.comm, (int)st.ppid,
                     pid == c->subject.server ? ", the server," : "", what);
}

/* ---- the listening socket ---- */

/* A worker may close it late, even after its first reply. Returns one that
   still holds it at the deadline, or 0. */
static pid_t keeps_listener(struct context *c, const struct held_client *g)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    for (;;) {
        pid_t holder = 0;

        for (size_t i = 0; i < g->workers.n && !holder; i++)
            if (subject_listener_fd(&c->subject, g->workers.pid[i]) >= 0)
                holder = g->workers.pid[i];
        if (!holder || deadline_passed(d))
            return holder;
        pause_until(&pause, d);
    }
}

static void listener_closed_in_worker(struct context *c)
{
    struct held_client g[1];
    char what[64];
    pid_t holder;

    held_clients_none(g, 1);
    if (needs_process_per_connection(c) && server_up(c) &&
        process_may_look(c) && held_clients_of_workers(c, g, 1)) {
        holder = keeps_listener(c, &g[0]);
        if (holder) {
            snprintf(what, sizeof what, "holds it as fd %d",
                     subject_listener_fd(&c->subject, holder));
            verdict_expected(c->v, "no process made for a connection holds the "
                                   "listening socket");
            verdict_observed(c->v, "pid %d, made for a client, does",
                             (int)holder);
            verdict_fail(c->v, "the worker of a client keeps the listening "
                               "socket open");
            describe(c, holder, what);
        } else {
            verdict_pass(c->v);
        }
    }
    held_clients_end(g, 1);
}

/* ---- the connections ---- */

/* A worker of one client that holds the connection of another, which has a
   worker of its own. Returns its pid, and in *whose that other client; or 0. If
   processes are not made for connections, one may well serve several. */
static pid_t meddler(struct context *c, const struct held_client *g,
                     size_t *whose)
{
    pid_t found = 0;

    if (c->model != MODEL_FORK && c->model != MODEL_EXEC)
        return 0;
    for (size_t i = 0; i < HELD_CLIENTS && !found; i++) {
        struct pid_list holders = { NULL, 0, 0 };

        if (g[i].workers.n &&
            subject_holders(&c->subject, g[i].inode, &holders) == 0)
            for (size_t k = 0; k < holders.n && !found; k++)
                for (size_t j = 0; j < HELD_CLIENTS && !found; j++)
                    if (j != i && pid_list_has(&g[j].workers, holders.pid[k]) &&
                        !pid_list_has(&g[i].workers, holders.pid[k])) {
                        found = holders.pid[k];
                        *whose = i;
                    }
        pid_list_free(&holders);
    }
    return found;
}

/* Wait until nobody holds the connection of a client that has left. Returns a
   process that still does at the deadline, or 0. */
static pid_t keeps_connection(struct context *c, const struct held_client *g)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    for (;;) {
        struct pid_list holders = { NULL, 0, 0 };
        pid_t holder = 0;

        if (subject_holders(&c->subject, g->inode, &holders) == 0 && holders.n)
            holder = holders.pid[0];
        pid_list_free(&holders);
        if (!holder || deadline_passed(d))
            return holder;
        pause_until(&pause, d);
    }
}

static void name_holders(struct context *c, const struct held_client *g,
                         const char *which)
{
    struct pid_list holders = { NULL, 0, 0 };
    char what[64];

    snprintf(what, sizeof what, "holds socket:[%lu], %s", g->inode, which);
    if (subject_holders(&c->subject, g->inode, &holders) == 0)
        for (size_t i = 0; i < holders.n && i < MOST_FACTS; i++)
            describe(c, holders.pid[i], what);
    pid_list_free(&holders);
}

/* The first client half-closes, although the others stay. Of echo its
   connection must end; how, and what comes before that, is not asked here.
   False: decided. */
static bool ends_at_fin(struct context *c, struct held_client *g)
{
    enum conn_end end;

    if (!c->protocol->echo)
        return true;
    (void)conn_half_close(g->talk.fd);
    end = conn_end_of(g->talk.fd, wait_deadline(c));
    if (end == CONN_BYTE) {
        verdict_skip(c->v, "the server sends without an end");
        return false;
    }
    if (end == CONN_SILENCE) {
        verdict_expected(c->v, "the first client's connection ends at its FIN, "
                               "although two others stay");
        verdict_observed(c->v, "silence");
        verdict_fail(c->v, "the first client's FIN is not answered while "
                           "others stay");
        name_holders(c, g, first_connection);
    }
    return end != CONN_SILENCE;
}

/* False: decided. */
static bool first_leaves(struct context *c, struct held_client *g)
{
    pid_t holder;

    if (!ends_at_fin(c, g))
        return false;
    talk_leave(&g->talk);
    holder = keeps_connection(c, g);
    if (!holder)
        return true;
    verdict_expected(c->v, "nobody holds a connection that is over");
    verdict_observed(c->v,
                     "pid %d holds socket:[%lu], whose client and worker "
                     "have closed it",
                     (int)holder, g->inode);
    verdict_fail(c->v, "a process holds a connection of which it is not the "
                       "worker");
    name_holders(c, g, first_connection);
    return false;
}

/* How many of those connections pid holds. */
static size_t holds(pid_t pid, const unsigned long inode[BATCH])
{
    size_t n = 0;

    for (size_t i = 0; i < BATCH; i++)
        n += inode[i] && procfs_fd_of_socket(pid, inode[i]) >= 0;
    return n;
}

/* A process beside the server that holds several of them at the deadline, or
   0: a worker may close late what it was born with. */
static pid_t keeps_several(struct context *c, const unsigned long inode[BATCH],
                           size_t *several)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    for (;;) {
        struct pid_list l = { NULL, 0, 0 };
        pid_t holder = 0;

        (void)subject_processes(&c->subject, &l);
        for (size_t i = 0; i < l.n && !holder; i++)
            if (l.pid[i] != c->subject.server &&
                (*several = holds(l.pid[i], inode)) > 1)
                holder = l.pid[i];
        pid_list_free(&l);
        if (!holder || deadline_passed(d))
            return holder;
        pause_until(&pause, d);
    }
}

static void judge_batch(struct context *c, const unsigned long inode[BATCH])
{
    size_t several = 0;
    pid_t pid = keeps_several(c, inode, &several);

    if (!pid) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "no worker holds another's connection");
    verdict_observed(c->v,
                     "pid %d, made for one of %d clients that came at once, "
                     "holds the connections of %zu",
                     (int)pid, BATCH, several);
    verdict_fail(c->v, "a process holds a connection of which it is not the "
                       "worker");
    describe(c, pid, "holds several");
}

/* Several come at once: a server that accepts all that wait and then forks for
   each has more than one at hand. Where processes are not made for connections,
   one may well serve several. */
static void batch_comes(struct context *c)
{
    unsigned long inode[BATCH] = { 0 };
    struct talk t[BATCH];
    struct socket_info end;
    size_t come, served = 0;

    for (size_t i = 0; i < BATCH; i++)
        client_init(c, &t[i], (uint32_t)(HELD_CLIENTS + i));
    for (come = 0; come < BATCH; come++)
        if (!talk_connect(&t[come], &c->subject.address, wait_deadline(c)))
            break;
    for (; served < come; served++) {
        talk_begin(&t[served], 0);
        if (!talk_finish(&t[served], wait_deadline(c)))
            break; /* it takes fewer at a time */
        if (server_end(c, t[served].fd, &end))
            inode[served] = end.inode;
    }
    judge_batch(c, inode);
    clients_leave(t, BATCH);
}

static void own_connection_only(struct context *c)
{
    struct held_client g[HELD_CLIENTS];
    size_t whose = 0;
    char which[64];
    pid_t pid;

    held_clients_none(g, HELD_CLIENTS);
    if (server_up(c) && process_may_look(c) &&
        held_clients_begin(c, g, HELD_CLIENTS)) {
        pid = meddler(c, g, &whose);
        if (pid) {
            snprintf(which, sizeof which, "client %zu's connection", whose + 1);
            verdict_expected(c->v, "no worker holds another's connection");
            verdict_observed(c->v, "pid %d, made for another client, holds %s",
                             (int)pid, which);
            verdict_fail(c->v,
                         "a process holds a connection of which it is not "
                         "the worker");
            name_holders(c, &g[whose], which);
        } else if (first_leaves(c, &g[0])) {
            if (c->model == MODEL_FORK || c->model == MODEL_EXEC)
                batch_comes(c);
            else
                verdict_pass(c->v);
        }
    }
    held_clients_end(g, HELD_CLIENTS);
}

static const struct test_case cases[] = {
    { "process/listener-closed-in-worker", MUST,
      "a process made for a connection does not hold the listening socket",
      "UNP 4.8", listener_closed_in_worker, 0,
      "/proc/PID/fd of every process that was not there before the client "
      "came, until none holds the listener. Preforked workers hold it by "
      "design, and are not asked.",
      "The child serves and never closes lfd: the port stays taken as long as "
      "any worker lives, whatever becomes of the server.",
      "close(lfd) first of all in the child; SOCK_CLOEXEC before an exec.",
      .leaves_as_found = true },
    { "process/own-connection-only", MUST,
      "no process holds a connection of which it is not the worker", "UNP 4.8",
      own_connection_only, 0,
      "Three clients stay. No worker holds the connection of another; the "
      "first half-closes and gets FIN although the others stay; then nobody "
      "holds its connection any more. Of eight that come at once no worker "
      "holds several, where one is made for each.",
      "The parent keeps the connected socket, and each later worker inherits "
      "those before it: the client's FIN comes when the last has gone.",
      "close(cfd) in the parent right after fork; accept one, fork, close, and "
      "only then accept the next.",
      .leaves_as_found = true },
};

const struct case_table process_holds_cases = CASE_TABLE(cases);
