/* SPDX-License-Identifier: MIT */
/* Every process that ends must be waited for, even if no further client comes,
   and although signals do not queue. */
#include "cases/process/process.h"

#include "judge/judge_requirement.h"
#include "kit/simple_client.h"
#include "kit/stop_alone.h"
#include "kit/wait_idle.h"
#include "linux/stop_processes.h"

#include <stdio.h>

enum { CLIENTS = 16, EXITS = 50, FEWEST_EXITS = 10 };

/* Keep those in l that are zombies still. */
static void keep_zombies(struct pid_list *l)
{
    struct proc_stat st;
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        if (procfs_stat(l->pid[i], &st) == 0 && procfs_is_zombie(&st))
            l->pid[n++] = l->pid[i];
    l->n = n;
}

/* Wait until the zombies of now are gone; each that goes renews the deadline.
   Others may come and go meanwhile: only a process that stays a zombie has not
   been waited for. Those are left in now. False: decided. */
static bool zombies_left(struct context *c, struct snapshot *now)
{
    struct pause pause = { 0 };
    struct deadline d;
    size_t least;

    if (!wait_idle(c, now))
        return false;
    least = now->zombies.n;
    d = wait_deadline(c);
    while (now->zombies.n && !deadline_passed(d)) {
        if (server_ended(c)) {
            verdict_skip(c->v, "the server has ended");
            return false;
        }
        pause_until(&pause, d);
        keep_zombies(&now->zombies);
        if (now->zombies.n < least) {
            least = now->zombies.n;
            d = wait_deadline(c);
        }
    }
    return true;
}

static void look(struct context *c, const char *after)
{
    struct snapshot now = { .n = 0 };

    if (zombies_left(c, &now))
        judge_zombies(&now.zombies, after, &c->subject, c->v);
    snapshot_free(&now);
}

/* If a process is made for each connection: wait until these have ended, before
   it is asked whether they are waited for. One that never ends is no zombie. */
static void await_workers(struct context *c, const struct pid_list *before)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    bool left = c->model == MODEL_FORK || c->model == MODEL_EXEC;

    while (left && !deadline_passed(d)) {
        struct pid_list now = { NULL, 0, 0 };

        left = false;
        if (subject_processes(&c->subject, &now) == 0)
            for (size_t i = 0; i < now.n && !left; i++)
                left = !pid_list_has(before, now.pid[i]) &&
                       procfs_alive(now.pid[i]);
        pid_list_free(&now);
        if (left)
            pause_until(&pause, d);
    }
}

static void no_zombies(struct context *c)
{
    struct pid_list before = { NULL, 0, 0 };

    if (!server_up(c))
        return;
    if (subject_processes(&c->subject, &before) < 0) {
        verdict_error(c->v, "no memory");
    } else if (simple_client_round(c, CLIENTS, LEAVE_IN_ORDER, NULL)) {
        await_workers(c, &before);
        look(c, "after its clients left,");
    }
    pid_list_free(&before);
}

/* ---- all at once ---- */

/* The server's children that were not there before its clients came. */
static int new_children(struct context *c, const struct pid_list *before,
                        struct pid_list *workers)
{
    struct pid_list now = { NULL, 0, 0 };
    int rc = procfs_children(c->subject.server, &now);

    for (size_t i = 0; rc == 0 && i < now.n; i++)
        if (!pid_list_has(before, now.pid[i]) && procfs_alive(now.pid[i]))
            rc = pid_list_add(workers, now.pid[i]);
    pid_list_free(&now);
    return rc;
}

/* With the server stopped the clients leave, and their workers end. False:
   decided. */
static bool end_together(struct context *c, struct talk *t,
                         const struct pid_list *workers)
{
    struct pid_list server = { NULL, 0, 0 };
    size_t ended = 0;
    bool stopped;

    if (pid_list_add(&server, c->subject.server) < 0)
        return false;
    stopped = stop_processes(&server, wait_deadline(c)) == 0;
    clients_leave(t, EXITS);
    while (stopped && ended < workers->n &&
           process_ended(c, workers->pid[ended]))
        ended++;
    continue_processes(&server);
    pid_list_free(&server);
    if (!stopped)
        verdict_error(c->v, "SIGSTOP: the server process did not stop");
    else if (ended < workers->n)
        verdict_skip(c->v,
                     "worker pid %d does not end while the server "
                     "process is stopped",
                     (int)workers->pid[ended]);
    return stopped && ended == workers->n;
}

static void simultaneous_exits(struct context *c)
{
    struct pid_list before = { NULL, 0, 0 }, workers = { NULL, 0, 0 };
    static struct talk t[EXITS];
    char after[96];

    if (!needs_own_start(c) || !needs_process_per_connection(c) ||
        !server_up(c))
        return;
    if (procfs_children(c->subject.server, &before) < 0 ||
        simple_client_stay_all(c, t, EXITS) == 0)
        goto out;
    if (new_children(c, &before, &workers) < 0) {
        verdict_error(c->v, "no memory");
    } else if (workers.n < FEWEST_EXITS) {
        verdict_skip(c->v,
                     "no more than %zu workers at a time are children of "
                     "the server process",
                     workers.n);
    } else if (end_together(c, t, &workers)) {
        snprintf(after, sizeof after,
                 "after %zu workers ended while it was "
                 "stopped,",
                 workers.n);
        verdict_figure(c->v, "workers", (double)workers.n);
        look(c, after);
    }
    clients_leave(t, EXITS);
    stop_alone_excuse(c, STOP_SERVER);
out:
    pid_list_free(&before);
    pid_list_free(&workers);
}

static const struct test_case cases[] = {
    { "process/no-zombies", MUST,
      "after clients left, no descendant stays a zombie", "UNP 5.9", no_zombies,
      0,
      "The server's descendants are looked at until none is in state Z, "
      "without another client coming.",
      "No wait for the workers; or one waitpid for each SIGCHLD, although "
      "signals do not queue; or reaping at the next accept only.",
      "In the handler of SIGCHLD, errno kept and SA_RESTART set: while "
      "(waitpid(-1, NULL, WNOHANG) > 0); or set SIGCHLD to SIG_IGN, and the "
      "kernel reaps.",
      .holds = 32, .leaves_as_found = true },
    { "process/simultaneous-exits", MUST,
      "no zombie stays of 50 workers that end while the server is stopped",
      "UNP 5.10", simultaneous_exits, 40,
      "50 clients stay; SIGSTOP to the server process, seen in state T; the "
      "clients leave, and each worker is awaited in state Z or gone; SIGCONT. "
      "Then until no zombie is left, without another client coming.",
      "One waitpid for each SIGCHLD: of 50 that end while the signal is "
      "blocked or the process stopped, one is reaped.",
      "Reap in a loop: while (waitpid(-1, NULL, WNOHANG) > 0).", .holds = 50 },
};

const struct case_table process_zombies_cases = CASE_TABLE(cases);
