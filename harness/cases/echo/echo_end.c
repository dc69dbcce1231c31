/* SPDX-License-Identifier: MIT */
/* echo/: how a connection ends. FIN, RST and silence are kept apart. */
#include "cases/echo/echo.h"

#include "kit/wait_idle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* The receive buffer of a client that does not read, and segments so small that
   the kernel of the server takes little for it. */
enum {
    PIECE = 4096,
    MOST = 256 * PIECE,
    BUFFER = 8192,
    SEGMENT = 536,
    SAME_LOOKS = 3,
    RUNNING_LOOKS = 24
};

/* ---- echo/nothing-added ---- */

/* A frame, then FIN. It is a whole frame, since the server may answer nothing
   shorter, which is judged by echo/one-byte. That nothing was added is shown by
   order: the echo comes first, and nothing comes between it and the end of the
   stream. */
static bool fin_after_frame(struct context *c)
{
    struct verdict *v = c->v;
    enum conn_end end;
    int fd = client_open(c);
    bool good = fd >= 0 && echo_frame(c, fd, 0, 0);

    if (good) {
        (void)conn_half_close(fd);
        end = conn_next(fd, wait_deadline(c));
        verdict_expected(v, "after the echo and the client's FIN nothing but "
                            "FIN");
        verdict_observed(v, "%s", conn_end_name(end));
        if (end == CONN_SILENCE)
            verdict_skip(v, "the server does not end the connection, so that "
                            "nothing shows the end of its bytes: see "
                            "echo/half-close");
        else if (end != CONN_FIN)
            verdict_fail(v, "%s follows the echo", conn_end_name(end));
        good = end == CONN_FIN;
    }
    conn_close(fd);
    return good;
}

/* A message shorter than a frame, and FIN at once. That all of it comes back is
   judged by another case; here, that no more than that does. */
static bool no_more_than_sent(struct context *c)
{
    enum { SHORT_BYTES = 61, ROOM = 256 };
    unsigned char text[SHORT_BYTES], got[ROOM];
    int fd = client_open(c);
    size_t n = 0;

    if (fd < 0)
        return false;
    exchange_text(text, sizeof text, c->seed);
    if (conn_send(fd, text, sizeof text, wait_deadline(c)) == 0) {
        (void)conn_half_close(fd);
        n = conn_recv(fd, got, sizeof got, wait_deadline(c));
    }
    conn_close(fd);
    if (n <= SHORT_BYTES)
        return true;
    verdict_expected(c->v, "no more than the %d bytes that were sent",
                     SHORT_BYTES);
    verdict_observed(c->v, "%zu bytes", n);
    verdict_fail(c->v, "%zu bytes more than were sent came back",
                 n - SHORT_BYTES);
    return false;
}

static void nothing_added(struct context *c)
{
    if (server_up(c) && fin_after_frame(c) && no_more_than_sent(c))
        verdict_pass(c->v);
}

/* ---- echo/half-close ---- */

/* FIN has followed n bytes: they must come back, then FIN. */
static bool all_back(struct context *c, int fd, const unsigned char *text,
                     size_t n, unsigned char *got)
{
    struct verdict *v = c->v;
    enum conn_end end = CONN_FIN;
    size_t back;
    int error;

    back = conn_recv(fd, got, n, wait_deadline(c));
    error = errno;
    if (back == n && memcmp(text, got, n) == 0)
        end = conn_next(fd, wait_deadline(c));
    conn_close(fd);
    if (back == n && memcmp(text, got, n) == 0 && end == CONN_FIN)
        return true;
    verdict_expected(v,
                     "%zu bytes, sent before the client's FIN, come back, "
                     "then FIN",
                     n);
    if (back == n && end != CONN_FIN) {
        verdict_observed(v, "%zu bytes, then %s", n, conn_end_name(end));
        verdict_fail(v, "after the client's FIN and the echo came %s, not FIN",
                     conn_end_name(end));
        if (end == CONN_RST)
            verdict_fact(v, "no byte was left unread: all had come back, so "
                            "that close alone would have sent FIN");
        return false;
    }
    verdict_observed(v, "%zu bytes%s", back,
                     back == n            ? ""
                     : error == 0         ? ", then FIN"
                     : error == ETIMEDOUT ? ", then silence"
                                          : ", then RST");
    verdict_fail(v,
                 "%zu bytes sent before the client's FIN did not all come "
                 "back",
                 n);
    verdict_bytes(v, text, n, got, back);
    return false;
}

/* n bytes and FIN at once. */
static bool half_close(struct context *c, const unsigned char *text, size_t n,
                       unsigned char *got)
{
    int fd = client_open(c);

    if (fd < 0)
        return false;
    if (conn_send(fd, text, n, wait_deadline(c)) == 0)
        (void)conn_half_close(fd);
    return all_back(c, fd, text, n, got);
}

/* How many of n bytes sent are not yet on their way back. Less than 0: what
   the client's kernel has is not acknowledged yet. */
static bool still_owed(struct context *c, int fd, size_t n, long *owed)
{
    struct socket_info end;
    int unread = 0;

    if (!server_end(c, fd, &end) || ioctl(fd, FIONREAD, &unread) < 0)
        return false;
    *owed = (long)n - (long)end.wqueue - unread;
    return true;
}

/* True if the server waits for the client to read. A single look may just have
   found it between a read and a write, or before it got a processor: so the
   same must be seen several times. One that always runs has had a processor by
   then. */
static bool is_stuck(struct context *c, int fd, size_t n, long *owed)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    int same = 0, asleep = 0;
    long before = 0;

    *owed = 0;
    while (still_owed(c, fd, n, owed) && *owed != 0 && asleep < SAME_LOOKS &&
           same < RUNNING_LOOKS && !deadline_passed(d)) {
        same = *owed > 0 && *owed == before ? same + 1 : 0;
        asleep = same && !any_thread_of(&c->subject, subject_processes, "RD")
                     ? asleep + 1
                     : 0;
        before = *owed;
        pause_until(&pause, d);
    }
    return asleep >= SAME_LOOKS || same >= RUNNING_LOOKS ||
           (same > 0 && deadline_passed(d));
}

/* Send pieces and read nothing until the server waits for it, or MOST is sent.
   Whatever comes may have its kernel find more room for what it sends
   (tcp_should_expand_sndbuf), and FIN would: so one more piece must have
   changed nothing but what is owed. Returns how many bytes were sent, 0: not
   all of a piece could be. */
static size_t send_until_stuck(struct context *c, int fd,
                               const unsigned char *text)
{
    long before = MOST, owed;
    size_t n = 0;

    for (;;) {
        bool stuck = is_stuck(c, fd, n, &owed);

        if (n == MOST || (stuck && owed >= before + PIECE))
            return n;
        before = stuck ? owed : MOST;
        if (conn_send(fd, text + n, PIECE, wait_deadline(c)) < 0)
            return 0;
        n += PIECE;
    }
}

/* FIN comes to a server that still owes bytes: the client half-closes once it
   is stuck, and begins to read once the server has done what it does at FIN. */
static bool half_close_owed(struct context *c)
{
    unsigned char *text = malloc(2UL * MOST);
    int fd = text ? client_open_narrow(c, BUFFER, SEGMENT) : -1;
    struct snapshot rest = { .n = 0 };
    bool good = fd >= 0;
    size_t n = 0;

    if (!text)
        verdict_error(c->v, "memory: %s", strerror(errno));
    if (good) {
        exchange_text(text, MOST, c->seed);
        n = send_until_stuck(c, fd, text);
    }
    if (n > 0) { /* else echo/backpressure judges it */
        (void)conn_half_close(fd);
        good = wait_idle(c, &rest) && all_back(c, fd, text, n, text + MOST);
        snapshot_free(&rest);
    } else {
        conn_close(fd);
    }
    free(text);
    return good;
}

/* The largest fits the client's receive window, so that even a server with
   small buffers takes it all before the client begins to read. */
static void echo_half_close(struct context *c)
{
    static const size_t lengths[] = { 64, 4095, 40001 };
    static unsigned char text[40001], got[40001];

    if (!server_up(c))
        return;
    exchange_text(text, sizeof text, c->seed);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        if (!half_close(c, text, lengths[i], got))
            return;
    if (half_close_owed(c))
        verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "echo/nothing-added", MUST,
      "nothing precedes the first byte sent, nothing follows the last but FIN",
      "RFC 862", nothing_added, 0,
      "One frame: its echo must be the first that comes; then half-close, and "
      "nothing but FIN may come. Then 61 bytes and FIN: no more than 61 may "
      "come back.",
      "A banner, a prompt, a newline or \"bye\"; the whole buffer sent back "
      "for a message that fills a part of it.",
      "Send what was received and nothing else.", .leaves_as_found = true },
    { "echo/half-close", MUST,
      "bytes sent before the client's FIN all come back, then FIN, no RST",
      "RFC 9293 3.6", echo_half_close, 250,
      "64, 4,095 and 40,001 bytes, each with FIN right behind; then more and "
      "more, unread, until the server owes what it cannot send; read to the "
      "end.",
      "POLLRDHUP or a recv of 0 is answered by close at once, although bytes "
      "wait to be sent; close with unread bytes sends RST.",
      "At end of file send what is still owed, then close.",
      .leaves_as_found = true },
};

const struct case_table echo_end_cases = CASE_TABLE(cases);
