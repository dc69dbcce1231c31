/* SPDX-License-Identifier: MIT */
/* echo/beyond-2-gib: more than 32 bits can count, on one connection. The stream
   repeats a piece whose length has no factor in common with any buffer's: what
   is lost or said twice shifts it. Nothing of it is kept. */
#include "cases/echo/echo.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define LONG_BYTES ((UINT64_C(4) << 30) + 777)

enum { PIECE = 1000003, READ = 1 << 18, MIB = 1 << 20 };

struct stream {
    int fd;
    uint64_t sent, back; /* bytes */
    const char *ended;   /* "FIN", "RST", "a wrong byte"; NULL: it has not */
    size_t nwrong;       /* bytes in got that differ, from back on */
    unsigned char piece[PIECE + READ], got[READ];
};

static size_t least(size_t a, uint64_t b)
{
    return b < a ? (size_t)b : a;
}

static void lost(struct stream *s)
{
    if (errno != EAGAIN && errno != EINTR)
        s->ended = "RST";
}

static void push(struct stream *s)
{
    ssize_t n = send(s->fd, s->piece + s->sent % PIECE,
                     least(READ, LONG_BYTES - s->sent), MSG_NOSIGNAL);

    if (n < 0)
        lost(s);
    else
        s->sent += (uint64_t)n;
}

static void pull(struct stream *s)
{
    ssize_t n = recv(s->fd, s->got, least(READ, s->sent - s->back), 0);

    if (n == 0)
        s->ended = "FIN";
    else if (n < 0)
        lost(s);
    else if (memcmp(s->got, s->piece + s->back % PIECE, (size_t)n) == 0)
        s->back += (uint64_t)n;
    else {
        s->ended = "a wrong byte";
        s->nwrong = (size_t)n;
    }
}

/* Until all is back, the connection ends, or nothing moves. */
static void run(struct context *c, struct stream *s)
{
    struct deadline d = wait_deadline(c);

    while (s->back < LONG_BYTES && !s->ended) {
        uint64_t before = s->sent + s->back;
        struct pollfd p = { .fd = s->fd };

        p.events = (short)((s->sent > s->back ? POLLIN : 0) |
                           (s->sent < LONG_BYTES ? POLLOUT : 0));
        if (poll(&p, 1, deadline_left_ms(d)) == 0 && deadline_passed(d))
            return;
        if (p.revents & ~POLLOUT)
            pull(s);
        if (p.revents & POLLOUT && !s->ended)
            push(s);
        if (s->sent + s->back != before)
            d = wait_deadline(c);
    }
}

static void tell(struct context *c, const struct stream *s)
{
    const char *then = s->ended ? s->ended : "silence";
    unsigned long long mib = s->back / MIB;

    verdict_expected(c->v, "%llu bytes on one connection come back",
                     (unsigned long long)LONG_BYTES);
    verdict_observed(c->v, "%llu came back right, then %s",
                     (unsigned long long)s->back, then);
    verdict_fail(c->v, "%s after %llu MiB on one connection", then, mib);
    if (s->nwrong > 0)
        verdict_bytes_from(c->v, s->back, s->piece + s->back % PIECE, s->nwrong,
                           s->got, s->nwrong);
}

static void beyond_2_gib(struct context *c)
{
    static struct stream s;

    if (c->target.valgrind) {
        verdict_skip(c->v, "under valgrind 4 GiB take an hour");
        return;
    }
    exchange_text(s.piece, PIECE, c->seed);
    memcpy(s.piece + PIECE, s.piece, READ);
    if (!server_up(c) || (s.fd = client_open(c)) < 0)
        return;
    run(c, &s);
    verdict_figure(c->v, "bytes", (double)s.back);
    if (s.back < LONG_BYTES)
        tell(c, &s);
    else if (echo_frame(c, s.fd, 0, 0))
        verdict_pass(c->v);
    conn_close(s.fd);
}

static const struct test_case cases[] = {
    { "echo/beyond-2-gib", SHOULD,
      "4 GiB and a little on one connection come back byte for byte", "RFC 862",
      beyond_2_gib, 8000,
      "With --exhaustive alone: a client that reads whenever something is "
      "there and sends whenever there is room, and a frame at the end.",
      "int total; total += n: negative after 2 GiB; or a place in a ring that "
      "is a remainder of a 32-bit count, and jumps after 4 GiB.",
      "Count bytes in 64 bits, or not at all.", .exhaustive = true },
};

const struct case_table echo_long_cases = CASE_TABLE(cases);
