/* SPDX-License-Identifier: MIT */
/* Processes are stopped in rounds, until a look finds no further one of the
   target: one that was not stopped yet may have forked another meanwhile. They
   are never continued here: the caller does that. */
#include "kit/acceptors.h"

/* Append those that are not in l yet, whether they can accept now or not: one
   of them may fork, or become, another that can. Returns how many, or -1. */
static int more_processes(struct context *c, struct pid_list *l)
{
    struct pid_list all = { NULL, 0, 0 };
    int n = subject_processes(&c->subject, &all);

    for (size_t i = 0; n >= 0 && i < all.n; i++)
        if (!pid_list_has(l, all.pid[i]) && procfs_alive(all.pid[i]))
            n = pid_list_add(l, all.pid[i]) < 0 ? -1 : n + 1;
    pid_list_free(&all);
    return n;
}

static bool any_accepts(struct context *c, const struct pid_list *l)
{
    subject_find_more(&c->subject);
    for (size_t i = 0; i < l->n; i++)
        if (subject_listener_fd(&c->subject, l->pid[i]) >= 0)
            return true;
    return false;
}

bool halt_acceptors(struct context *c, struct pid_list *l)
{
    struct deadline d = wait_deadline(c);
    int more;

    /* One that was not stopped yet may have forked another since. */
    while ((more = more_processes(c, l)) > 0)
        if (stop_processes(l, d) < 0) {
            verdict_error(c->v, "SIGSTOP: not all of %zu processes stopped",
                          l->n);
            return false;
        }
    if (more == 0 && any_accepts(c, l))
        return true;
    if (more == 0 && server_ended(c))
        verdict_skip(c->v, "the server has ended");
    else
        verdict_error(c->v, "no process is seen that holds the listening "
                            "socket");
    return false;
}
