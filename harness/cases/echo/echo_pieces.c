/* SPDX-License-Identifier: MIT */
/* echo/: a frame in pieces, and frames in one piece. */
#include "cases/echo/echo.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { COALESCED = 100 };

/* ---- echo/split-frame ---- */

/* Every byte sent on fd has been acknowledged and read by the server. */
static bool was_read(struct context *c, int fd)
{
    struct socket_info end;
    int unacked = 0;

    return ioctl(fd, TIOCOUTQ, &unacked) == 0 && unacked == 0 &&
           server_end(c, fd, &end) && end.rqueue == 0;
}

struct pieces {
    int fd;
    size_t back;       /* bytes */
    const char *ended; /* "FIN", "RST"; NULL: it has not */
    unsigned char got[FRAME_BYTES];
};

/* Read what is back. Returns false once the connection has ended. */
static bool read_back(struct pieces *p)
{
    while (p->back < FRAME_BYTES) {
        ssize_t n = recv(p->fd, p->got + p->back, FRAME_BYTES - p->back, 0);

        if (n > 0)
            p->back += (size_t)n;
        else if (n == 0)
            p->ended = "FIN";
        else if (errno == EAGAIN)
            return true;
        else if (errno != EINTR)
            p->ended = "RST";
        if (p->ended)
            return false;
    }
    return true;
}

/* Wait until n bytes are back; or, with pieces, until the kernel shows at both
   ends that the server has read all that was sent. */
static bool wait_back(struct context *c, struct pieces *p, size_t n,
                      bool pieces)
{
    struct deadline d = wait_deadline(c);

    while (read_back(p) && p->back < n) {
        struct pollfd ready = { .fd = p->fd, .events = POLLIN };

        if (poll(&ready, 1, pieces ? 1 : deadline_left_ms(d)) > 0)
            continue;
        if (pieces && was_read(c, p->fd))
            return true;
        if (deadline_passed(d))
            return false;
    }
    return p->back >= n;
}

static void judge_pieces(const struct pieces *p, const unsigned char *frame,
                         int unread, struct verdict *v)
{
    const char *then = p->ended ? p->ended : "silence";

    if (p->back == FRAME_BYTES && memcmp(frame, p->got, FRAME_BYTES) == 0) {
        if (unread)
            verdict_skip(v,
                         "it cannot be seen that the server reads byte %d "
                         "before the next",
                         unread);
        verdict_pass(v);
        return;
    }
    verdict_expected(v, "a frame that arrives byte by byte comes back whole");
    if (p->back == FRAME_BYTES) {
        verdict_observed(v, "64 bytes, but other ones");
        verdict_fail(v, "a frame in pieces came back wrong");
    } else {
        verdict_observed(v, "%zu of 64 bytes, then %s", p->back, then);
        verdict_fail(v,
                     "of a frame in pieces %zu of 64 bytes came back, then "
                     "%s",
                     p->back, then);
    }
    verdict_bytes(v, frame, FRAME_BYTES, p->got, p->back);
}

static void split_frame(struct context *c)
{
    struct frame_stamp stamp = { c->seed, 0, 0, 0 };
    struct pieces p = { .back = 0 };
    unsigned char frame[FRAME_BYTES];
    int unread = 0; /* the first byte that was not read by itself */

    if (!server_up(c) || (p.fd = client_open(c)) < 0)
        return;
    frame_fill(frame, &stamp);
    for (int i = 0; i < FRAME_BYTES; i++) {
        (void)conn_send(p.fd, frame + i, 1, wait_deadline(c));
        if (i + 1 < FRAME_BYTES && !unread &&
            !wait_back(c, &p, (size_t)i + 1, true))
            unread = i + 1;
    }
    (void)wait_back(c, &p, FRAME_BYTES, false);
    judge_pieces(&p, frame, unread, c->v);
    conn_close(p.fd);
}

/* ---- echo/coalesced-frames ---- */

static void coalesced_frames(struct context *c)
{
    unsigned char frames[COALESCED * FRAME_BYTES];
    int fd;

    for (uint32_t i = 0; i < COALESCED; i++) {
        struct frame_stamp stamp = { c->seed, 0, i, 0 };

        frame_fill(frames + (size_t)i * FRAME_BYTES, &stamp);
    }
    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    if (exchange_bytes(fd, frames, sizeof frames, wait_deadline(c), c->v))
        verdict_pass(c->v);
    conn_close(fd);
}

static const struct test_case cases[] = {
    { "echo/split-frame", MUST,
      "a frame that the server receives in 64 reads comes back whole",
      "RFC 9293 3.7", split_frame, 0,
      "Each byte of a frame is sent once the server has read the one before: "
      "its echo has come, or sock_diag shows an empty receive queue.",
      "One recv is taken for one message: what is not a whole frame is "
      "dropped, or takes the place of the piece before it.",
      "Send each piece back as it comes, and wait for no whole frame.",
      .leaves_as_found = true },
    { "echo/coalesced-frames", MUST,
      "100 frames sent at once come back whole, in order", "RFC 9293 3.7",
      coalesced_frames, 0, "6,400 bytes in one send; the echo compared.",
      "send(fd, buf, 64, 0) after a recv that brought more than one frame.",
      "TCP has no messages: send all n bytes that recv returned.",
      .leaves_as_found = true },
};

const struct case_table echo_pieces_cases = CASE_TABLE(cases);
