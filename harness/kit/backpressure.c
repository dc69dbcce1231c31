/* SPDX-License-Identifier: MIT */
#include "kit/backpressure.h"

#include "kit/wait_idle.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    STILL_MS = 20,      /* a connection that takes nothing for so long */
    UNIT = 64, ODD = 9  /* the number of bytes is so many units and that */
};

int press_begin(struct press *p, struct context *c, int fd)
{
    *p = (struct press){ .fd = fd, .c = c, .out = malloc(PRESS_PIECE),
                         .want = malloc(PRESS_PIECE),
                         .got = malloc(PRESS_PIECE) };
    return p->out && p->want && p->got ? 0 : -1;
}

void press_free(struct press *p)
{
    free(p->out);
    free(p->want);
    free(p->got);
    p->out = p->want = p->got = NULL;
}

/* The piece of the stream in which the byte at offset stands. */
static void fill(const struct press *p, unsigned char *piece, size_t offset)
{
    exchange_text(piece, PRESS_PIECE, p->c->seed + offset / PRESS_PIECE);
}

static bool lost(struct press *p)
{
    if (errno == EAGAIN || errno == EINTR)
        return false;
    p->ended = "RST";
    return true;
}

/* At most one send. Returns what it took; 0 if nothing. */
static size_t push(struct press *p, size_t most)
{
    size_t at = p->sent % PRESS_PIECE, n = PRESS_PIECE - at;
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

bool press_push(struct press *p)
{
    (void)push(p, PRESS_PIECE);
    return !p->ended;
}

bool press_pull(struct press *p)
{
    ssize_t n = recv(p->fd, p->got, PRESS_PIECE, 0);

    if (n > 0)
        p->back += (size_t)n;
    else if (n == 0)
        p->ended = "FIN";
    else
        (void)lost(p);
    return !p->ended;
}

/* Wait until there is room again; false where there will be none: while a
   thread of the server runs or would, it may yet read. */
static bool wait_room(struct press *p)
{
    struct deadline d = wait_deadline(p->c);
    struct pollfd room = { .fd = p->fd, .events = POLLOUT };

    while (poll(&room, 1, deadline_left_ms(deadline_in(STILL_MS))) == 0)
        if (deadline_passed(d) ||
            !any_thread_of(&p->c->subject, subject_processes, "RD"))
            return false;
    return true;
}

enum press_end press_send(struct press *p, size_t most)
{
    while (p->sent < most && !p->ended)
        if (push(p, most - p->sent) == 0 && !p->ended && !wait_room(p))
            return PRESS_BLOCKED;
    return p->ended ? PRESS_ENDED : PRESS_ALL;
}

/* One read that must bring what comes next. */
static enum press_read read_next(struct press *p, size_t *n)
{
    size_t at = p->back % PRESS_PIECE, room = PRESS_PIECE - at;
    unsigned char *want = p->want + at;
    ssize_t got;

    if (room > p->sent - p->back)
        room = p->sent - p->back;
    got = recv(p->fd, p->got, room, 0);
    if (got == 0)
        p->ended = "FIN";
    if (got <= 0) {
        *n = 0;
        return (got == 0 || lost(p)) ? PRESS_SHORT : PRESS_SAME;
    }
    *n = (size_t)got;
    if (at == 0)
        fill(p, p->want, p->back);
    if (memcmp(p->got, want, *n) != 0) {
        memmove(p->want, want, *n);
        return PRESS_WRONG;
    }
    p->back += *n;
    return PRESS_SAME;
}

enum press_read press_read(struct press *p, size_t *n)
{
    struct deadline d = wait_deadline(p->c);
    size_t all = (p->sent + UNIT - 1) / UNIT * UNIT + ODD;

    while (p->back < all) {
        struct pollfd ready = { .fd = p->fd, .events = POLLIN };
        enum press_read end = PRESS_SAME;

        if (p->sent < all) {
            (void)push(p, all - p->sent);
            ready.events |= p->sent < all ? POLLOUT : 0;
        }
        *n = 0;
        if (p->back < p->sent)
            end = read_next(p, n);
        if (end != PRESS_SAME || p->ended)
            return end == PRESS_SAME ? PRESS_SHORT : end;
        if (*n > 0)
            d = wait_deadline(p->c);
        else if (poll(&ready, 1, deadline_left_ms(d)) == 0 &&
                 deadline_passed(d))
            return PRESS_SHORT;
    }
    return PRESS_SAME;
}
