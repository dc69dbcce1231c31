/* SPDX-License-Identifier: MIT */
/* load/own-bytes: no client gets another's bytes, at whatever place they might
   meet: in a buffer of all threads, in one that outlives a connection, or in
   one that holds what a slow client has not taken yet. */
#include "cases/load/load.h"
#include "kit/backpressure.h"
#include "kit/client_pool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    CLIENTS = 100,
    SEQUENCES = 6,
    SECOND_ROUND = 32,
    TALKERS = 2,
    TALKS = 4,
    TALK_FRAMES = 1000,
    TALK_ROUND = 2
};

/* ---- all at once ---- */

/* Each frame was sent in two halves: true if client i got a half of
   another's. */
static bool has_foreign_half(struct client_pool *m, size_t i)
{
    unsigned char frame[FRAME_BYTES];
    const unsigned char *got = m->client[i].got;
    size_t half = FRAME_BYTES / 2;

    for (size_t k = 0; k < m->n; k++) {
        client_pool_frame(m, k, frame);
        if (k != i && (memcmp(got, frame, half) == 0 ||
                       memcmp(got + half, frame + half, half) == 0)) {
            verdict_fact(m->c->v, "client %zu got client %zu's half of a frame",
                         i, k);
            return true;
        }
    }
    return false;
}

/* A server that takes each half for a message may make anything of two halves:
   then a frame counts as wrong only if it holds another's half. */
static void judge(struct client_pool *m, bool halves, struct verdict *v)
{
    struct frame_stamp mine = { m->c->seed, 0, m->sequence, m->round };
    unsigned char frame[FRAME_BYTES];
    size_t wrong = 0;

    for (size_t i = 0; i < m->n; i++) {
        if (!client_pool_wrong(m, i) || (halves && !has_foreign_half(m, i)))
            continue;
        wrong++;
        client_pool_frame(m, i, frame);
        verdict_bytes(v, frame, sizeof frame, m->client[i].got, FRAME_BYTES);
        mine.client = m->first + (uint32_t)i;
        (void)judge_owner(&mine, m->client[i].got, FRAME_BYTES, v);
    }
    if (wrong > 0)
        judge_wrong_bytes(wrong, m->n, v);
}

/* The last frame of a round is sent in two halves, the first halves of all
   clients first. */
static void talk_in_halves(struct client_pool *m, struct verdict *v)
{
    m->fixtures = false;
    m->sequence++;
    client_pool_send(m, 0, FRAME_BYTES / 2);
    client_pool_send(m, FRAME_BYTES / 2, FRAME_BYTES);
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

/* n clients and so many frames each. */
static void round_of(struct context *c, size_t n, uint32_t round,
                     uint32_t sequences, struct verdict *v)
{
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
    }
    if (back == n && !verdict_decided(v))
        talk_in_halves(&m, v);
    if (back < n && !verdict_decided(v))
        not_all_back(&m, v);
    client_pool_close(&m);
}

/* ---- while one does not read ---- */

/* A message of frames there and back, long enough to fill whatever buffer the
   server reads it to. Returns false if it does not come back; bytes of another
   client decide (fail). */
static bool talk(struct context *c, int fd, uint32_t client, uint32_t turn)
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
            served = talk(c, fd, k, turn);
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
    if (!server_up(c))
        return;
    round_of(c, CLIENTS, 0, SEQUENCES, c->v);
    if (!verdict_decided(c->v))
        round_of(c, SECOND_ROUND, 1, 2, c->v);
    if (!verdict_decided(c->v))
        next_to_slow_reader(c);
    verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "load/own-bytes", MUST,
      "every client gets its own bytes, none another's, none of another round",
      "RFC 862", own_bytes, 80,
      "Frames stamped with client, sequence and seed alternate with fixture "
      "frames; each echo is compared byte for byte. One client sends and does "
      "not read while others talk.",
      "One static buffer shared by threads or by the clients of an event loop.",
      "A buffer for each connection: on the stack of its worker, or beside "
      "its descriptor in an event loop.",
      .holds = CLIENTS },
};

const struct case_table load_own_bytes_cases = CASE_TABLE(cases);
