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
