/* SPDX-License-Identifier: MIT */
/* load/: next to one client that is silent or slow, others must be served. */
#include "cases/load/load.h"

#include "kit/backpressure.h"
#include "kit/client_pool.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

enum { OTHERS = 8 };

/* Several clients, one by one: if several processes each serve one client at a
   time, one of these could be served by luck. */
static void others_served(struct context *c, const char *next_to)
{
    char why[160];

    for (uint32_t i = 1; i <= OTHERS; i++) {
        if (simple_client_new(c, why, sizeof why))
            continue;
        verdict_expected(c->v, "clients are served next to %s", next_to);
        verdict_observed(c->v, "the client number %u: %s%s", i, why,
                         server_ended(c) ? "; the server has ended" : "");
        verdict_fail(c->v, "next to %s another was not served: %s", next_to,
                     why);
        return;
    }
    verdict_pass(c->v);
}

static void idle_client(struct context *c)
{
    struct talk t;

    if (!server_up(c) || !client_come(c, &t, 0))
        return;
    /* A server that defers accept until data come never accepts it, which is
       right too. */
    (void)queue_empty(c);
    others_served(c, "a client that says nothing");
    talk_leave(&t);
}

static void half_frame_client(struct context *c)
{
    struct talk t;

    if (!server_up(c) || !client_come(c, &t, 0))
        return;
    talk_open(&t); /* what it says first may have to wait for a greeting */
    (void)talk_finish(&t, wait_deadline(c));
    talk_begin(&t, 0);
    talk_hold_half(&t);
    (void)talk_go(&t);
    wait_read(c, t.fd);
    others_served(c, "a client that stopped in the middle of a frame");
    talk_close(&t);
}

static void stalled_reader(struct context *c)
{
    struct backpressure p;
    struct talk t;

    if (!needs_pipelining(c) || !server_up(c) || !client_come(c, &t, 0))
        return;
    if (backpressure_begin_requests(&p, c, &t) < 0) {
        verdict_error(c->v, "no memory");
    } else {
        (void)backpressure_send(&p, BACKPRESSURE_MOST);
        verdict_figure(c->v, "sent_bytes", (double)p.sent);
        others_served(c, "a client that sends and does not read");
    }
    backpressure_free(&p);
    talk_close(&t);
}

static const struct test_case cases[] = {
    { "load/idle-client", MUST,
      "a client that says nothing does not hold up another", "UNP 4.8",
      idle_client, 0,
      "One connects and is silent; then eight more come one by one, each with "
      "a frame.",
      "recv on the connected socket before the next accept, in one process.",
      "Fork, start a thread or poll for each connection.", .holds = 10,
      .leaves_as_found = true },
    { "load/half-frame-client", MUST,
      "a client that stops in the middle of a frame does not hold up another",
      "UNP 6.8", half_frame_client, 0,
      "One sends the first half of a frame, which the server reads, and stops; "
      "then eight more come one by one, each with a frame.",
      "An event loop that calls recv(fd, buf, 64, MSG_WAITALL), or reads in a "
      "loop until a frame is whole.",
      "One recv for each event, and what it brought is sent back, whole frame "
      "or not.",
      .holds = 10, .leaves_as_found = true },
    { "load/stalled-reader", MUST,
      "a client that sends and never reads does not hold up another", "UNP 6.8",
      stalled_reader, 60,
      "One sends until its connection takes nothing for 20 ms (or 32 MiB) and "
      "does not read; then eight more come one by one, each with a frame.",
      "A blocking send in an event loop, or with a lock held that all workers "
      "need.",
      "Non-blocking sockets and POLLOUT in an event loop; no lock during "
      "send.",
      .holds = 10, .leaves_as_found = true },
};

const struct case_table load_hold_cases = CASE_TABLE(cases);
