/* SPDX-License-Identifier: MIT */
/* load/: what a client does to its own connection, before it is accepted or
   after, is its own affair. */
#include "cases/load/load.h"

#include "kit/acceptors.h"
#include "kit/client_pool.h"
#include "kit/simple_client.h"
#include "kit/stop_alone.h"
#include "kit/wait_idle.h"
#include "linux/stop_processes.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum {
    BREAKERS = 100,
    MOST_BYTES = 1 << 18, /* more than any buffer that is read to */
    TRANSFER_BYTES = 4000,
    REST_BYTES = 37,
    TALK_EVERY = 10,
    RESETS = 8
};

/* ---- load/resets ---- */

/* A client that is welcomed, where there is a welcome. */
static bool come(struct context *c, struct talk *t)
{
    if (!client_come(c, t, UINT32_MAX))
        return false;
    talk_open(t);
    (void)talk_finish(t, wait_deadline(c)); /* the next client will tell */
    return true;
}

/* Reset once all is answered: the server meets it in recv, whatever it was
   about to do. False if silence came: the next client would have no answer
   either. */
static bool reset_when_answered(struct context *c, uint32_t sequence)
{
    struct talk t;
    bool silent;

    if (!come(c, &t))
        return false;
    talk_begin(&t, sequence);
    silent = !talk_finish(&t, wait_deadline(c)) && t.trouble == TALK_SILENT;
    talk_reset(&t);
    return !silent;
}

/* Reset while the echo is on its way and more is to be echoed: mostly it is met
   in send. False as above. */
static bool reset_in_transfer(struct context *c, const unsigned char *text,
                              size_t n)
{
    struct talk t;
    bool silent = false;
    unsigned char byte;

    if (!come(c, &t))
        return false;
    if (conn_send(t.fd, text, n, wait_deadline(c)) == 0) {
        if (conn_recv(t.fd, &byte, 1, wait_deadline(c)) == 1)
            (void)conn_send(t.fd, text, n < REST_BYTES ? n : REST_BYTES,
                            wait_deadline(c));
        else
            silent = errno == ETIMEDOUT;
    }
    talk_reset(&t);
    return !silent;
}

/* Bytes and FIN together, and nobody there to take the echo: the first piece
   of it is answered with RST, the next one meets EPIPE. What finds no room at
   once is not sent: the server would have begun to answer. */
static bool close_before_echo(struct context *c, const unsigned char *text,
                              size_t n)
{
    struct talk t;
    ssize_t sent = 1;

    if (!come(c, &t))
        return false;
    for (size_t at = 0; at < n && sent > 0; at += (size_t)sent)
        sent = send(t.fd, text + at, n - at, MSG_DONTWAIT | MSG_NOSIGNAL);
    talk_close(&t);
    return queue_empty(c);
}

/* A client that stays connected meanwhile. If the server serves nobody else
   beside it, it leaves: that is judged by another case. false: decided. */
static bool bystander(struct context *c, struct talk *t)
{
    char why[160];

    if (!simple_client_stay(c, t))
        return false;
    if (simple_client_new(c, why, sizeof why))
        return true;
    verdict_fact(c->v, "no client stayed connected meanwhile: the server "
                       "serves one at a time");
    talk_leave(t);
    return true;
}

static bool still_served(struct context *c, struct talk *t)
{
    char why[160];

    if (t->fd < 0 || simple_client_again(c, t, why, sizeof why))
        return true;
    verdict_expected(c->v, "one that was connected all the time is served");
    verdict_observed(c->v, "%s%s", why,
                     server_ended(c) ? "; the server has ended" : "");
    verdict_fail(c->v, "clients that broke off ended another: %s", why);
    return false;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* What they send: to echo text, else requests, and one alone where no more may
   be sent ahead. Returns how many bytes there are. */
static size_t fill_requests(struct context *c, unsigned char *text, size_t size)
{
    uint32_t sequence = 0;
    struct talk t;
    size_t n;

    client_init(c, &t, UINT32_MAX);
    if (c->protocol->lockstep || c->protocol->once)
        return talk_request(&t, 0, text, size);
    n = talk_flood(&t, &sequence, text, size);
    if (n > 0)
        return n;
    exchange_text(text, size, c->seed);
    return size;
}

/* Client number i does. */
static bool breaks_off(struct context *c, int i, const unsigned char *text,
                       size_t most)
{
    /* A server meets EPIPE only with its second piece, and with FIN taken
       before the first: neither too little for its buffer nor far too much. */
    static const size_t lengths[] = { 10,     FRAME_BYTES, 5000,      30000,
                                      100000, 140000,      MOST_BYTES };
    static const size_t kinds = sizeof lengths / sizeof *lengths;

    if (i >= BREAKERS)
        return close_before_echo(c, text,
                                 least(lengths[(size_t)i % kinds], most));
    /* After its one answer the server has closed. */
    if (i % 2 && !c->protocol->once)
        return reset_when_answered(c, (uint32_t)i);
    return reset_in_transfer(c, text, least(TRANSFER_BYTES, most));
}

/* If one of them is not served, the next client will tell. The one that stays
   sends something now and then, so that it is not taken for an idle one; where
   a connection bears one exchange alone, it is in the middle of that, since
   another connection might be refused in such a crowd. */
static void break_off(struct context *c, struct talk *stays)
{
    static unsigned char text[MOST_BYTES];

    size_t most = fill_requests(c, text, sizeof text);

    for (int i = 0; i < 2 * BREAKERS; i++) {
        if (!c->protocol->once && i % TALK_EVERY == 0 &&
            !still_served(c, stays))
            return;
        if (!breaks_off(c, i, text, most))
            return;
    }
}

/* The last of them leaves in mid-request, and the server has seen it leave:
   what it keeps of that is there for the next. */
static void leave_half(struct context *c)
{
    struct talk t;

    client_init(c, &t, UINT32_MAX);
    if (!talk_connect(&t, &c->subject.address, wait_deadline(c)))
        return; /* the next client will tell */
    talk_open(&t);
    (void)talk_finish(&t, wait_deadline(c));
    talk_begin(&t, 0);
    talk_hold_half(&t);
    (void)talk_go(&t);
    if (t.fd >= 0 && conn_half_close(t.fd) == 0)
        (void)conn_end_of(t.fd, wait_deadline(c));
    talk_close(&t);
}

static void resets(struct context *c)
{
    struct talk t;

    if (!server_up(c) || !bystander(c, &t))
        return;
    break_off(c, &t);
    if (!verdict_decided(c->v))
        leave_half(c);
    if (simple_client_must(
            c, "after 100 clients that reset and 100 that closed") &&
        still_served(c, &t) && simple_client_must(c, "after those and another"))
        verdict_pass(c->v);
    talk_leave(&t);
}

/* ---- load/reset-before-accept ---- */

/* With the acceptors stopped: connections, every second one with bytes to
   read, all reset while they wait. */
static bool reset_waiting(struct context *c, size_t n)
{
    struct client_pool m;
    bool waiting = client_pool_open(&m, c, n) == 0;

    if (!waiting) {
        verdict_error(c->v, "%zu connections: %s", n, strerror(errno));
    } else {
        if (!load_queue_fills(c, n)) /* it defers accept until data come */
            client_pool_begin(&m, 0);
        waiting = load_queue_full(c, n);
    }
    for (size_t i = 0; i < m.n; i++) {
        struct talk *t = &m.client[i].talk;

        if (t->fd < 0)
            continue;
        if (i % 2)
            (void)conn_send(t->fd, "not taken", 9, wait_deadline(c));
        talk_reset(t);
    }
    client_pool_close(&m);
    return waiting;
}

static void reset_before_accept(struct context *c)
{
    struct pid_list stopped = { NULL, 0, 0 };
    bool done;

    if (!needs_own_start(c) || !server_up(c))
        return;
    wait_asleep(c); /* in the call that the stop is to meet */
    done = halt_acceptors(c, &stopped) &&
           reset_waiting(c, load_queue_holds(c, RESETS));
    continue_processes(&stopped);
    pid_list_free(&stopped);
    if (done)
        wait_asleep(c); /* it has seen them: a thread may yet end it */
    if (done &&
        simple_client_must(c, "after connections that were reset in the "
                              "backlog"))
        verdict_pass(c->v);
    stop_alone_excuse(c, STOP_ALL);
}

static const struct test_case cases[] = {
    { "load/resets", MUST,
      "100 clients that reset in mid-transfer or once answered, and 100 that "
      "close before their echo came, end nothing but themselves",
      "UNP 5.13", resets, 60,
      "100 send, have part of the echo, or all of it, and reset; 100 send up "
      "to 256 KiB, more than any buffer holds, and close at once; one leaves "
      "in the middle of a request; one that was there before still has its "
      "echo, and a new one too.",
      "SIGPIPE at its default in a server that is one process; exit(1) when "
      "recv or send fails.",
      "MSG_NOSIGNAL or SIGPIPE ignored; an error of a connection ends that "
      "connection.",
      .holds = 100, .leaves_as_found = true },
    { "load/reset-before-accept", MUST,
      "connections reset while they wait in the backlog end nothing",
      "UNP 5.11; accept(2)", reset_before_accept, 0,
      "SIGSTOP as for load/burst; eight connections, reset while they wait in "
      "the queue; SIGCONT; then a new client must be served.",
      "exit(1) when accept, getpeername or setsockopt fails, or the first recv "
      "gives ECONNRESET.",
      "Close that connection and accept the next.", .holds = 10 },
};

const struct case_table load_resets_cases = CASE_TABLE(cases);
