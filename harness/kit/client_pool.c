/* SPDX-License-Identifier: MIT */
/* All clients are sockets of this one process, watched by one edge-triggered
   epoll set: so a connection is read until EAGAIN, or until its exchange is
   over. No client has a process or thread of its own, and what came back is
   kept, not judged. */
#include "kit/client_pool.h"

#include "client/conn.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, LOOKS = 3, WAITS = 3 };

/* ---- the connections ---- */

static int watch(struct client_pool *m, size_t i)
{
    struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLET,
                             .data.u64 = i };

    return epoll_ctl(m->events, EPOLL_CTL_ADD, m->client[i].talk.fd, &e);
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

        client_init(c, &k->talk, (uint32_t)m->n);
        if (full || (room == 0 && (room = queue_room(c)) == 0)) {
            full = k->untried = true;
            continue;
        }
        room--;
        if (!talk_connect(&k->talk, &c->subject.address, wait_deadline(c)))
            full =
                k->talk.error == ETIMEDOUT; /* the next would time out, too */
        if (conn_is_our_lack(k->talk.error) ||
            (k->talk.fd >= 0 && watch(m, m->n) < 0)) {
            m->n++; /* it is closed with the others */
            return -1;
        }
    }
    return 0;
}

void client_pool_close(struct client_pool *m)
{
    for (size_t i = 0; i < m->n; i++)
        talk_leave(&m->client[i].talk);
    free(m->client);
    if (m->events >= 0)
        close(m->events);
    m->client = NULL;
    m->n = 0;
    m->events = -1;
}

/* ---- an exchange of each ---- */

/* Where one exchange is all that a connection is good for, another is made. */
static bool renew(struct client_pool *m, size_t i)
{
    struct talk *t = &m->client[i].talk;
    bool used = t->used && m->c->protocol->once;

    if (used && queue_room(m->c) == 0)
        return false;
    return talk_renew(t, wait_deadline(m->c)) && (!used || watch(m, i) == 0);
}

static void begin(struct client_pool *m, size_t i)
{
    const struct plan *p = m->c->plan;
    struct talk *t = &m->client[i].talk;
    size_t which = i + m->sequence / 2;

    t->who.stamp.client = m->first + (uint32_t)i;
    t->who.stamp.round = m->round;
    if (m->fixtures && m->sequence % 2 && p->nfixtures)
        talk_begin_with(t, m->sequence,
                        p->fixtures + which % p->nfixtures * FRAME_BYTES,
                        FRAME_BYTES);
    else
        talk_begin(t, m->sequence);
    if (m->halves)
        talk_hold_in_token(t);
}

static bool takes_part(const struct client_pool_client *k)
{
    return k->talk.fd >= 0 && !k->ended && !k->aside;
}

/* As far as it goes now. Returns 1 if that answers it. */
static size_t go(struct client_pool *m, struct client_pool_client *k)
{
    enum talk_state state;

    if (!takes_part(k) || k->answered)
        return 0;
    state = talk_go(&k->talk);
    if (state == TALK_GOING)
        return 0;
    k->answered =
        state == TALK_DONE || k->talk.trouble == TALK_FOREIGN ||
        (k->talk.trouble == TALK_WRONG && k->talk.nin == k->talk.nframe);
    k->ended = !k->answered;
    if (k->answered && m->leave)
        talk_leave(&k->talk);
    return k->answered;
}

void client_pool_begin(struct client_pool *m, uint32_t sequence)
{
    m->sequence = sequence;
    for (size_t i = 0; i < m->n; i++) {
        struct client_pool_client *k = &m->client[i];

        if (!takes_part(k))
            continue;
        k->answered = false;
        if (renew(m, i)) {
            begin(m, i);
            (void)go(m, k);
        } else {
            k->ended = true;
        }
    }
}

/* The server has taken all that client k has sent. */
static bool is_read(struct client_pool *m, const struct client_pool_client *k)
{
    struct socket_info end;

    return !takes_part(k) || !server_end(m->c, k->talk.fd, &end) ||
           (end.inode && end.rqueue == 0);
}

void client_pool_let_read(struct client_pool *m)
{
    struct deadline d = wait_deadline(m->c);
    struct pause pause = { 0 };
    int asleep = 0;

    for (size_t i = 0; i < m->n; i++)
        while (!is_read(m, &m->client[i])) {
            asleep = server_runs(m->c) ? 0 : asleep + 1;
            if (asleep == LOOKS || deadline_passed(d))
                return;
            pause_until(&pause, d);
        }
}

void client_pool_release(struct client_pool *m)
{
    for (size_t i = 0; i < m->n; i++)
        talk_hold(&m->client[i].talk, 0);
}

/* A client still waits. */
static bool any_waits(const struct client_pool *m)
{
    for (size_t i = 0; i < m->n; i++)
        if (takes_part(&m->client[i]) && !m->client[i].answered)
            return true;
    return false;
}

static uint64_t moved(const struct client_pool *m, size_t i)
{
    return m->client[i].talk.moved + m->client[i].ended;
}

/* Bytes are no progress for good: by then they have to make an answer. */
static struct deadline last_deadline(const struct client_pool *m)
{
    return deadline_later(wait_deadline(m->c),
                          WAITS * plan_timeout_ms(m->c->plan) / 1000);
}

size_t client_pool_receive(struct client_pool *m)
{
    struct deadline d = wait_deadline(m->c), last = last_deadline(m);
    struct epoll_event e[EVENTS];
    size_t answered = 0;

    /* Bytes that were there before make no new event. */
    for (size_t i = 0; i < m->n; i++)
        (void)go(m, &m->client[i]);
    while (any_waits(m)) {
        int n = epoll_wait(m->events, e, EVENTS, deadline_left_ms(d));
        bool news = false;

        if (n <= 0 && deadline_passed(d))
            break;
        for (int i = 0; i < n; i++) {
            struct client_pool_client *k = &m->client[e[i].data.u64];
            uint64_t before = moved(m, e[i].data.u64);
            bool was_answered = k->answered;

            (void)go(m, k);
            news |= moved(m, e[i].data.u64) != before;
            if (k->answered && !was_answered)
                last = last_deadline(m);
        }
        if (news && deadline_left_ms(last) == 0 && deadline_passed(last))
            break;
        if (news)
            d = wait_deadline(m->c);
    }
    for (size_t i = 0; i < m->n; i++) {
        struct client_pool_client *k = &m->client[i];

        k->answered |=
            takes_part(k) && !k->answered && talk_is_mistaken(&k->talk);
        answered += k->answered;
    }
    return answered;
}

size_t client_pool_talk(struct client_pool *m, uint32_t sequence)
{
    client_pool_begin(m, sequence);
    return client_pool_receive(m);
}

bool client_pool_wrong(const struct client_pool *m, size_t i)
{
    const struct client_pool_client *k = &m->client[i];

    return k->answered &&
           (k->talk.trouble == TALK_WRONG || k->talk.trouble == TALK_FOREIGN);
}

void client_pool_describe(const struct client_pool_client *k, char *text,
                          size_t size)
{
    if (k->untried)
        snprintf(text, size, "connect: the listen queue stayed full");
    else
        talk_describe(&k->talk, text, size);
}

void client_pool_unserved(const struct client_pool *m, struct unserved *u)
{
    char text[UNSERVED_TEXT];

    *u = (struct unserved){ 0 };
    for (size_t i = 0; i < m->n; i++)
        if (!m->client[i].answered) {
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
