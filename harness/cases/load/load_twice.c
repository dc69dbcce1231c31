/* SPDX-License-Identifier: MIT */
/* What a server says twice: the answer to a request that came in two pieces,
   or its greeting. To a client that takes one answer for each request, as they
   come, all that follow are those of another exchange. Whatever a server adds
   of its own to each answer, or to each connection, is right: an answer is
   compared with those to whole requests, a greeting with itself. */
#include "cases/load/load_twice.h"

#include "cases/load/load.h"
#include "kit/wait_idle.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    ROUND = 3,
    /* Of the exchanges 1 to 6 the first two and the last two are sent whole:
       once the last is answered, so are those before it. None has number 0,
       whose token an opening may have. */
    WHOLE = 2,
    IN_TWO = 4,
    EXCHANGES = 6,
    HEARD_BYTES = 1 << 17,
    TOLD_BYTES = 256
};

struct heard {
    struct context *c;
    struct talk talk;
    int64_t began_ns; /* when it came */
    size_t n;
    unsigned char bytes[HEARD_BYTES];
};

static size_t times(const unsigned char *bytes, size_t n, const void *what,
                    size_t nwhat)
{
    const unsigned char *found;
    size_t count = 0;

    for (; (found = memmem(bytes, n, what, nwhat)); count++) {
        n -= (size_t)(found - bytes) + nwhat;
        bytes = found + nwhat;
    }
    return count;
}

/* Where what stands for the first time, or NULL. */
static const unsigned char *first_of(const struct heard *h, const void *what,
                                     size_t nwhat)
{
    return memmem(h->bytes, h->n, what, nwhat);
}

/* Receive until what has come. False: it did not. Bytes that come after the
   deadline are not waited for, however many there are. */
static bool hear(struct heard *h, const void *what, size_t nwhat)
{
    struct deadline d = wait_deadline(h->c);
    struct pollfd ready = { .fd = h->talk.fd, .events = POLLIN };
    bool over = false;

    while (!first_of(h, what, nwhat) && h->n < sizeof h->bytes && !over) {
        ssize_t more = recv(h->talk.fd, h->bytes + h->n, sizeof h->bytes - h->n,
                            MSG_DONTWAIT);

        if (more > 0) {
            h->n += (size_t)more;
            over = deadline_left_ms(d) == 0 && deadline_passed(d);
        } else if (more == 0 || (errno != EAGAIN && errno != EINTR)) {
            over = true;
        } else {
            over =
                poll(&ready, 1, deadline_left_ms(d)) == 0 && deadline_passed(d);
        }
    }
    return first_of(h, what, nwhat);
}

/* And what it says besides, while nothing is said to it. */
static void hear_rest(struct heard *h)
{
    ssize_t more;

    server_let_act(h->c);
    while (h->n < sizeof h->bytes &&
           (more = recv(h->talk.fd, h->bytes + h->n, sizeof h->bytes - h->n,
                        MSG_DONTWAIT)) > 0)
        h->n += (size_t)more;
}

static void tell(const struct heard *h, const unsigned char *from)
{
    size_t n = h->n - (size_t)(from - h->bytes);
    char *text = verdict_text(from, n < TOLD_BYTES ? n : TOLD_BYTES);

    verdict_fact(h->c->v, "server: %s", text ? text : "?");
    free(text);
}

static void token_of(const struct heard *h, uint32_t sequence,
                     char token[TOKEN_LETTERS])
{
    struct frame_stamp stamp = h->talk.who.stamp;

    stamp.sequence = sequence;
    token_fill(token, &stamp);
}

static size_t answers_of(const struct heard *h, uint32_t sequence)
{
    char token[TOKEN_LETTERS];

    token_of(h, sequence, token);
    return times(h->bytes, h->n, token, sizeof token);
}

/* ---- exchanges, some of them in two pieces ---- */

/* Request number sequence there, cut in its token if in_two, and the first of
   its answer back. */
static bool ask(struct heard *h, uint32_t sequence, bool in_two)
{
    unsigned char request[PROTOCOL_STRING * 4], *found;
    size_t n = talk_request(&h->talk, sequence, request, sizeof request);
    size_t cut = 0;
    char token[TOKEN_LETTERS];

    token_of(h, sequence, token);
    found = memmem(request, n, token, sizeof token);
    if (in_two && found) {
        cut = (size_t)(found - request) + sizeof token / 2;
        if (conn_send(h->talk.fd, request, cut, wait_deadline(h->c)) < 0)
            return false;
        wait_read(h->c, h->talk.fd);
    }
    return conn_send(h->talk.fd, request + cut, n - cut, wait_deadline(h->c)) ==
               0 &&
           hear(h, token, sizeof token);
}

/* The talk's opening, then all exchanges. False: not all are answered, which
   others judge. */
static bool converse(struct heard *h)
{
    struct talk *t = &h->talk;

    t->who.stamp.round = ROUND;
    talk_open(t);
    if (!talk_finish(t, wait_deadline(h->c)))
        return false;
    memcpy(h->bytes, t->in, t->nin); /* what stood behind the greeting */
    h->n = t->nin;
    for (uint32_t i = 1; i <= EXCHANGES; i++)
        if (!ask(h, i, i > WHOLE && i <= IN_TWO))
            return false;
    return true;
}

/* An answer may name its request more than once: as often as those to whole
   requests is right. */
static void judge_answers(struct heard *h)
{
    size_t whole = answers_of(h, 1), in_two = answers_of(h, WHOLE + 1);
    char token[TOKEN_LETTERS];

    for (uint32_t i = 2; i <= IN_TWO; i++) {
        size_t n = answers_of(h, i);

        if (i <= WHOLE && n > whole)
            whole = n;
        else if (i > WHOLE && n < in_two)
            in_two = n;
    }
    if (whole == 0 || in_two < 2 * whole)
        return;
    verdict_expected(h->c->v,
                     "a request that comes in two pieces has as many answers "
                     "as one that comes whole");
    verdict_observed(h->c->v,
                     "it is named %zu times in what comes back, one that came "
                     "whole %zu times",
                     in_two, whole);
    token_of(h, WHOLE + 1, token);
    tell(h, first_of(h, token, sizeof token));
    verdict_fail(h->c->v, "a request in two pieces is answered %zu times",
                 in_two / whole);
}

/* ---- the greeting ---- */

static bool greets(const struct protocol *p)
{
    return p->opening > 0 && !p->step[0].sends;
}

/* All that a client hears that is alone and says nothing. */
static bool hear_greeting(struct context *c, struct heard *h)
{
    unsigned char want[PROTOCOL_STRING];
    size_t n;
    bool heard;

    h->c = c;
    h->n = 0;
    h->began_ns = deadline_now_ns();
    if (!client_come(c, &h->talk, 0))
        return false;
    n = protocol_string(&h->talk.who, &c->protocol->step[0], NULL, 0, want);
    heard = hear(h, want, n);
    if (heard)
        hear_rest(h);
    talk_leave(&h->talk);
    return heard;
}

/* Lines with a word in them, one of which is the greeting that is awaited: what
   nobody says twice for the looks of it. */
static bool is_greeting(const struct heard *h, size_t n)
{
    const struct protocol *p = h->c->protocol;
    unsigned char want[PROTOCOL_STRING];
    size_t nwant = protocol_string(&h->talk.who, &p->step[0], NULL, 0, want);
    bool word = false;

    for (size_t i = 0; i < n; i++)
        word |= isalnum(h->bytes[i]) != 0;
    return word && h->bytes[n - 1] == '\n' && memmem(h->bytes, n, want, nwant);
}

static void fail_greeting(struct context *c, const char *when, size_t n)
{
    verdict_expected(c->v, "a client is greeted once");
    verdict_observed(c->v, "%zu bytes of greeting, and the same again, %s", n,
                     when);
    verdict_fail(c->v, "a client is greeted twice: %s", when);
}

/* Another client, alone, that says nothing for so many times as long as has
   passed since then. False: it could not come. */
static bool hear_longer(struct context *c, struct heard *h, int64_t since_ns,
                        double times_as_long)
{
    double passed_ms = (double)(deadline_now_ns() - since_ns) / 1e6;
    struct deadline d;
    struct pause pause = { 0 };

    h->c = c;
    h->n = 0;
    if (!client_come(c, &h->talk, 0))
        return false;
    d = deadline_in(passed_ms * times_as_long);
    while (!deadline_passed(d))
        pause_until(&pause, d);
    hear_rest(h);
    talk_leave(&h->talk);
    return true;
}

/* A server may say its greeting again and again while nothing is said to it:
   whoever is alone hears that too, in as much time and a half more. */
static bool comes_again(struct context *c, const struct load_greeting *g,
                        int64_t since_ns)
{
    static struct heard h;

    return !hear_longer(c, &h, since_ns, 1.5) ||
           times(h.bytes, h.n, g->bytes, g->n) != 1;
}

/* All that came is a greeting and the same again. */
static bool is_twice(const struct heard *h)
{
    size_t half = h->n / 2;

    return half > 0 && h->n == 2 * half &&
           memcmp(h->bytes, h->bytes + half, half) == 0 && is_greeting(h, half);
}

/* Likewise where one is heard twice: in two and a half times as much time it
   is there more than twice. */
static bool stays_twice(struct context *c, const struct heard *first)
{
    static struct heard h;

    return hear_longer(c, &h, first->began_ns, 2.5) && is_twice(&h) &&
           h.n < first->n / 2 * 3;
}

void load_greeting_alone(struct context *c, struct load_greeting *g)
{
    static struct heard h;

    g->n = 0;
    if (!greets(c->protocol) || !hear_greeting(c, &h) || h.n == 0)
        return;
    if (is_twice(&h)) {
        if (!stays_twice(c, &h))
            return;
        tell(&h, h.bytes);
        fail_greeting(c, "as soon as it has come", h.n / 2);
    } else if (h.n <= sizeof g->bytes && is_greeting(&h, h.n)) {
        memcpy(g->bytes, h.bytes, h.n);
        g->n = h.n;
        g->heard_ns = deadline_now_ns();
    }
}

void load_greeting_of(struct client_pool *m, const struct load_greeting *g)
{
    const unsigned char *bytes;
    size_t n;
    bool sent;

    if (g->n == 0)
        return;
    for (size_t i = 0; i < m->n; i++) {
        const struct talk *t = &m->client[i].talk;

        if (!talk_transcript(t, 0, &sent, &bytes, &n) || sent || n < 2 * g->n ||
            memcmp(bytes, g->bytes, g->n) != 0 ||
            memcmp(bytes + g->n, g->bytes, g->n) != 0)
            continue;
        if (comes_again(m->c, g, g->heard_ns))
            return;
        verdict_fact(m->c->v, "client %zu", i);
        talk_tell(t, m->c->v);
        fail_greeting(m->c, "while others come", g->n);
        return;
    }
}

/* Again before the first answer, and not before those that follow: a server may
   well say with each answer what it says at first. */
static void judge_late_greeting(struct heard *h, const struct load_greeting *g)
{
    const unsigned char *answer[4];
    char token[TOKEN_LETTERS];

    if (g->n == 0 || h->c->protocol->opening > 1)
        return;
    answer[0] = h->bytes;
    for (uint32_t i = 1; i < 4; i++) {
        token_of(h, i, token);
        answer[i] = first_of(h, token, sizeof token);
        if (answer[i] < answer[i - 1])
            return;
    }
    for (uint32_t i = 0; i < 3; i++)
        if ((times(answer[i], (size_t)(answer[i + 1] - answer[i]), g->bytes,
                   g->n) > 0) != (i == 0))
            return;
    talk_leave(&h->talk); /* a server may serve one at a time */
    if (comes_again(h->c, g, h->began_ns))
        return;
    tell(h, h->bytes);
    fail_greeting(h->c, "before its first answer", g->n);
}

/* ---- */

void load_said_once(struct context *c, const struct load_greeting *g)
{
    static struct heard h;

    h.c = c;
    h.n = 0;
    h.began_ns = deadline_now_ns();
    if (c->protocol->lockstep || c->protocol->once ||
        !client_come(c, &h.talk, 0))
        return;
    if (converse(&h)) {
        judge_answers(&h);
        if (!verdict_decided(c->v))
            judge_late_greeting(&h, g);
    }
    talk_leave(&h.talk);
}
