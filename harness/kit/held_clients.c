/* SPDX-License-Identifier: MIT */
/* The workers of a client are a difference: the processes that are there once
   it has been served and were not there before it connected. So clients come
   one by one, and the server must be idle first: else a process that a pool was
   about to start would be taken for the first client's worker. */
#include "kit/held_clients.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <string.h>

/* Append to workers those that run now and did not before. */
static int newcomers(struct context *c, const struct pid_list *before,
                     struct pid_list *workers)
{
    struct pid_list now = { NULL, 0, 0 };
    int rc = subject_processes(&c->subject, &now);

    for (size_t i = 0; rc == 0 && i < now.n; i++)
        if (!pid_list_has(before, now.pid[i]) && procfs_alive(now.pid[i]))
            rc = pid_list_add(workers, now.pid[i]);
    pid_list_free(&now);
    return rc;
}

static bool all_rest(const struct pid_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (!procfs_alive(l->pid[i]) || any_thread(l->pid[i], "RD"))
            return false;
    return true;
}

/* Where the server forks twice, one of them is about to end: they are looked
   for until all rest. */
static int find_workers(struct context *c, const struct pid_list *before,
                        struct pid_list *workers)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    for (;;) {
        workers->n = 0;
        if (newcomers(c, before, workers) < 0)
            return -1;
        if (all_rest(workers) || deadline_passed(d))
            return 0;
        pause_until(&pause, d);
    }
}

static bool come(struct context *c, struct held_client *g)
{
    struct pid_list before = { NULL, 0, 0 };
    struct socket_info end;
    bool good = false;

    if (subject_processes(&c->subject, &before) < 0) {
        verdict_error(c->v, "cannot list processes: %s", strerror(errno));
    } else if (simple_client_stay(c, &g->talk)) {
        if (server_end(c, g->talk.fd, &end))
            g->inode = end.inode;
        if (g->inode == 0)
            verdict_skip(c->v, "no process holds the connection: its server "
                               "is not on this machine");
        else if (find_workers(c, &before, &g->workers) < 0)
            verdict_error(c->v, "cannot list processes: %s", strerror(errno));
        else
            good = true;
    }
    pid_list_free(&before);
    return good;
}

bool held_clients_begin(struct context *c, struct held_client *g, size_t n)
{
    struct snapshot now = { .n = 0 };
    bool good = wait_idle(c, &now); /* a pool may just be starting its
                                       workers */

    snapshot_free(&now);
    held_clients_none(g, n);
    for (size_t i = 0; good && i < n; i++)
        good = come(c, &g[i]);
    return good;
}

bool held_clients_of_workers(struct context *c, struct held_client *g, size_t n)
{
    if (!held_clients_begin(c, g, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (g[i].workers.n == 0) {
            verdict_skip(c->v, "no process was made for client %zu", i + 1);
            return false;
        }
    return true;
}

void held_clients_none(struct held_client *g, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        g[i].talk.fd = -1;
        g[i].inode = 0;
        g[i].workers = (struct pid_list){ NULL, 0, 0 };
    }
}

void held_clients_end(struct held_client *g, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        talk_leave(&g[i].talk);
        pid_list_free(&g[i].workers);
    }
}
