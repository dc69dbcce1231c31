/* SPDX-License-Identifier: MIT */
/* load/: next to one client that is silent or slow, others must be served. */
#include "cases/load/load.h"

#include "kit/backpressure.h"
#include "kit/client_pool.h"
#include "kit/simple_client.h"

#include <sys/ioctl.h>

enum { OTHERS = 8, HALF_BYTES = 29 };

/* Several clients, one by one: if several processes each serve one client at a
   time, one of these could be served by luck. */
static void others_served(struct context *c, const char *next_to)
{
    char why[96];

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
    int fd;
    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    /* A server that defers accept until data come never accepts it, which is
       right too. */
    (void)queue_empty(c);
    others_served(c, "a client that says nothing");
    conn_close(fd);
}

/* Wait until the server has read what fd sent: its receive queue is empty, or
   bytes are back. If neither can be seen, it has to be enough that this client
   came first. */
static void wait_read(struct context *c, int fd)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct socket_info end = { .rqueue = 0 };
    int back = 0;

    while (!deadline_passed(d)) {
        if (ioctl(fd, FIONREAD, &back) == 0 && back > 0)
            return;
        if (!server_end(c, fd, &end) || (end.inode && end.rqueue == 0))
            return;
        pause_until(&pause, d);
    }
}

static void half_frame_client(struct context *c)
{
    unsigned char text[HALF_BYTES];
    int fd;
    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    exchange_text(text, sizeof text, c->seed);
    (void)conn_send(fd, text, sizeof text, wait_deadline(c));
    wait_read(c, fd);
    others_served(c, "a client that stopped in the middle of a frame");
    conn_close(fd);
}

static void stalled_reader(struct context *c)
{
    struct backpressure p;
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    if (backpressure_begin(&p, c, fd) < 0) {
        verdict_error(c->v, "no memory");
    } else {
        (void)backpressure_send(&p, BACKPRESSURE_MOST);
        verdict_figure(c->v, "sent_bytes", (double)p.sent);
        others_served(c, "a client that sends and does not read");
    }
    backpressure_free(&p);
    conn_close(fd);
}

static const struct test_case cases[] = {
    { "load/idle-client", MUST,
      "a client that says nothing does not hold up another", "UNP 4.8",
      idle_client, 0,
      "One connects and is silent; then eight more come one by one, each with "
      "a frame.",
      "recv on the connected socket before the next accept, in one process.",
      "Fork, start a thread or poll for each connection.", .holds = 10 },
    { "load/half-frame-client", MUST,
      "a client that stops in the middle of a frame does not hold up another",
      "UNP 6.8", half_frame_client, 0,
      "One sends 29 bytes, which the server reads, and stops; then eight more "
      "come one by one, each with a frame.",
      "An event loop that calls recv(fd, buf, 64, MSG_WAITALL), or reads in a "
      "loop until a frame is whole.",
      "One recv for each event, and what it brought is sent back, whole frame "
      "or not.",
      .holds = 10 },
    { "load/stalled-reader", MUST,
      "a client that sends and never reads does not hold up another", "UNP 6.8",
      stalled_reader, 60,
      "One sends until its connection takes nothing for 20 ms (or 32 MiB) and "
      "does not read; then eight more come one by one, each with a frame.",
      "A blocking send in an event loop, or with a lock held that all workers "
      "need.",
      "Non-blocking sockets and POLLOUT in an event loop; no lock during "
      "send.",
      .holds = 10 },
};

const struct case_table load_hold_cases = CASE_TABLE(cases);
