/* SPDX-License-Identifier: MIT */
/* load/concurrent-clients: a hundred at the same time. */
#include "cases/load/load.h"

#include "kit/client_pool.h"

#include <errno.h>
#include <string.h>

enum { CLIENTS = 100 };

static void concurrent_clients(struct context *c)
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

static const struct test_case cases[] = {
    { "load/concurrent-clients", MUST,
      "many clients connected at the same time are all served",
      "RFC 862; UNP 4.8", concurrent_clients, 40,
      "All connect, then each sends a frame, then each waits for its echo; "
      "and once more. None closes before all have their last frame.",
      "accept, serve, close, accept: the second client waits for the first to "
      "leave.",
      "Fork (or start a thread, or poll) for each connection and go back to "
      "accept at once.",
      .holds = CLIENTS },
};

const struct case_table load_concurrent_cases = CASE_TABLE(cases);
