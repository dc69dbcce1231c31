/* SPDX-License-Identifier: MIT */
/* One of three workers ends before its time. */
#include "cases/process/process.h"

#include "kit/held_clients.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include "linux/process_signal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { HELD_CLIENTS = 3, VICTIM = 1, ROUNDS = 2 };

/* The other two clients have their echo, twice each, and so have two new ones.
   What a worker did to the connection of another shows only at the next recv of
   that one; and a server that ends at its next return from accept serves one
   more. */
static bool others_served(struct context *c, struct held_client *g,
                          const char *after)
{
    char why[160];

    for (size_t turn = 0; turn < (size_t)ROUNDS * HELD_CLIENTS; turn++) {
        size_t i = turn % HELD_CLIENTS;

        if (i != VICTIM &&
            !simple_client_again(c, &g[i].talk, why, sizeof why)) {
            verdict_expected(c->v, "%s the other clients are served on", after);
            verdict_observed(c->v, "client %zu: %s came instead of its echo%s",
                             i + 1, why,
                             server_ended(c) ? "; the server has ended" : "");
            verdict_fail(c->v, "%s another client's connection ended", after);
            return false;
        }
    }
    for (int i = 0; i < 2; i++)
        if (!simple_client_new(c, why, sizeof why)) {
            verdict_expected(c->v, "%s new clients are served", after);
            verdict_observed(c->v, "%s%s", why,
                             server_ended(c) ? "; the server has ended" : "");
            verdict_fail(c->v, "%s a new client was not served: %s", after,
                         why);
            return false;
        }
    return true;
}

/* ---- SIGKILL ---- */

static bool kill_all(struct context *c, const struct pid_list *workers)
{
    for (size_t i = 0; i < workers->n; i++)
        if (process_signal(workers->pid[i], SIGKILL) < 0 && errno != ESRCH) {
            verdict_error(c->v, "cannot kill worker pid %d: %s",
                          (int)workers->pid[i], strerror(errno));
            return false;
        }
    return true;
}

static bool connection_ended(struct context *c, const struct held_client *g)
{
    enum conn_end end = conn_end_of(g->talk.fd, wait_deadline(c));

    if (end == CONN_FIN || end == CONN_RST)
        return true;
    verdict_expected(c->v, "the client of a worker that was killed sees its "
                           "connection end");
    verdict_observed(c->v, "%s", conn_end_name(end));
    verdict_fail(c->v, "the connection of a killed worker did not end: "
                       "somebody else holds it");
    return false;
}

static bool reaped(struct context *c, const struct pid_list *workers)
{
    struct proc_stat st;

    for (size_t i = 0; i < workers->n; i++)
        if (!process_gone(c, workers->pid[i]) &&
            procfs_stat(workers->pid[i], &st) == 0) {
            verdict_expected(c->v, "a killed worker is waited for");
            verdict_observed(c->v,
                             "pid %d (%s) is in state %c, its parent is "
                             "pid %d",
                             (int)st.pid, st.comm, st.state, (int)st.ppid);
            verdict_fail(c->v, "a killed worker stays as a zombie");
            return false;
        }
    return true;
}

static void worker_killed(struct context *c)
{
    struct held_client g[HELD_CLIENTS];

    held_clients_none(g, HELD_CLIENTS);
    if (needs_own_start(c) && needs_process_per_connection(c) && server_up(c) &&
        held_clients_of_workers(c, g, HELD_CLIENTS) &&
        kill_all(c, &g[VICTIM].workers) && connection_ended(c, &g[VICTIM]) &&
        reaped(c, &g[VICTIM].workers) &&
        others_served(c, g, "after a worker was killed"))
        verdict_pass(c->v);
    held_clients_end(g, HELD_CLIENTS);
}

/* ---- SIGTERM ---- */

/* What the worker does at SIGTERM is not judged; but it must have done it. */
static bool terminate(struct context *c, pid_t worker)
{
    if (process_signal(worker, SIGTERM) < 0) {
        verdict_error(c->v, "cannot signal worker pid %d: %s", (int)worker,
                      strerror(errno));
        return false;
    }
    if (signal_done(c, worker, SIGTERM)) {
        /* If it has ended, the server is told, and may act on it. */
        (void)signal_done(c, c->subject.server, SIGCHLD);
        return true;
    }
    verdict_error(c->v, "worker pid %d does not come to rest after SIGTERM",
                  (int)worker);
    return false;
}

static void worker_terminated(struct context *c)
{
    struct held_client g[HELD_CLIENTS];

    held_clients_none(g, HELD_CLIENTS);
    if (needs_own_start(c) && needs_process_per_connection(c) && server_up(c) &&
        held_clients_of_workers(c, g, HELD_CLIENTS) &&
        terminate(c, g[VICTIM].workers.pid[0]) &&
        others_served(c, g, "after SIGTERM to a worker"))
        verdict_pass(c->v);
    held_clients_end(g, HELD_CLIENTS);
}

static const struct test_case cases[] = {
    { "process/worker-killed", SHOULD,
      "a worker killed by SIGKILL ends its own connection alone, and is reaped",
      "UNP 5.9", worker_killed, 0,
      "Of three workers one is killed. Its client sees FIN or RST, the others "
      "have their echo, two new ones are served, and no zombie stays.",
      "The parent treats an unexpected end of a child as its own.",
      "Reap it, note it, serve on." },
    { "process/worker-terminated", SHOULD,
      "SIGTERM to a worker harms nobody else", "signal(7)", worker_terminated,
      0,
      "SIGTERM to one of three workers; when it has acted on it, the other "
      "clients have their echo and two new ones are served.",
      "The worker keeps the parent's handler, which signals the process group "
      "(kill(0, SIGTERM)) or removes what belongs to the server.",
      "A handler of the worker's own (or none) first of all in the child; "
      "SIGTERM blocked around fork, so that it meets neither." },
};

const struct case_table process_workers_cases = CASE_TABLE(cases);
