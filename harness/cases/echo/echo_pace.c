/* SPDX-License-Identifier: MIT */
/* echo/: urgent data, a pause, and no pause at all. */
#include "cases/echo/echo.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool first_echo(struct context *c, void *fd)
{
    return echo_frame(c, *(int *)fd, 0, 0);
}

/* A connection on which a frame has come back, for a case about what comes
   after that. -1: decided (skip if the frame did not come back). */
static int begin(struct context *c)
{
    struct verdict ignored;
    int fd = client_open(c);

    if (fd < 0)
        return -1;
    if (!context_try(c, &ignored, first_echo, &fd)) {
        verdict_skip(c->v, "a frame does not come back in the first place: see "
                           "echo/one-frame");
        conn_close(fd);
        fd = -1;
    }
    verdict_free(&ignored);
    return fd;
}

/* ---- echo/urgent-byte ---- */

enum { URGENT = '!' }; /* in none of the frames around it */

/* Receive a frame, leaving out the urgent byte wherever it stands: it may be
   echoed in its place, dropped, or echoed late. */
static size_t recv_around(struct context *c, int fd, unsigned char *got)
{
    size_t n = 0;

    while (n < FRAME_BYTES) {
        if (conn_recv(fd, got + n, 1, wait_deadline(c)) == 0)
            return n;
        n += got[n] != URGENT;
    }
    return n;
}

/* Frame number sequence there and back, after an urgent byte if urgent. The
   byte is sent before the frame, not inside it: the server's read ends where it
   stands. */
static bool frame_behind(struct context *c, int fd, uint32_t sequence,
                         bool urgent)
{
    struct frame_stamp stamp = { c->seed, 0, sequence, 0 };
    unsigned char frame[FRAME_BYTES], got[FRAME_BYTES];
    static const char mark = URGENT;
    size_t n = 0;

    frame_fill(frame, &stamp);
    if ((!urgent || send(fd, &mark, 1, MSG_OOB | MSG_NOSIGNAL) == 1) &&
        conn_send(fd, frame, sizeof frame, wait_deadline(c)) == 0)
        n = recv_around(c, fd, got);
    if (n == sizeof got && memcmp(frame, got, n) == 0)
        return true;
    verdict_expected(c->v, "the frames before and behind an urgent byte come "
                           "back, and the connection stays");
    verdict_observed(c->v, "of the %s frame behind it %zu bytes%s",
                     urgent ? "first" : "second", n,
                     n == sizeof got      ? ", but other ones"
                     : errno == 0         ? ", then FIN"
                     : errno == ETIMEDOUT ? ", then silence"
                                          : ", then RST");
    verdict_fail(c->v, "%s",
                 n == sizeof got
                     ? "wrong bytes behind an urgent "
                       "one"
                     : "an urgent byte ended the connection or its echo");
    verdict_bytes(c->v, frame, sizeof frame, got, n);
    return false;
}

static void urgent_byte(struct context *c)
{
    bool good;
    int fd;

    if (!server_up(c) || (fd = begin(c)) < 0)
        return;
    good = frame_behind(c, fd, 1, true) && frame_behind(c, fd, 2, false);
    conn_close(fd);
    if (good && must_serve(c, "after an urgent byte"))
        verdict_pass(c->v);
}

/* ---- echo/idle-then-talk ---- */

enum { IDLE_MS = 1000 };

static void idle_then_talk(struct context *c)
{
    enum conn_end end;
    int fd;

    if (!server_up(c) || (fd = begin(c)) < 0)
        return;
    /* This second is part of the requirement, not a deadline to be scaled. */
    end = conn_next(fd, deadline_in(IDLE_MS / deadline_scale()));
    if (end == CONN_SILENCE) {
        if (echo_frame(c, fd, 0, 1))
            verdict_pass(c->v);
    } else {
        verdict_expected(c->v, "a connection stays open while it is quiet");
        verdict_observed(c->v, "%s within a second", conn_end_name(end));
        verdict_fail(c->v, "a connection quiet for less than a second got %s",
                     conn_end_name(end));
    }
    conn_close(fd);
}

/* ---- echo/no-stall ---- */

enum { TIMES = 9, LARGEST = 5000, SIZES = 3, STALL_MS = 30 };

static const size_t sizes[SIZES] = { FRAME_BYTES, 100, LARGEST };

/* One message there and back; -1: it did not come. With delay, this end holds
   back its ACKs as TCP may; else each leaves at once. */
static double round_trip_ms(struct context *c, int fd, size_t n, bool delay)
{
    static unsigned char text[LARGEST], got[LARGEST];
    struct deadline d = wait_deadline(c);
    int off = 0, on = 1;
    int64_t from;
    size_t back = 0;

    exchange_text(text, n, c->seed + n);
    if (delay)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
    from = deadline_now_ns();
    if (conn_send(fd, text, n, d) < 0)
        return -1;
    while (back < n) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        ssize_t more;

        if (poll(&p, 1, deadline_left_ms(d)) == 0 && deadline_passed(d))
            return -1;
        more = recv(fd, got, n - back, 0);
        if (more == 0 || (more < 0 && errno != EAGAIN && errno != EINTR))
            return -1;
        if (!delay)
            (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
        back += more > 0 ? (size_t)more : 0;
    }
    return (double)(deadline_now_ns() - from) / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The median round trip of each size, measured by turns. Returns the size that
   did not come back, or 0. */
static size_t measure(struct context *c, int fd, bool delay, double *median)
{
    double ms[SIZES][TIMES];

    for (int i = 0; i < TIMES; i++)
        for (int k = 0; k < SIZES; k++)
            if ((ms[k][i] = round_trip_ms(c, fd, sizes[k], delay)) < 0)
                return sizes[k];
    for (int k = 0; k < SIZES; k++) {
        qsort(ms[k], TIMES, sizeof ms[k][0], by_size);
        median[k] = ms[k][TIMES / 2];
    }
    return 0;
}

/* True if a message is late while ACKs are late, and not when they are prompt:
   then it waits for the ACK. */
static bool stalls(const double *late, const double *prompt, int k)
{
    return late[k] - late[0] >= STALL_MS && prompt[k] < late[k] / 2;
}

static void judge_stall(const double *late, const double *prompt,
                        struct verdict *v)
{
    verdict_figure(v, "median_ms_64", late[0]);
    verdict_figure(v, "median_ms_100", late[1]);
    verdict_figure(v, "median_ms_5000", late[2]);
    for (int k = 1; k < SIZES; k++) {
        if (!stalls(late, prompt, k))
            continue;
        verdict_expected(v,
                         "%zu bytes come back about as soon as 64: median "
                         "%.2f ms",
                         sizes[k], late[0]);
        verdict_observed(v,
                         "median %.2f ms; %.2f ms when each ACK leaves at "
                         "once",
                         late[k], prompt[k]);
        verdict_fail(v,
                     "a message of %zu bytes waits %.0f ms for a delayed "
                     "ACK",
                     sizes[k], late[k]);
    }
    verdict_pass(v);
}

static void no_stall(struct context *c)
{
    double late[SIZES], prompt[SIZES] = { 0 };
    size_t lost;
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    lost = measure(c, fd, true, late);
    if (!lost && (stalls(late, prompt, 1) || stalls(late, prompt, 2)))
        lost = measure(c, fd, false, prompt);
    if (lost)
        verdict_skip(c->v,
                     "a message of %zu bytes does not come back: see "
                     "echo/odd-sizes",
                     lost);
    else
        judge_stall(late, prompt, c->v);
    conn_close(fd);
}

static const struct test_case cases[] = {
    { "echo/urgent-byte", SHOULD,
      "urgent data end neither the connection nor the server", "RFC 6093",
      urgent_byte, 0,
      "A frame, a byte with MSG_OOB, two more frames: all three come back (the "
      "byte itself may be inlined, dropped or echoed late), and a new client "
      "is served.",
      "POLLPRI, or a set bit in select's third set, is taken for an error.",
      "Do not ask for POLLPRI; SO_OOBINLINE keeps the byte in the stream.",
      .leaves_as_found = true },
    { "echo/idle-then-talk", SHOULD,
      "a connection quiet for a second still echoes", "RFC 862", idle_then_talk,
      1000,
      "One frame, a second without a byte during which the connection must "
      "stay open, another frame.",
      "SO_RCVTIMEO or alarm() of a second or less, left from a test.",
      "Let the client decide how long it is quiet, or wait for minutes.",
      .leaves_as_found = true },
    { "echo/no-stall", SHOULD,
      "a message of 100 or of 5,000 bytes does not wait 40 ms for a delayed "
      "ACK",
      "RFC 9293 3.7.4; UNP 7.9", no_stall, 0,
      "The median round trip of 100 and of 5,000 bytes against that of 64, "
      "from a client that delays its ACKs; where it is 30 ms more, once more "
      "with ACKs that leave at once: if the delay has gone, that was it.",
      "One message is answered by several small writes, and Nagle's algorithm "
      "holds back the second until the first is acknowledged.",
      "setsockopt(cfd, IPPROTO_TCP, TCP_NODELAY, ...). One write for each "
      "read is not enough: a message longer than the buffer takes two of "
      "each.",
      .leaves_as_found = true },
};

const struct case_table echo_pace_cases = CASE_TABLE(cases);
