/* SPDX-License-Identifier: MIT */
/* What several files of load/ share. */
#include "cases/load/load.h"

#include "kit/client_pool.h"

size_t load_talk_twice(struct client_pool *m)
{
    size_t served = client_pool_talk(m, 0);

    return served < m->n ? served : client_pool_talk(m, 1);
}

void load_tell_unserved(struct context *c, struct client_pool *m, size_t served)
{
    struct unserved u;

    client_pool_unserved(m, &u);
    judge_unserved(&u, m->n, served, m->sequence + 1, server_ended(c), c->v);
}

size_t load_queue_holds(struct context *c, size_t most)
{
    size_t n = subject_backlog(&c->subject, 1);

    return n < most ? n : most;
}

bool load_queue_full(struct context *c, size_t n)
{
    /* The kernel's to do: the target is stopped. */
    struct deadline d = deadline_in(plan_timeout_ms(c->plan));
    struct pause pause = { 0 };
    long waiting;

    while ((waiting = queue_waiting(c)) < (long)n && !deadline_passed(d))
        pause_until(&pause, d);
    if (waiting >= (long)n)
        return true;
    verdict_error(c->v,
                  "with the server stopped %ld of %zu connections wait in its "
                  "listen queue",
                  waiting, n);
    return false;
}
