/* SPDX-License-Identifier: MIT */
/* Processes are stopped in rounds, until a look finds no further holder of a
   listening socket: one that was not stopped yet may have forked another
   meanwhile. They are never continued here: the caller does that. */
#include "kit/acceptors.h"

/* Append those that can accept and are not in l yet. Returns how many, or
   -1. */
static int more_acceptors(struct context *c, struct pid_list *l)
{
    struct pid_list all = { NULL, 0, 0 };
    int n = subject_processes(&c->subject, &all);

    for (size_t i = 0; n >= 0 && i < all.n; i++)
        if (!pid_list_has(l, all.pid[i]) &&
            subject_listener_fd(&c->subject, all.pid[i]) >= 0)
            n = pid_list_add(l, all.pid[i]) < 0 ? -1 : n + 1;
    pid_list_free(&all);
    return n;
}

bool halt_acceptors(struct context *c, struct pid_list *l)
{
    struct deadline d = wait_deadline(c);
    int more;

    /* One that was not stopped yet may have forked another since. */
    while ((more = more_acceptors(c, l)) > 0)
        if (stop_processes(l, d) < 0) {
            verdict_error(c->v, "SIGSTOP: not all of %zu processes stopped",
                          l->n);
            return false;
        }
    if (more == 0 && l->n > 0)
        return true;
    if (more == 0 && server_ended(c))
        verdict_skip(c->v, "the server has ended");
    else
        verdict_error(c->v, "no process is seen that holds the listening "
                            "socket");
    return false;
}
