/* SPDX-License-Identifier: MIT */
/* The trial has a verdict of its own: where it cannot be made, the failure
   stands. The target is stopped at rest, since only a call in which it waits
   can be interrupted. */
#include "kit/stop_alone.h"

#include "kit/acceptors.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <signal.h>

static bool stop(struct context *c, enum stop_of which, struct pid_list *l)
{
    if (which == STOP_ALL)
        return halt_acceptors(c, l);
    return pid_list_add(l, c->subject.server) == 0 &&
           stop_processes(l, wait_deadline(c)) == 0;
}

/* Returns once all that was stopped has gone on, and waits again. */
static bool stop_and_continue(struct context *c, enum stop_of which)
{
    struct pid_list l = { NULL, 0, 0 };
    bool stopped = stop(c, which, &l);

    continue_processes(&l);
    for (size_t i = 0; i < l.n; i++)
        (void)signal_done(c, l.pid[i], SIGCONT);
    pid_list_free(&l);
    return stopped;
}

static bool harms(struct context *c, void *which)
{
    struct snapshot now = { .n = 0 };
    char why[96];
    bool idle;

    if (server_try(c, NULL) != SUBJECT_UP ||
        !simple_client_new(c, why, sizeof why))
        return false;
    idle = wait_idle(c, &now);
    snapshot_free(&now);
    return idle && stop_and_continue(c, *(enum stop_of *)which) &&
           !simple_client_new(c, why, sizeof why);
}

void stop_alone_excuse(struct context *c, enum stop_of which)
{
    struct verdict aside;
    bool harm;

    if (!verdict_has_failed(c->v) || (c->started && !server_discard(c)))
        return;
    harm = context_try(c, &aside, harms, &which);
    verdict_free(&aside);
    if (harm)
        verdict_excuse(c->v, "SIGSTOP and SIGCONT alone keep it from serving: "
                             "see lifecycle/stop-continue");
}
