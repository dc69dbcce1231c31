/* SPDX-License-Identifier: MIT */
/* lifecycle/term-keeps-bytes. A client sends without reading until the server
   waits for it, so that bytes which the kernel has taken for the server lie
   unread. Then the server is sent SIGTERM: what becomes of them? Another client
   has shown before that without SIGTERM they come back. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/run_time.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
    PIECE = 2048,
    MOST = 256 * PIECE,
    SAME_LOOKS = 3,
    BUFFER = 8192,
    SEGMENT = 536,
    ACT_MS = 100
};

struct owed {
    int fd;
    uint64_t seed;
    size_t sent; /* bytes, all taken by the server's kernel */
    size_t back;
    const char *ended; /* what ended it early: "FIN", ... */
};

static void fill(unsigned char piece[PIECE], const struct owed *o, size_t at)
{
    exchange_random(piece, PIECE, o->seed + at / PIECE);
}

/* Sent, but not taken by the other side. */
static size_t in_flight(int fd)
{
    int n = 0;

    return ioctl(fd, SIOCOUTQ, &n) == 0 && n > 0 ? (size_t)n : 0;
}

static bool all_asleep(struct context *c)
{
    struct pid_list l = { NULL, 0, 0 };
    bool asleep = subject_processes(&c->subject, &l) == 0;

    for (size_t i = 0; asleep && i < l.n; i++)
        asleep = !any_thread(l.pid[i], "RD");
    pid_list_free(&l);
    return asleep;
}

enum taken { TAKEN, LEFT_UNREAD, NOT_TAKEN };

/* Wait until the server has read all that was sent, or sleeps and has not. Then
   it waits for its client to read, since what it sent is not taken either. */
static enum taken await_taken(struct context *c, const struct owed *o)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct socket_info end;
    int same = 0;

    for (;;) {
        if (!server_end(c, o->fd, &end))
            return NOT_TAKEN;
        if (in_flight(o->fd) > 0)
            same = 0;
        else if (end.rqueue == 0)
            return TAKEN;
        else
            same = end.inode && end.wqueue && all_asleep(c) ? same + 1 : 0;
        if (same >= SAME_LOOKS)
            return LEFT_UNREAD;
        if (deadline_passed(d))
            return NOT_TAKEN;
        pause_until(&pause, d);
    }
}

/* Send piece by piece until something lies unread, or MOST is sent: some
   servers read whatever comes and keep it. False: decided. */
static bool press(struct context *c, struct owed *o)
{
    unsigned char piece[PIECE];
    enum taken taken = TAKEN;

    while (taken == TAKEN && o->sent < MOST) {
        fill(piece, o, o->sent);
        if (conn_send(o->fd, piece, PIECE, wait_deadline(c)) < 0)
            break;
        o->sent += PIECE;
        taken = await_taken(c, o);
    }
    if (taken == LEFT_UNREAD || (taken == TAKEN && o->sent == MOST))
        return true;
    verdict_skip(c->v,
                 "its kernel takes no more than %zu bytes of a client "
                 "that does not read",
                 o->sent - in_flight(o->fd));
    return false;
}

/* Compare n bytes at p with what was sent at o->back; the first difference goes
   into the evidence. */
static bool same_bytes(struct context *c, const struct owed *o,
                       const unsigned char *p, size_t n)
{
    unsigned char piece[PIECE];

    for (size_t done = 0; done < n;) {
        size_t from = (o->back + done) % PIECE, most = PIECE - from;

        if (most > n - done)
            most = n - done;
        fill(piece, o, o->back + done);
        if (memcmp(piece + from, p + done, most) != 0) {
            verdict_bytes_from(c->v, o->back + done, piece + from, most,
                               p + done, most);
            return false;
        }
        done += most;
    }
    return true;
}

/* Read what comes, until all that was received is back. */
static bool read_back(struct context *c, struct owed *o)
{
    struct deadline d = wait_deadline(c);
    unsigned char buf[PIECE];

    while (o->back < o->sent && !o->ended) {
        struct pollfd p = { .fd = o->fd, .events = POLLIN };
        size_t owed = o->sent - o->back; /* what follows is no matter */
        ssize_t n = recv(o->fd, buf, owed < PIECE ? owed : PIECE, 0);

        if (n > 0 && !same_bytes(c, o, buf, (size_t)n))
            o->ended = "another byte than was sent";
        else if (n == 0)
            o->ended = "FIN";
        else if (n < 0 && errno != EAGAIN && errno != EINTR)
            o->ended = "RST";
        if (n > 0 && !o->ended) {
            o->back += (size_t)n;
            d = wait_deadline(c);
        } else if (!o->ended && poll(&p, 1, deadline_left_ms(d)) == 0 &&
                   deadline_passed(d)) {
            o->ended = "silence";
        }
    }
    return o->back >= o->sent;
}

/* A client with small buffers, so that there is little room for its echo
   outside the server. -1: decided. */
static int narrow_client(struct context *c)
{
    int fd = conn_open_narrow(&c->subject.address, BUFFER, SEGMENT,
                              wait_deadline(c));

    if (fd < 0)
        verdict_skip(c->v, "a client was not served: connect: %s",
                     strerror(errno));
    return fd;
}

/* Without SIGTERM all of it must come back. False: decided. */
static bool rehearse(struct context *c)
{
    struct owed o = { .fd = narrow_client(c), .seed = c->seed };
    bool good = o.fd >= 0 && press(c, &o);

    if (good && !read_back(c, &o)) {
        verdict_skip(c->v,
                     "without SIGTERM either, %zu of %zu bytes came back "
                     "to a client that reads late, then %s",
                     o.back, o.sent, o.ended);
        good = false;
    }
    if (o.fd >= 0)
        conn_reset(o.fd);
    return good;
}

/* What is read after SIGTERM is read after the server has seen it: it sleeps
   again, or has had a processor for a while. No longer: it may give those that
   it owes something a short time only. */
static void await_acted(struct context *c)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct run_time acting;
    int asleep = 0;

    run_time_begin(&acting, c, ACT_MS);
    while (asleep < SAME_LOOKS && procfs_alive(c->subject.server) &&
           !run_time_over(&acting, c) && !deadline_passed(d)) {
        asleep = procfs_pends(c->subject.server, SIGTERM) ||
                         any_thread(c->subject.server, "RD")
                     ? 0
                     : asleep + 1;
        pause_until(&pause, d);
    }
}

static void judge(struct context *c, struct owed *o)
{
    if (!lifecycle_signal(c, SIGTERM))
        return;
    await_acted(c);
    verdict_figure(c->v, "bytes", (double)o->sent);
    if (read_back(c, o)) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v,
                     "%zu bytes, taken by the server's kernel before "
                     "SIGTERM, come back",
                     o->sent);
    verdict_observed(c->v, "%zu came, then %s", o->back, o->ended);
    verdict_fail(c->v, "%zu bytes received before SIGTERM were lost",
                 o->sent - o->back);
}

static void term_keeps_bytes(struct context *c)
{
    struct owed o = { .fd = -1, .seed = c->seed + MOST };

    if (!server_up(c) || !rehearse(c))
        return;
    o.fd = narrow_client(c);
    if (o.fd >= 0 && press(c, &o))
        judge(c, &o);
    if (o.fd >= 0)
        conn_reset(o.fd);
}

static const struct test_case cases[] = {
    { "lifecycle/term-keeps-bytes", SHOULD,
      "what was sent and received before SIGTERM is echoed before the close",
      "RFC 862", term_keeps_bytes, 40,
      "A client that does not read sends until bytes lie unread in the "
      "server's kernel. SIGTERM; then it reads: all of them must come. Another "
      "client has shown that without SIGTERM they do.",
      "The workers are killed, or the event loop is left at once.",
      "shutdown(cfd, SHUT_RD): what has been received is read to its end, and "
      "answered; then close.",
      .echo = true },
};

const struct case_table lifecycle_owed_cases = CASE_TABLE(cases);
