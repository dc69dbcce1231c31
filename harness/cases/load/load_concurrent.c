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
    size_t served, limit;

    if (!server_up(c))
        return;
    if (client_pool_open(&m, c, CLIENTS) < 0)
        verdict_error(c->v, "%d connections: %s", CLIENTS, strerror(errno));
    else if ((served = load_talk_twice(&m)) == CLIENTS)
        verdict_pass(c->v);
    else if (load_own_limit(c, &m, &limit)) {
        verdict_fact(c->v, "its own limit: %zu clients at a time", limit);
        verdict_pass(c->v);
    } else
        load_tell_unserved(c, &m, served);
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
      .holds = CLIENTS, .leaves_as_found = true },
};

const struct case_table load_concurrent_cases = CASE_TABLE(cases);
