/* SPDX-License-Identifier: MIT */
/* load/own-bytes: no client gets another's bytes, at whatever place they might
   meet: in a buffer of all threads, in one that outlives a connection, or in
   one that holds what a slow client has not taken yet. */
#include "cases/load/load.h"
#include "cases/load/load_twice.h"
#include "kit/backpressure.h"
#include "kit/client_pool.h"
#include "kit/needs.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
    CLIENTS = 100,
    SEQUENCES = 6,
    SECOND_ROUND = 32,
    TALKERS = 2,
    TALKS = 4,
    TALK_FRAMES = 1000,
    TALK_ROUND = 2,
    AHEAD = 8,
    AHEAD_BYTES = 1 << 17
};

/* ---- all at once ---- */

/* What came to t has a half of other's frame in its place, or of its token
   anywhere. */
static bool holds_half_of(const struct talk *t, const struct talk *other)
{
    size_t half = FRAME_BYTES / 2, of_token = TOKEN_LETTERS / 2;
    char token[TOKEN_LETTERS];

    if (t->who.protocol->echo)
        return memcmp(t->in, other->stamped, half) == 0 ||
               memcmp(t->in + half, other->stamped + half, half) == 0;
    token_fill(token, &other->who.stamp);
    return memmem(t->in, t->nin, token, of_token) ||
           memmem(t->in, t->nin, token + of_token, of_token);
}

/* Each first string was sent in two halves: true if client i got a half of
   another's. */
static bool has_foreign_half(struct client_pool *m, size_t i)
{
    const struct talk *t = &m->client[i].talk;

    if (t->trouble == TALK_FOREIGN)
        return true;
    for (size_t k = 0; k < m->n; k++)
        if (k != i && holds_half_of(t, &m->client[k].talk)) {
            verdict_fact(m->c->v, "client %zu got client %zu's half of a %s", i,
                         k, t->who.protocol->echo ? "frame" : "token");
            return true;
        }
    return false;
}

/* An answer of a protocol with tokens. */
static void tell_foreign(const struct talk *t, struct verdict *v)
{
    char why[512];

    talk_describe(t, why, sizeof why);
    verdict_fact(v, "client %u, exchange %u: %s", t->who.stamp.client,
                 t->who.stamp.sequence, why);
    talk_tell(t, v);
}

/* A frame that is wrong, or a token that is another's. A server that takes each
   half for a message may make anything of two halves: then only a half of
   another's counts, which in an answer by tokens leaves its client waiting. */
static bool is_wrong(struct client_pool *m, size_t i, bool halves)
{
    if (!halves)
        return client_pool_wrong(m, i);
    return (client_pool_wrong(m, i) ||
            (!m->c->protocol->echo && !m->client[i].answered)) &&
           has_foreign_half(m, i);
}

static void judge(struct client_pool *m, bool halves, struct verdict *v)
{
    size_t wrong = 0;

    for (size_t i = 0; i < m->n; i++) {
        const struct talk *t = &m->client[i].talk;

        if (!is_wrong(m, i, halves))
            continue;
        wrong++;
        if (!t->who.protocol->echo) {
            tell_foreign(t, v);
        } else {
            verdict_bytes(v, t->frame, t->nframe, t->in, t->nin);
            (void)judge_owner(&t->who.stamp, t->in, t->nin, v);
        }
    }
    if (wrong > 0)
        judge_wrong_bytes(wrong, m->n, v);
}

/* The last frame of a round is sent in two halves: when the first halves of all
   clients are read, the second follow. */
static void talk_in_halves(struct client_pool *m, struct verdict *v)
{
    m->fixtures = false;
    m->halves = true;
    client_pool_begin(m, m->sequence + 1);
    client_pool_let_read(m);
    client_pool_release(m);
    (void)client_pool_receive(m);
    judge(m, true, v);
}

/* Which frame it was that not all have back, in words: a server may wait for
   more where others have their echo. */
static const char *frame_kind(const struct client_pool *m)
{
    if (m->sequence == 0)
        return "the first stamped frame";
    return m->sequence % 2 && m->c->plan->nfixtures ? "a fixture's frame"
                                                    : "a later stamped frame";
}

static void not_all_back(const struct client_pool *m, struct verdict *v)
{
    struct unserved u;

    client_pool_unserved(m, &u);
    verdict_skip(v,
                 "%zu of %zu clients do not have %s back, none has a wrong "
                 "one: %s",
                 u.n, m->n, frame_kind(m), u.kind[0].why);
    unserved_tell(&u, v);
}

/* n clients and so many frames each. Returns how many clients it takes at a
   time, if those are fewer (nothing is decided then), else n. */
static size_t round_of(struct context *c, size_t n, uint32_t round,
                       uint32_t sequences, const struct load_greeting *g)
{
    struct verdict *v = c->v;
    size_t limit = n;
    struct client_pool m;
    size_t back = n;

    if (client_pool_open(&m, c, n) < 0)
        verdict_error(v, "%zu connections: %s", n, strerror(errno));
    m.fixtures = true;
    m.round = round;
    for (uint32_t i = 0; i < sequences && back == n && !verdict_decided(v);
         i++) {
        back = client_pool_talk(&m, i);
        judge(&m, false, v);
        if (i == 0 && !verdict_decided(v))
            load_greeting_of(&m, g);
    }
    if (back == n && !verdict_decided(v))
        talk_in_halves(&m, v);
    if (back < n && !verdict_decided(v) && load_own_limit(c, &m, &limit))
        judge(&m, false, v); /* those that had to wait, too */
    else if (back < n && !verdict_decided(v))
        not_all_back(&m, v);
    client_pool_close(&m);
    return limit;
}

/* Likewise, or as many clients as it takes, which is what is returned. */
static size_t rounds_of(struct context *c, size_t n, uint32_t round,
                        uint32_t sequences, const struct load_greeting *g)
{
    struct verdict *v = c->v;
    size_t limit = round_of(c, n, round, sequences, g);

    if (limit == n || verdict_decided(v))
        return limit;
    verdict_fact(v, "its own limit: %zu clients at a time", limit);
    if (round_of(c, limit, round, sequences, g) < limit && !verdict_decided(v))
        verdict_skip(v, "it takes fewer clients each time");
    return limit;
}

/* ---- one behind the other ---- */

/* How many tokens of the exchanges 0 to AHEAD - 1 are in n bytes. */
static size_t tokens_in(const struct talk *t, const unsigned char *bytes,
                        size_t n)
{
    struct frame_stamp stamp = t->who.stamp;
    char token[TOKEN_LETTERS];
    size_t found = 0;

    for (stamp.sequence = 0; stamp.sequence < AHEAD; stamp.sequence++) {
        token_fill(token, &stamp);
        found += memmem(bytes, n, token, sizeof token) != NULL;
    }
    return found;
}

/* Requests in one piece, before the first answer: each has one of its own, in
   whatever order. A connection that ends is a refusal that can be seen; one
   that stays silent has lost them. */
static void all_answered(struct context *c, struct talk *t)
{
    static unsigned char got[AHEAD_BYTES];
    struct deadline d = wait_deadline(c);
    struct pollfd ready = { .fd = t->fd, .events = POLLIN };
    size_t n = 0, found = 0;

    while (found < AHEAD && n < sizeof got) {
        ssize_t more = recv(t->fd, got + n, sizeof got - n, 0);

        if (more == 0 || (more < 0 && errno != EAGAIN && errno != EINTR))
            return;
        if (more > 0) {
            n += (size_t)more;
            found = tokens_in(t, got, n);
            d = wait_deadline(c);
        } else if (poll(&ready, 1, deadline_left_ms(d)) == 0 &&
                   deadline_passed(d)) {
            verdict_expected(c->v,
                             "%d requests that are sent in one piece have "
                             "an answer each",
                             AHEAD);
            verdict_observed(c->v, "%zu of them have, then silence", found);
            verdict_fail(c->v,
                         "of %d requests in one piece %zu have an answer "
                         "of their own",
                         AHEAD, found);
            return;
        }
    }
}

static void requests_ahead(struct context *c)
{
    static unsigned char requests[AHEAD * PROTOCOL_STRING];
    size_t n = 0;
    struct talk t;

    if (c->protocol->lockstep || c->protocol->once || !client_come(c, &t, 0))
        return;
    t.who.stamp.round = TALK_ROUND;
    talk_open(&t);
    for (uint32_t i = 0; i < AHEAD; i++)
        n += talk_request(&t, i, requests + n, sizeof requests - n);
    if (talk_finish(&t, wait_deadline(c)) &&
        conn_send(t.fd, requests, n, wait_deadline(c)) == 0)
        all_answered(c, &t);
    talk_leave(&t);
}

/* ---- while one does not read ---- */

/* A message of frames there and back, long enough to fill whatever buffer the
   server reads it to. Returns false if it does not come back; bytes of another
   client decide (fail). */
static bool talk_long(struct context *c, int fd, uint32_t client, uint32_t turn)
{
    static unsigned char frames[TALK_FRAMES * FRAME_BYTES];
    static unsigned char got[sizeof frames];
    struct frame_stamp mine = { c->seed, client, turn * TALK_FRAMES,
                                TALK_ROUND };
    size_t n;

    for (uint32_t i = 0; i < TALK_FRAMES; i++) {
        struct frame_stamp stamp = mine;

        stamp.sequence += i;
        frame_fill(frames + (size_t)i * FRAME_BYTES, &stamp);
    }
    if (conn_send(fd, frames, sizeof frames, wait_deadline(c)) < 0)
        return false;
    n = conn_recv(fd, got, sizeof got, wait_deadline(c));
    if (memcmp(frames, got, n) == 0)
        return n == sizeof got;
    mine.sequence += (uint32_t)(frame_difference(frames, got, n) / FRAME_BYTES);
    if (judge_owner(&mine, got, n, c->v) == OWNER_ANOTHER) {
        verdict_fail(c->v,
                     "client %u got another's bytes, next to one that "
                     "does not read",
                     client);
        verdict_bytes(c->v, frames, sizeof frames, got, n);
    }
    return false;
}

static void talk_meanwhile(struct context *c)
{
    bool served = true;

    for (uint32_t k = 1; k <= TALKERS && served; k++) {
        int fd = conn_open(&c->subject.address, wait_deadline(c));

        served = fd >= 0;
        for (uint32_t turn = 0; turn < TALKS && served; turn++)
            served = talk_long(c, fd, k, turn);
        conn_close(fd);
    }
}

/* One client sends and does not read: its echo waits in the server, perhaps in
   a buffer to which others' bytes are read. Lost bytes are judged by
   echo/backpressure. */
static void next_to_slow_reader(struct context *c)
{
    struct frame_stamp mine = { c->seed, 0, 0, TALK_ROUND };
    struct backpressure p;
    size_t n = 0;
    int fd = conn_open(&c->subject.address, wait_deadline(c));

    if (fd < 0)
        return;
    if (backpressure_begin(&p, c, fd) < 0)
        verdict_error(c->v, "no memory");
    else if (backpressure_send(&p, BACKPRESSURE_MOST / 2) !=
             BACKPRESSURE_ENDED) {
        talk_meanwhile(c);
        if (backpressure_read(&p, &n) == BACKPRESSURE_WRONG &&
            judge_owner(&mine, p.got, n, c->v) == OWNER_ANOTHER) {
            verdict_expected(c->v,
                             "a client that did not read for a while gets "
                             "its own bytes");
            verdict_observed(c->v, "another's after %zu of %zu", p.back,
                             p.sent);
            verdict_fail(c->v, "a client that did not read for a while got "
                               "another's bytes");
            verdict_bytes_from(c->v, p.back, p.want, n, p.got, n);
        }
    }
    backpressure_free(&p);
    conn_close(fd);
}

static void own_bytes(struct context *c)
{
    struct load_greeting g;
    size_t most = 0;

    if (!needs_own_answers(c->protocol, c->v) || !server_up(c))
        return;
    load_greeting_alone(c, &g);
    if (!verdict_decided(c->v))
        most = rounds_of(c, CLIENTS, 0, SEQUENCES, &g);
    if (!verdict_decided(c->v))
        (void)rounds_of(c, most < SECOND_ROUND ? most : SECOND_ROUND, 1, 2, &g);
    if (!verdict_decided(c->v) && c->protocol->echo)
        next_to_slow_reader(c);
    else if (!verdict_decided(c->v))
        requests_ahead(c);
    if (!verdict_decided(c->v) && !c->protocol->echo)
        load_said_once(c, &g);
    verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "load/own-bytes", MUST,
      "every client gets its own bytes, none another's, none of another round",
      "RFC 862", own_bytes, 80,
      "Frames stamped with client, sequence and seed alternate with fixture "
      "frames; each echo is compared byte for byte. One client sends and does "
      "not read while others talk. Under a protocol with tokens the requests "
      "of all clients come in two halves, and eight of one in one piece; what "
      "comes in two is not answered twice, and nobody is greeted twice.",
      "One static buffer shared by threads or by the clients of an event loop.",
      "A buffer for each connection: on the stack of its worker, or beside "
      "its descriptor in an event loop.",
      .holds = CLIENTS, .leaves_as_found = true },
};

const struct case_table load_own_bytes_cases = CASE_TABLE(cases);
