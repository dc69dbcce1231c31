/* SPDX-License-Identifier: MIT */
/* recv(2) and send(2) on a connection are cut short, or fail. */
#include "cases/fault/fault_pieces.h"
#include "cases/fault/faulty.h"
#include "fault/socket_look.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    LONG_BYTES = PIECES_MOST,
    SHORT_BYTES = 61,
    ROOM_MOST = 1 << 20,
    NARROW_BYTES = 4096, /* of the client's receive buffer */
    NARROW_SEGMENT = 536,
    NEW_CLIENTS = 16, /* or as many as are served by then: */
    SOON_MS = 500
};

static const size_t lengths[] = { 64, LONG_BYTES, 1, SHORT_BYTES };
enum { NLENGTHS = sizeof lengths / sizeof *lengths };

static bool talk_in_pieces(struct context *c, struct pieces *p,
                           struct verdict *v)
{
    size_t n = c->protocol->once ? 1 : NLENGTHS;

    for (size_t i = 0; i < n; i++)
        if (!pieces_message(c, p, lengths[i], (uint32_t)i, v))
            return false;
    return pieces_last(c, p, v);
}

static void short_recv(struct context *c)
{
    struct fault *f = faulty_up(c, CALL_BIT(CALL_RECV), false);
    struct pieces p;

    if (!f)
        return;
    pieces_begin(c, f, CALL_RECV, &p);
    if (pieces_connect(c, &p) && talk_in_pieces(c, &p, c->v)) {
        pieces_let_read(c, &p);
        if (pieces_delivered(&p))
            verdict_pass(c->v);
        else
            verdict_skip(c->v, "it made no recv that could be shortened: it "
                               "works by other calls");
    } else if (!pieces_delivered(&p)) {
        faulty_undelivered(c);
    }
    pieces_end(&p);
    faulty_down(c, f);
}

/* Let the server's end have as little room for what it sends as the kernel
   allows. False where no copy of it can be made. */
static bool make_room_small(struct context *c, int fd)
{
    struct pid_list holders = { NULL, 0, 0 };
    struct socket_info end;
    bool small = false;

    if (server_holders(c, fd, &holders) && server_end(c, fd, &end))
        small = socket_make_room_small(
            holders.pid[0], procfs_fd_of_socket(holders.pid[0], end.inode));
    pid_list_free(&holders);
    return small;
}

/* The kernel itself takes a part of a write where there is less room than that:
   a client that does not read, and then reads little at a time. Returns false
   where the verdict fails. */
static bool in_little_room(struct context *c)
{
    struct backpressure p;
    bool good = true;
    int fd;

    if (!c->protocol->echo) /* only there each byte is known */
        return true;
    fd = client_open_narrow(c, NARROW_BYTES, NARROW_SEGMENT);
    if (fd < 0)
        return false;
    if (backpressure_begin(&p, c, fd) < 0)
        verdict_error(c->v, "no memory");
    else if (make_room_small(c, fd) &&
             backpressure_send(&p, ROOM_MOST) != BACKPRESSURE_ENDED)
        good = faulty_all_back(c, &p, "where there was little room for them");
    backpressure_free(&p);
    conn_close(fd);
    return good;
}

static void short_send(struct context *c)
{
    struct fault *f = faulty_up(c, CALL_BIT(CALL_SEND), false);
    struct pieces p;
    bool good, cut = false;

    if (!f)
        return;
    pieces_begin(c, f, CALL_SEND, &p);
    good = pieces_connect(c, &p) && talk_in_pieces(c, &p, c->v);
    if (good && !(cut = pieces_delivered(&p)) && p.copies) {
        good = in_little_room(c);
        cut = pieces_delivered(&p);
    }
    if (good && cut)
        verdict_pass(c->v);
    else if (good)
        verdict_skip(c->v, "none of its writes could be cut short: the kernel "
                           "takes them whole or not at all, or it writes by "
                           "other calls");
    else if (!pieces_delivered(&p))
        faulty_undelivered(c);
    pieces_end(&p);
    faulty_down(c, f);
}

/* Wait until the fault has been delivered. False at the deadline. */
static bool wait_delivered(struct context *c, struct fault *f, enum call kind,
                           long n)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    while (fault_injected(f, kind) < n) {
        if (deadline_passed(d) || server_ended(c))
            return fault_injected(f, kind) >= n;
        pause_until(&pause, d);
    }
    return true;
}

/* Wait until the server has closed the connection: if its process dies of the
   error, it has died by then. */
static void see_it_closed(struct context *c, int victim)
{
    (void)conn_half_close(victim); /* the end, for a server that reads once
                                      more */
    (void)conn_end_of(victim, wait_deadline(c));
}

static bool others_are_served(struct context *c, struct talk *other, int error)
{
    struct deadline soon = deadline_in(SOON_MS);
    char after[96];

    snprintf(after, sizeof after, "after %s on one connection,",
             strerrorname_np(error));
    if (server_ended(c)) {
        verdict_expected(c->v, "%s the others are served", after);
        verdict_fail(c->v, "%s the server ended", after);
        return false;
    }
    if (!client_exchange(c, other, 1))
        return false;
    /* In turn, and so to every thread of a pool: one of them may have gone. */
    for (int i = 0; i < NEW_CLIENTS && (i == 0 || !deadline_passed(soon)); i++)
        if (!faulty_lives(c, NULL, after))
            return false;
    return true;
}

/* To echo a byte is a message; else it is a request. */
static void say_something(struct talk *t)
{
    static const unsigned char byte[] = "x";

    talk_begin_with(t, 1, byte, 1);
    (void)talk_go(t);
}

/* One connection fails with error while another stays: that other one and new
   ones are served. Returns true if so, *delivered if the fault was. */
static bool one_alone(struct context *c, struct fault *f, enum call kind,
                      int error, bool *delivered)
{
    struct fault_socket victims = { 0 };
    struct talk other, victim;
    long before = fault_injected(f, kind);
    bool good = client_come(c, &other, 0) && client_exchange(c, &other, 0);

    client_init(c, &victim, 1);
    if (good)
        good = client_come(c, &victim, 1) && client_begun(c, &victim);
    if (!good && before == 0)
        faulty_too_soon(c);
    if (good) {
        victims.peer_port = conn_local_port(victim.fd);
        fault_fail(f, kind, error, 1, fault_is_connected, &victims);
        /* The server sleeps in a read that it made before: the byte wakes it,
           and its next call fails. */
        say_something(&victim);
        *delivered |= wait_delivered(c, f, kind, before + 1);
        fault_release(f, kind);
    }
    if (good && fault_injected(f, kind) > before) {
        see_it_closed(c, victim.fd);
        good = others_are_served(c, &other, error);
    }
    talk_close(&victim);
    talk_leave(&other);
    return good;
}

static void ends_one_alone(struct context *c, struct verdict *v, enum call kind,
                           const int *errors, size_t n)
{
    struct fault *f = faulty_up(c, CALL_BIT(kind), false);
    bool good = f != NULL, delivered = false;

    if (!f)
        return;
    for (size_t i = 0; good && i < n; i++)
        good = one_alone(c, f, kind, errors[i], &delivered);
    if (good && faulty_delivered(c, f, kind, "it works by other calls"))
        verdict_pass(v);
    faulty_down(c, f);
}

static void recv_econnreset(struct context *c)
{
    static const int errors[] = { ECONNRESET, ETIMEDOUT };

    ends_one_alone(c, c->v, CALL_RECV, errors, 2);
}

static void send_epipe(struct context *c)
{
    static const int errors[] = { EPIPE, ECONNRESET };

    ends_one_alone(c, c->v, CALL_SEND, errors, 2);
}

static const struct test_case cases[] = {
    { "fault/short-recv", MUST,
      "reads that return a few bytes at a time lose nothing", "read(2)",
      short_recv, 30,
      "Each read on a connection is done in the server's place: 7 bytes at "
      "most, half of what is asked for where that is no more, one byte of a "
      "protocol other than echo; where its socket cannot be copied, or is "
      "watched by edge (EPOLLET), the client sends as many and waits until "
      "they are taken. What the kernel never cuts is not cut: reads with "
      "MSG_WAITALL, SO_RCVLOWAT or MSG_PEEK, and those of what was shown so.",
      "Taking one recv for one message of 64 bytes, or for a header of four.",
      "TCP is a stream of bytes: echo what came; read until the header is "
      "whole." },
    { "fault/short-send", MUST, "writes that take only a part lose nothing",
      "write(2); UNP 3.9; epoll(7)", short_send, 30,
      "Each write on a connection that blocks is done in the server's place, 7 "
      "bytes at most, and never all of more than one. On one that does not block the room itself is made small, "
      "so that the kernel takes a part: the smallest SO_SNDBUF, and a client "
      "that reads late.",
      "send(fd, buf, n, 0); its result is ignored.",
      "A loop until all n are sent (writen); where the socket does not block, "
      "POLLOUT is awaited after EAGAIN." },
    { "fault/recv-econnreset", MUST,
      "ECONNRESET or ETIMEDOUT on one connection ends that one alone",
      "UNP 5.13", recv_econnreset, 30,
      "A read on one connection is answered so while another is open: that "
      "one is served, and sixteen new clients, one after another.",
      "perror and exit(1) in the process that serves all.",
      "An error on a connection is the end of that connection." },
    { "fault/send-epipe", MUST,
      "EPIPE with its SIGPIPE, or ECONNRESET, at a write on one connection "
      "ends that one alone",
      "UNP 5.13", send_epipe, 30,
      "Likewise for a write, SIGPIPE raised unless it is suppressed.",
      "SIGPIPE at its default in a process that serves more than one.",
      "send with MSG_NOSIGNAL, or SIGPIPE ignored." },
};

const struct case_table fault_stream_cases = CASE_TABLE(cases);
