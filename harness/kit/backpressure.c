/* SPDX-License-Identifier: MIT */
/* The stream is never stored: each piece is made again from the seed when it is
   sent and when it is compared. The socket does not block, and every wait is a
   poll with a deadline; sending gives up earlier, once no process of the server
   runs, since then nobody will make room. */
#include "kit/backpressure.h"

#include "kit/wait_idle.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    STILL_MS = 20, /* how long a connection takes nothing */
    SAME_LOOKS = 4,
    UNIT = 64,
    ODD = 9 /* all bytes are a multiple of UNIT, and so many */
};

int backpressure_begin(struct backpressure *p, struct context *c, int fd)
{
    *p = (struct backpressure){ .fd = fd,
                                .c = c,
                                .out = malloc(BACKPRESSURE_PIECE),
                                .want = malloc(BACKPRESSURE_PIECE),
                                .got = malloc(BACKPRESSURE_PIECE) };
    return p->out && p->want && p->got ? 0 : -1;
}

void backpressure_free(struct backpressure *p)
{
    free(p->out);
    free(p->want);
    free(p->got);
    p->out = p->want = p->got = NULL;
}

/* Fill piece with the part of the stream that holds the byte at offset. */
static void fill(const struct backpressure *p, unsigned char *piece,
                 size_t offset)
{
    exchange_text(piece, BACKPRESSURE_PIECE,
                  p->c->seed + offset / BACKPRESSURE_PIECE);
}

static bool lost(struct backpressure *p)
{
    if (errno == EAGAIN || errno == EINTR)
        return false;
    p->ended = "RST";
    return true;
}

/* At most one send. Returns what it took; 0 if nothing. */
static size_t push(struct backpressure *p, size_t most)
{
    size_t at = p->sent % BACKPRESSURE_PIECE, n = BACKPRESSURE_PIECE - at;
    ssize_t sent;

    if (at == 0)
        fill(p, p->out, p->sent);
    sent = send(p->fd, p->out + at, n < most ? n : most, MSG_NOSIGNAL);
    if (sent < 0) {
        (void)lost(p);
        return 0;
    }
    p->sent += (size_t)sent;
    return (size_t)sent;
}

bool backpressure_push(struct backpressure *p)
{
    (void)push(p, BACKPRESSURE_PIECE);
    return !p->ended;
}

bool backpressure_pull(struct backpressure *p)
{
    ssize_t n = recv(p->fd, p->got, BACKPRESSURE_PIECE, 0);

    if (n > 0)
        p->back += (size_t)n;
    else if (n == 0)
        p->ended = "FIN";
    else
        (void)lost(p);
    return !p->ended;
}

/* How many bytes lie unread at the server, which sleeps; 0 if none do, or if it
   does not sleep: what is on its way there a busy kernel may keep for a while.
   -1: it cannot be seen, but sleeps. */
static long unread_by_sleeper(const struct backpressure *p)
{
    struct socket_info end;

    if (any_thread_of(&p->c->subject, subject_processes, "RD"))
        return 0;
    return server_end(p->c, p->fd, &end) ? (long)end.rqueue : -1;
}

/* Wait until there is room again. False if there will be none: a server that is
   seen asleep several times, with the same bytes unread, will not read. */
static bool wait_room(struct backpressure *p)
{
    struct deadline d = wait_deadline(p->c);
    struct pollfd room = { .fd = p->fd, .events = POLLOUT };
    long before = 0;

    for (int same = 0; same < SAME_LOOKS;) {
        long unread;

        if (poll(&room, 1, deadline_left_ms(deadline_in(STILL_MS))) > 0)
            return true;
        if (deadline_passed(d))
            return false;
        unread = unread_by_sleeper(p);
        same = unread && unread == before ? same + 1 : unread != 0;
        before = unread;
    }
    return false;
}

enum backpressure_end backpressure_send(struct backpressure *p, size_t most)
{
    while (p->sent < most && !p->ended)
        if (push(p, most - p->sent) == 0 && !p->ended && !wait_room(p))
            return BACKPRESSURE_BLOCKED;
    return p->ended ? BACKPRESSURE_ENDED : BACKPRESSURE_ALL;
}

/* One read, compared with what must come next. */
static enum backpressure_read read_next(struct backpressure *p, size_t *n)
{
    size_t at = p->back % BACKPRESSURE_PIECE, room = BACKPRESSURE_PIECE - at;
    unsigned char *want = p->want + at;
    ssize_t got;

    if (room > p->sent - p->back)
        room = p->sent - p->back;
    got = recv(p->fd, p->got, room, 0);
    if (got == 0)
        p->ended = "FIN";
    if (got <= 0) {
        *n = 0;
        return (got == 0 || lost(p)) ? BACKPRESSURE_SHORT : BACKPRESSURE_SAME;
    }
    *n = (size_t)got;
    if (at == 0)
        fill(p, p->want, p->back);
    if (memcmp(p->got, want, *n) != 0) {
        memmove(p->want, want, *n);
        return BACKPRESSURE_WRONG;
    }
    p->back += *n;
    return BACKPRESSURE_SAME;
}

enum backpressure_read backpressure_read(struct backpressure *p, size_t *n)
{
    struct deadline d = wait_deadline(p->c);
    size_t all = (p->sent + UNIT - 1) / UNIT * UNIT + ODD;

    while (p->back < all) {
        struct pollfd ready = { .fd = p->fd, .events = POLLIN };
        enum backpressure_read end = BACKPRESSURE_SAME;

        if (p->sent < all) {
            (void)push(p, all - p->sent);
            ready.events |= p->sent < all ? POLLOUT : 0;
        }
        *n = 0;
        if (p->back < p->sent)
            end = read_next(p, n);
        if (end != BACKPRESSURE_SAME || p->ended)
            return end == BACKPRESSURE_SAME ? BACKPRESSURE_SHORT : end;
        if (*n > 0)
            d = wait_deadline(p->c);
        else if (poll(&ready, 1, deadline_left_ms(d)) == 0 &&
                 deadline_passed(d))
            return BACKPRESSURE_SHORT;
    }
    return BACKPRESSURE_SAME;
}
