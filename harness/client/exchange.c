/* SPDX-License-Identifier: MIT */
/* Sending and receiving go on at the same time, on a socket that does not
   block: a client that sent everything first would wait for ever for a server
   that echoes while it reads. The deadline begins anew whenever a byte has
   moved, so that it limits silence, not length. */
#include "client/exchange.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 65536 };

void exchange_random(unsigned char *bytes, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i += 8) {
        uint64_t r = frame_random(seed, i / 8);

        memcpy(bytes + i, &r, n - i < 8 ? n - i : 8);
    }
}

void exchange_text(unsigned char *bytes, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i += 8) {
        uint64_t r = (frame_random(seed, i / 8) & 0x3f3f3f3f3f3f3f3fu) +
                     0x3030303030303030u;

        memcpy(bytes + i, &r, n - i < 8 ? n - i : 8);
    }
}

struct transfer {
    int fd;
    const unsigned char *want;
    unsigned char *got;
    size_t n, sent, back;
    const char *ended; /* what ended it early: "FIN", ... */
};

/* Returns false once the connection has ended. */
static bool send_some(struct transfer *t)
{
    size_t n = t->n - t->sent < PIECE ? t->n - t->sent : PIECE;
    ssize_t sent = send(t->fd, t->want + t->sent, n, MSG_NOSIGNAL);

    if (sent >= 0)
        t->sent += (size_t)sent;
    else if (errno != EAGAIN && errno != EINTR)
        t->ended = "RST";
    return !t->ended;
}

/* A server that writes a short message in pieces waits for our ACK of the
   first, where it has not set TCP_NODELAY: echo/no-stall judges that, and no
   other. */
static void acknowledge(const struct transfer *t)
{
    int on = 1;

    if (t->n <= PIECE && t->back < t->n)
        (void)setsockopt(t->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

static bool receive_some(struct transfer *t)
{
    ssize_t got = read(t->fd, t->got + t->back, t->n - t->back);

    if (got > 0) {
        t->back += (size_t)got;
        acknowledge(t);
    } else if (got == 0) {
        t->ended = "FIN";
    } else if (errno != EAGAIN && errno != EINTR) {
        t->ended = "RST";
    }
    return !t->ended;
}

/* Send and receive until all is back. d gives the length of the deadline, which
   begins anew with each step. */
static void transfer(struct transfer *t, struct deadline d)
{
    int64_t step_ns = deadline_left_ns(d);

    while (t->back < t->n && !t->ended) {
        struct pollfd p = { .fd = t->fd, .events = POLLIN };
        size_t before = t->sent + t->back;

        if (t->sent < t->n)
            p.events |= POLLOUT;
        if (poll(&p, 1, deadline_left_ms(d)) == 0 && deadline_passed(d)) {
            t->ended = "silence";
            break;
        }
        /* Read before writing: a reset that follows would take away what has
           come. */
        if (p.revents & (POLLIN | POLLHUP | POLLERR) && !receive_some(t))
            break;
        if (p.revents & POLLOUT)
            (void)send_some(t);
        if (t->sent + t->back != before)
            d = deadline_anew(d, step_ns);
    }
}

/* Exchange n bytes, of which the first `sent` were sent before. */
static bool exchange(int fd, const void *bytes, size_t n, size_t sent,
                     struct deadline d, struct verdict *v)
{
    struct transfer t = {
        .fd = fd, .want = bytes, .n = n, .sent = sent, .got = malloc(n ? n : 1)
    };
    bool same;

    if (!t.got) {
        verdict_error(v, "no memory for %zu bytes", n);
        return false;
    }
    transfer(&t, d);
    same = t.back == n && memcmp(t.got, bytes, n) == 0;
    if (!same) {
        verdict_expected(v, "%zu bytes sent come back as they are", n);
        verdict_observed(v, "%zu bytes came back%s%s", t.back,
                         t.ended ? ", then " : "", t.ended ? t.ended : "");
        if (memcmp(t.got, bytes, t.back) != 0)
            verdict_fail(v, "wrong bytes in the echo of %zu", n);
        else
            verdict_fail(v, "%zu of %zu bytes came back, then %s", t.back, n,
                         t.ended);
        verdict_bytes(v, bytes, n, t.got, t.back);
    }
    free(t.got);
    return same;
}

bool exchange_bytes(int fd, const void *bytes, size_t n, struct deadline d,
                    struct verdict *v)
{
    return exchange(fd, bytes, n, 0, d, v);
}

bool exchange_back(int fd, const void *bytes, size_t n, struct deadline d,
                   struct verdict *v)
{
    return exchange(fd, bytes, n, n, d, v);
}

bool exchange_end(int fd, struct deadline d, struct verdict *v)
{
    enum conn_end end;

    (void)conn_half_close(fd); /* if the peer is gone, conn_next tells */
    end = conn_next(fd, d);
    if (end == CONN_FIN)
        return true;
    verdict_expected(v, "FIN after the client's FIN, and no byte before it");
    verdict_observed(v, "%s", conn_end_name(end));
    verdict_fail(v, "after the client's FIN came %s, not FIN",
                 conn_end_name(end));
    return false;
}
