/* SPDX-License-Identifier: MIT */
/* All clients are sockets of this one process, watched by one edge-triggered
   epoll set: so a connection is read until EAGAIN, or until its frame is whole.
   No client has a process or thread of its own, and what came back is kept, not
   judged. */
#include "kit/client_pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64 };

/* ---- the connections ---- */

static int watch(struct client_pool *m, size_t i)
{
    struct epoll_event e = { .events = EPOLLIN | EPOLLET, .data.u64 = i };

    return epoll_ctl(m->events, EPOLL_CTL_ADD, m->client[i].fd, &e);
}

static bool our_lack(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM ||
           error == EADDRNOTAVAIL;
}

int client_pool_open(struct client_pool *m, struct context *c, size_t n)
{
    size_t room = 0;
    bool full = false;

    *m = (struct client_pool){ .c = c,
                               .client = calloc(n, sizeof *m->client),
                               .events = epoll_create1(EPOLL_CLOEXEC) };
    if (!m->client || m->events < 0)
        return -1;
    for (m->n = 0; m->n < n; m->n++) {
        struct client_pool_client *k = &m->client[m->n];

        k->fd = -1;
        if (full || (room == 0 && (room = queue_room(c)) == 0)) {
            full = true;
            continue;
        }
        room--;
        k->fd = conn_open(&c->subject.address, wait_deadline(c));
        if (k->fd < 0) {
            k->error = errno;
            full = errno == ETIMEDOUT; /* the next one would time out too */
        }
        if (our_lack(k->error) || (k->fd >= 0 && watch(m, m->n) < 0)) {
            m->n++; /* it is closed with the others */
            return -1;
        }
    }
    return 0;
}

void client_pool_close(struct client_pool *m)
{
    for (size_t i = 0; i < m->n; i++)
        conn_close(m->client[i].fd);
    free(m->client);
    if (m->events >= 0)
        close(m->events);
    m->client = NULL;
    m->n = 0;
    m->events = -1;
}

/* ---- a frame of each ---- */

void client_pool_frame(const struct client_pool *m, size_t i,
                       unsigned char *frame)
{
    struct frame_stamp stamp = { m->c->seed, m->first + (uint32_t)i,
                                 m->sequence, m->round };
    const struct plan *p = m->c->plan;

    if (m->fixtures && m->sequence % 2 && p->nfixtures)
        memcpy(frame,
               p->fixtures + (i + m->sequence / 2) % p->nfixtures * FRAME_BYTES,
               FRAME_BYTES);
    else
        frame_fill(frame, &stamp);
}

void client_pool_send(struct client_pool *m, size_t from, size_t to)
{
    unsigned char frame[FRAME_BYTES];

    for (size_t i = 0; i < m->n; i++) {
        struct client_pool_client *k = &m->client[i];

        if (k->fd < 0 || k->ended || k->aside)
            continue;
        client_pool_frame(m, i, frame);
        if (conn_send(k->fd, frame + from, to - from, wait_deadline(m->c)) < 0)
            k->ended = errno == ETIMEDOUT ? "silence" : "RST";
        if (from == 0)
            k->back = 0;
    }
}

/* Read what is there. Returns 1 if that completes the frame. *news: there was
   something. */
static size_t read_some(struct client_pool_client *k, bool *news)
{
    while (k->fd >= 0 && !k->ended && !k->aside && k->back < FRAME_BYTES) {
        ssize_t n = recv(k->fd, k->got + k->back, FRAME_BYTES - k->back, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return 0;
        *news = true;
        if (n <= 0)
            k->ended = n == 0 ? "FIN" : "RST";
        else if ((k->back += (size_t)n) == FRAME_BYTES)
            return 1;
    }
    return 0;
}

/* Likewise of client i. */
static size_t read_frame(struct client_pool *m, size_t i, bool *news)
{
    struct client_pool_client *k = &m->client[i];
    size_t whole = read_some(k, news);

    if (whole && m->leave) {
        conn_close(k->fd);
        k->fd = -1;
    }
    return whole;
}

/* A client still waits. */
static bool any_waits(const struct client_pool *m)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->client[i].fd >= 0 && !m->client[i].ended &&
            !m->client[i].aside && m->client[i].back < FRAME_BYTES)
            return true;
    return false;
}

size_t client_pool_receive(struct client_pool *m)
{
    struct deadline d = wait_deadline(m->c);
    struct epoll_event e[EVENTS];
    size_t whole = 0;
    bool news;

    /* Bytes that were there before make no new event. */
    for (size_t i = 0; i < m->n; i++)
        whole += read_frame(m, i, &news);
    while (any_waits(m) && !deadline_passed(d)) {
        int n = epoll_wait(m->events, e, EVENTS, deadline_left_ms(d));

        news = false;
        for (int i = 0; i < n; i++)
            whole += read_frame(m, e[i].data.u64, &news);
        if (news)
            d = wait_deadline(m->c);
    }
    return whole;
}

size_t client_pool_talk(struct client_pool *m, uint32_t sequence)
{
    m->sequence = sequence;
    client_pool_send(m, 0, FRAME_BYTES);
    return client_pool_receive(m);
}

bool client_pool_wrong(const struct client_pool *m, size_t i)
{
    const struct client_pool_client *k = &m->client[i];
    unsigned char frame[FRAME_BYTES];

    if (k->fd < 0 || k->back < FRAME_BYTES)
        return false;
    client_pool_frame(m, i, frame);
    return memcmp(k->got, frame, sizeof frame) != 0;
}

void client_pool_describe(const struct client_pool_client *k, char *text,
                          size_t size)
{
    if (k->fd < 0)
        snprintf(text, size, "connect: %s",
                 k->error ? strerror(k->error)
                          : "the listen queue stayed full");
    else
        snprintf(text, size, "%zu of 64 bytes came back, then %s", k->back,
                 k->ended ? k->ended : "silence");
}

void client_pool_unserved(const struct client_pool *m, struct unserved *u)
{
    char text[UNSERVED_TEXT];

    *u = (struct unserved){ 0 };
    for (size_t i = 0; i < m->n; i++)
        if (m->client[i].back < FRAME_BYTES) {
            client_pool_describe(&m->client[i], text, sizeof text);
            unserved_add(u, i, text);
        }
}

/* ---- the listen queues ---- */

struct queues {
    const struct subject *subject;
    long waiting, longest;
    bool others; /* some that listen there are not known to be its own */
};

static int add_queue(const struct socket_info *i, void *arg)
{
    struct queues *q = arg;

    if (!subject_is_listener(q->subject, i->inode)) {
        q->others = true;
        return 0;
    }
    q->waiting += i->rqueue;
    if ((long)i->rqueue > q->longest)
        q->longest = i->rqueue;
    return 0;
}

static struct queues look_once(struct context *c)
{
    struct queues q = { .subject = &c->subject };

    (void)subject_each_socket(&c->subject, SOCKDIAG_LISTEN, add_queue, &q);
    return q;
}

static struct queues look(struct context *c)
{
    struct queues q = look_once(c);
    size_t known = c->subject.nlisteners;

    if (q.others)
        subject_find_more(&c->subject);
    return c->subject.nlisteners > known ? look_once(c) : q;
}

long queue_waiting(struct context *c)
{
    return look(c).waiting;
}

size_t queue_room(struct context *c)
{
    struct deadline d = wait_deadline(c);
    long most = (long)subject_backlog(&c->subject, 1), left;
    struct pause pause = { 0 };

    if (!subject_shows_listeners(&c->subject))
        return 1;
    while ((left = most - look(c).longest) <= 0 && !deadline_passed(d))
        pause_until(&pause, d);
    return left > 0 ? (size_t)left : 0;
}

bool queue_empty(struct context *c)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    while (look(c).waiting > 0) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}
