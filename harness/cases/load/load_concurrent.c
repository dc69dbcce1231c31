/* SPDX-License-Identifier: MIT */
/* load/concurrent-clients: a hundred at the same time. */
#include "cases/load/load.h"

#include "kit/client_pool.h"

#include <errno.h>
#include <string.h>

enum { CLIENTS = 100 };

void load_concurrent_clients(struct context *c)
{
    struct client_pool m;
    size_t served;

    if (!server_up(c))
        return;
    if (client_pool_open(&m, c, CLIENTS) < 0)
        verdict_error(c->v, "%d connections: %s", CLIENTS, strerror(errno));
    else if ((served = load_talk_twice(&m)) < CLIENTS)
        load_tell_unserved(c, &m, served);
    else
        verdict_pass(c->v);
    client_pool_close(&m);
}
