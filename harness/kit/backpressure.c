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
    ODD = 9, /* all bytes are a multiple of UNIT, and so many */
    OWED_BYTES = (256 << 10) + 4099,
    OWED_BUFFER = 2048, /* of the client: little that is owed leaves the server,
                           and with such segments the kernel takes little */
    OWED_SEGMENT = 1024,
    OPENING_MS = 200, /* whoever is served one at a time waits for longer */
    MOST_DEBTORS = 16,
    DEBTOR = 0x7fffffff
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

int backpressure_begin_requests(struct backpressure *p, struct context *c,
                                struct talk *t)
{
    int rc = backpressure_begin(p, c, t->fd);

    if (rc == 0 && !c->protocol->echo) {
        talk_open(t);
        if (!talk_finish(t, wait_deadline(c)))
            p->ended = talk_ended_by(t);
        p->talk = t;
    }
    return rc;
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

/* The next piece of what is sent. Requests are made once: to make them takes
   longer than to answer them, and then they are no flood. */
static void refill(struct backpressure *p)
{
    uint32_t sequence = 0;

    p->at = 0;
    if (!p->talk)
        fill(p, p->out, p->sent);
    if (p->n == 0)
        p->n = p->talk
                   ? talk_flood(p->talk, &sequence, p->out, BACKPRESSURE_PIECE)
                   : BACKPRESSURE_PIECE;
}

/* At most one send. Returns what it took; 0 if nothing. */
static size_t push(struct backpressure *p, size_t most)
{
    ssize_t sent;

    if (p->at == p->n)
        refill(p);
    if (most > p->n - p->at)
        most = p->n - p->at;
    sent = send(p->fd, p->out + p->at, most, MSG_NOSIGNAL);
    if (sent < 0) {
        (void)lost(p);
        return 0;
    }
    p->at += (size_t)sent;
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

/* ---- several at a time ---- */

static unsigned char piece[BACKPRESSURE_PIECE]; /* what each of them sends */

/* Returns its length, and in *most how much of it is sent in all. */
static size_t fill_piece(struct context *c, size_t *most)
{
    struct frame_stamp stamp = { c->seed, DEBTOR, 0, 0 };
    uint32_t sequence = 0;
    struct talk t;
    size_t n;

    client_init(c, &t, DEBTOR);
    *most = OWED_BYTES;
    if (c->protocol->lockstep || c->protocol->once)
        return *most = talk_request(&t, 0, piece, sizeof piece);
    n = talk_flood(&t, &sequence, piece, sizeof piece);
    if (n > 0)
        return n;
    for (; n < sizeof piece; n += FRAME_BYTES, stamp.sequence++)
        frame_fill(piece + n, &stamp);
    return n;
}

bool debtors_said(const void *bytes, size_t n)
{
    return memmem(piece, sizeof piece, bytes, n) != NULL;
}

/* Send what it takes now. */
static void run_up(struct debtor *o, size_t size, size_t most)
{
    while (o->sent < most) {
        size_t left = most - o->sent, n = size - o->at;
        ssize_t sent = send(o->talk.fd, piece + o->at, n < left ? n : left,
                            MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent <= 0)
            return; /* it is full, or has ended: poll tells */
        o->sent += (size_t)sent;
        o->at = (o->at + (size_t)sent) % size;
    }
}

static void await_answers(struct context *c, struct debtor *o, size_t n,
                          size_t size, size_t most)
{
    struct deadline d = wait_deadline(c);
    size_t answered = 0;

    while (answered < n && !deadline_passed(d)) {
        struct pollfd p[MOST_DEBTORS];

        for (size_t i = 0; i < n; i++)
            p[i] = (struct pollfd){
                .fd = o[i].talk.fd,
                .events = (short)((o[i].answered ? 0 : POLLIN) |
                                  (o[i].sent < most ? POLLOUT : 0))
            };
        if (poll(p, n, STILL_MS) == 0 && !server_runs(c))
            break;
        answered = 0;
        for (size_t i = 0; i < n; i++) {
            o[i].answered |= (p[i].revents & ~POLLOUT) != 0;
            answered += o[i].answered;
            run_up(&o[i], size, most);
        }
    }
}

size_t debtors_come(struct context *c, struct debtor *o, size_t n,
                    uint32_t first)
{
    size_t most, size = fill_piece(c, &most), come;

    for (come = 0; come < n; come++) {
        struct talk *t = &o[come].talk;

        o[come].at = o[come].sent = 0;
        o[come].answered = o[come].mute = false;
        client_init(c, t, first + (uint32_t)come);
        if (!talk_connect_narrow(t, &c->subject.address, OWED_BUFFER,
                                 OWED_SEGMENT, wait_deadline(c)))
            break;
        talk_open(t);
        o[come].mute = !talk_finish(t, deadline_in(OPENING_MS));
        if (o[come].mute)
            o[come].sent = most;
        else
            run_up(&o[come], size, most);
    }
    await_answers(c, o, come, size, most);
    return come;
}

size_t debtors_owed(const struct debtor *o, size_t n)
{
    size_t owed = 0;
    char byte;

    for (size_t i = 0; i < n; i++)
        owed += !o[i].mute && recv(o[i].talk.fd, &byte, sizeof byte,
                                   MSG_PEEK | MSG_DONTWAIT) > 0;
    return owed;
}

void debtors_reset(struct debtor *o, size_t n)
{
    for (size_t i = 0; i < n; i++)
        talk_reset(&o[i].talk);
}
