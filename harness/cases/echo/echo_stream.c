/* SPDX-License-Identifier: MIT */
/* echo/: megabytes on one connection, and thousands of messages. */
#include "cases/echo/echo.h"

#include "kit/backpressure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
    ROUNDS = 10000,
    MOST_MS = 12000, /* for them */
    BLOCKS_US = 20000,
    BULK_BYTES = (16 << 20) + 777
};

/* ---- echo/bulk ---- */

/* A frame that follows n bytes must come back next: a server that pads what it
   sends has put something between. */
static bool frame_follows(struct context *c, int fd, size_t n)
{
    if (echo_frame(c, fd, 0, 0))
        return true;
    verdict_fact(c->v, "the frame was sent when %zu bytes had come back right",
                 n);
    return false;
}

static void bulk(struct context *c)
{
    unsigned char *bytes = malloc(BULK_BYTES);
    int fd;

    if (!bytes) {
        verdict_error(c->v, "no memory for %d bytes", BULK_BYTES);
        return;
    }
    exchange_text(bytes, BULK_BYTES, c->seed);
    if (server_up(c) && (fd = client_open(c)) >= 0) {
        if (exchange_bytes(fd, bytes, BULK_BYTES, wait_deadline(c), c->v) &&
            frame_follows(c, fd, BULK_BYTES))
            verdict_pass(c->v);
        conn_close(fd);
    }
    free(bytes);
}

/* ---- echo/backpressure ---- */

static void judge_press(struct backpressure *p, enum backpressure_end end,
                        struct verdict *v)
{
    size_t n = 0, sent = p->sent;
    enum backpressure_read back = end == BACKPRESSURE_ENDED
                                      ? BACKPRESSURE_SHORT
                                      : backpressure_read(p, &n);

    verdict_figure(v, "sent_before_reading_bytes", (double)sent);
    if (back == BACKPRESSURE_SAME) {
        if (frame_follows(p->c, p->fd, p->back))
            verdict_pass(v);
        return;
    }
    verdict_expected(v,
                     "all %zu bytes come back that the client sent, all but "
                     "the last of them before it read",
                     p->sent);
    verdict_observed(v, "%zu came back right, then %s", p->back,
                     back == BACKPRESSURE_WRONG ? "a wrong byte"
                     : p->ended                 ? p->ended
                                                : "silence");
    if (back == BACKPRESSURE_WRONG) {
        verdict_fail(v,
                     "wrong bytes after %zu of %zu, sent before the client "
                     "read",
                     p->back, p->sent);
        verdict_bytes_from(v, p->back, p->want, n, p->got, n);
        return;
    }
    verdict_fail(v, "%zu of %zu bytes came back, then %s", p->back, p->sent,
                 p->ended ? p->ended : "silence");
    if (end == BACKPRESSURE_ENDED)
        verdict_fact(v, "the server ended the connection while the client "
                        "sent");
}

static void backpressure(struct context *c)
{
    struct backpressure p;
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    if (backpressure_begin(&p, c, fd) == 0)
        judge_press(&p, backpressure_send(&p, BACKPRESSURE_MOST), c->v);
    else
        verdict_error(c->v, "no memory");
    backpressure_free(&p);
    conn_close(fd);
}

/* ---- echo/many-rounds ---- */

/* A socket that blocks takes two system calls a round, not four: there are
   10,000 rounds. It blocks for a moment only: what takes longer is waited for
   as everything else. */
static int make_blocking(int fd)
{
    static const struct timeval tv = { .tv_usec = BLOCKS_US };

    if (fcntl(fd, F_SETFL, 0) < 0)
        return -1;
    return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
}

/* One frame there and back. Returns the bytes that came; errno as conn_recv
   sets it. */
static size_t one_round(struct context *c, int fd, const unsigned char *frame,
                        unsigned char *got)
{
    ssize_t n;

    if (send(fd, frame, FRAME_BYTES, MSG_NOSIGNAL) != FRAME_BYTES)
        return 0;
    n = recv(fd, got, FRAME_BYTES, 0);
    if (n == FRAME_BYTES)
        return FRAME_BYTES;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return 0;
    if (n < 0)
        n = 0;
    return (size_t)n +
           conn_recv(fd, got + n, FRAME_BYTES - (size_t)n, wait_deadline(c));
}

static void tell_round(struct verdict *v, uint32_t round,
                       const unsigned char *frame, const unsigned char *got,
                       size_t n, int error)
{
    const char *then = n == FRAME_BYTES     ? "wrong bytes"
                       : error == 0         ? "FIN"
                       : error == ETIMEDOUT ? "silence"
                                            : "RST";

    verdict_expected(v, "%d frames, one after another, come back", ROUNDS);
    verdict_observed(v, "%u came back, then %s", round, then);
    verdict_fail(v, "round trip %u of %d: %s", round + 1, ROUNDS, then);
    verdict_bytes(v, frame, FRAME_BYTES, got, n);
}

static void many_rounds(struct context *c)
{
    unsigned char frame[FRAME_BYTES], got[FRAME_BYTES];
    char took[BUDGET_TEXT];
    struct budget budget;
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    if (make_blocking(fd) < 0)
        verdict_error(c->v, "SO_RCVTIMEO: %s", strerror(errno));
    budget = budget_of(MOST_MS, ROUNDS);
    for (uint32_t i = 0; i < ROUNDS && !verdict_decided(c->v); i++) {
        struct frame_stamp stamp = { c->seed, 0, i, 0 };
        size_t n;

        if (i == 1) /* the first answer may take its time */
            budget = budget_of(MOST_MS, ROUNDS - 1);
        if (budget_spent(&budget, i ? i - 1 : 0)) {
            budget_tell(&budget, "frames", i ? i - 1 : 0, took);
            verdict_skip(c->v, "each came back, but %s", took);
            break;
        }
        frame_fill(frame, &stamp);
        n = one_round(c, fd, frame, got);
        if (n < FRAME_BYTES || memcmp(frame, got, n) != 0)
            tell_round(c->v, i, frame, got, n, errno);
    }
    verdict_pass(c->v);
    conn_close(fd);
}

static const struct test_case cases[] = {
    { "echo/bulk", MUST,
      "16 MiB, sent and read at once, come back byte for byte", "RFC 862", bulk,
      60,
      "A client that reads whenever something is there and sends whenever "
      "there is room.",
      "send(fd, buf, n, 0) once: a non-blocking socket takes less than n.",
      "Loop until all n bytes are sent; on EAGAIN wait for POLLOUT.",
      .leaves_as_found = true },
    { "echo/backpressure", MUST,
      "a client that sends until it blocks, or 32 MiB, and then reads gets "
      "every byte",
      "RFC 9293 3.8", backpressure, 60,
      "The client sends without reading until its connection takes nothing "
      "for 20 ms and the server's processes all sleep, then reads to the last "
      "byte.",
      "On EAGAIN from send the rest of the buffer is dropped, or the "
      "connection is closed; or the server blocks for ever in a pipe to "
      "itself.",
      "Keep what is not sent, stop reading, wait for POLLOUT.",
      .leaves_as_found = true },
    { "echo/many-rounds", MUST, "10,000 round trips on one connection",
      "RFC 862", many_rounds, 250,
      "10,000 stamped frames, each sent once the one before is back. Not judged "
      "where they would take more than 12 s.",
      "Something small is lost or leaked with each message: a slot, a buffer, "
      "an offset that only grows.",
      "Reset all that belongs to one message before the next.",
      .leaves_as_found = true },
};

const struct case_table echo_stream_cases = CASE_TABLE(cases);
