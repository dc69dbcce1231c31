/* SPDX-License-Identifier: MIT */
/* A client of echo counts as served as soon as anything comes back. How long a
   reply is was learned from the replies before (reply_bytes): a server that
   answers with less than was sent then costs one timeout, not one for each
   client. What the bytes are is never looked at. */
#include "kit/simple_client.h"

#include "judge/judge_requirement.h"
#include "kit/backpressure.h"
#include "kit/client_pool.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum { WAVE = 8 };

/* Of the exchanges of this process: no two say the same. */
static uint32_t next_sequence;

static void begin(struct context *c, struct talk *t)
{
    talk_begin(t, next_sequence++);
    t->enough = c->reply_bytes;
}

/* The exchange that has begun. What came beyond the reply is read, so that
   close(2) sends a FIN and not a reset. */
static bool finish(struct context *c, struct talk *t)
{
    bool served = talk_finish(t, wait_deadline(c));

    if (t->came)
        c->reply_bytes = t->came;
    if (served)
        talk_drain(t);
    return served;
}

static bool exchange(struct context *c, struct talk *t)
{
    if (talk_is_held(t)) { /* see settle */
        talk_hold(t, 0);
        return finish(c, t);
    }
    if (!talk_renew(t, wait_deadline(c)))
        return false;
    begin(c, t);
    return finish(c, t);
}

/* What came instead, in a word or two where it is echo that was awaited. */
static void tell_why(const struct talk *t, char *why, size_t size)
{
    if (t->trouble == TALK_UNCONNECTED || !t->who.protocol->echo)
        talk_describe(t, why, size);
    else
        snprintf(why, size, "%s", talk_ended_by(t));
}

bool simple_client_again(struct context *c, struct talk *t, char *why,
                         size_t size)
{
    if (exchange(c, t))
        return true;
    tell_why(t, why, size);
    return false;
}

bool simple_client_new(struct context *c, char *why, size_t size)
{
    static struct talk t;
    bool served;

    client_init(c, &t, UINT32_MAX);
    served = talk_connect(&t, &c->subject.address, wait_deadline(c)) &&
             exchange(c, &t);
    if (!served)
        tell_why(&t, why, size);
    c->unserved = served ? NULL : &t;
    talk_leave(&t);
    return served;
}

/* A server that takes so many at a time may count on those who have left until
   it has seen that: once it is at rest it has. */
bool simple_client_must(struct context *c, const char *after)
{
    char why[160];

    if (simple_client_new(c, why, sizeof why))
        return true;
    if (!server_ended(c) && !deadline_was_proven()) {
        wait_asleep(c);
        if (simple_client_new(c, why, sizeof why))
            return true;
    }
    judge_not_served(after, why, server_ended(c), c->v);
    return false;
}

/* ---- those that a case cannot do without ---- */

static void not_served(struct context *c, const char *why)
{
    if (server_ended(c))
        verdict_skip(c->v, "the server has ended");
    else
        verdict_skip(c->v, "a client was not served: %s", why);
}

static void not_opened(struct context *c, const struct talk *t)
{
    char why[96];

    talk_describe(t, why, sizeof why);
    if (t->error == ECONNREFUSED || t->error == ECONNRESET ||
        t->error == ETIMEDOUT)
        not_served(c, why);
    else
        verdict_error(c->v, "a client could not be opened: %s",
                      strerror(t->error));
}

bool simple_client_open(struct context *c, struct talk *t)
{
    client_init(c, t, next_sequence++);
    if (talk_connect(t, &c->subject.address, wait_deadline(c)))
        return true;
    not_opened(c, t);
    return false;
}

/* Served; or, where that would use up the connection, welcomed and accepted
   with half a request, since some servers accept none without
   (TCP_DEFER_ACCEPT). */
static bool settle(struct context *c, struct talk *t)
{
    if (!c->protocol->once)
        return exchange(c, t);
    talk_open(t);
    if (!talk_finish(t, wait_deadline(c)))
        return false;
    begin(c, t);
    talk_hold_half(t);
    (void)talk_go(t); /* exchange tells how it went */
    return queue_empty(c);
}

/* Where none was served yet, the server may be about to make a process for this
   one, or to refuse it. */
static bool is_kept(struct context *c, struct talk *t)
{
    char byte;
    ssize_t n;

    if (!talk_is_held(t))
        return true;
    server_let_act(c);
    n = recv(t->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n > 0 || (n < 0 && errno == EAGAIN))
        return true;
    t->trouble = n == 0 ? TALK_FIN : TALK_RECV_FAILED;
    t->error = n == 0 ? 0 : errno;
    return false;
}

bool simple_client_stay(struct context *c, struct talk *t)
{
    char why[160];

    if (!simple_client_open(c, t))
        return false;
    if (settle(c, t) && is_kept(c, t))
        return true;
    tell_why(t, why, sizeof why);
    not_served(c, why);
    talk_leave(t);
    return false;
}

size_t simple_client_stay_all(struct context *c, struct talk *t, size_t n)
{
    size_t served = 0;

    for (size_t i = 0; i < n; i++)
        client_init(c, &t[i], (uint32_t)i);
    if (!simple_client_stay(c, &t[0]))
        return 0;
    for (served = 1; served < n; served++)
        if (!talk_connect(&t[served], &c->subject.address, wait_deadline(c)) ||
            !settle(c, &t[served])) {
            talk_leave(&t[served]);
            break;
        }
    return served;
}

/* How the clients of one wave leave. */
enum way {
    IN_ORDER,
    WORDLESS,
    IN_MID_FRAME,
    SILENT,
    AT_ONCE,
    OWED,
    OWED_AFTER_FIN
};

/* By reset in the middle of a further request, or of the only one. */
static void leave(struct context *c, struct talk *t, enum way way)
{
    if (way == IN_ORDER || way == WORDLESS) {
        talk_leave(t);
        return;
    }
    if (way == IN_MID_FRAME) {
        begin(c, t);
        talk_hold_half(t);
        (void)talk_go(t); /* it leaves either way */
    }
    talk_reset(t);
}

/* Another daemon than one of echo turns some of several away, and may count on
   those who have left until it has seen that. */
static bool alone;

static bool wave(struct context *c, size_t n, enum way way, int *port);

static bool one_after_another(struct context *c, size_t n, enum way way,
                              int *port)
{
    for (size_t i = 0; i < n; i++) {
        wait_asleep(c);
        if (!wave(c, 1, way, port ? port + i : NULL))
            return false;
    }
    return true;
}

/* All connect and send; then the reply of each is awaited in turn, and it
   leaves. */
static bool wave(struct context *c, size_t n, enum way way, int *port)
{
    static struct talk t[WAVE];
    bool mute = way == WORDLESS || way == AT_ONCE;
    bool asks = !mute && (way == IN_ORDER || !c->protocol->once);
    size_t opened, i;
    bool away = false;
    char why[160] = "";

    /* Those that have reset may still be in the queue. */
    if (!asks)
        (void)queue_empty(c);
    for (opened = 0; opened < n; opened++) {
        if (!simple_client_open(c, &t[opened]))
            break;
        if (port)
            port[opened] = conn_local_port(t[opened].fd);
        if (way == AT_ONCE)
            talk_reset(&t[opened]);
        if (asks) {
            begin(c, &t[opened]);
            (void)talk_go(&t[opened]); /* finish tells how it went */
        }
    }
    for (i = 0; i < opened && opened == n; i++) {
        if (asks && !finish(c, &t[i])) {
            tell_why(&t[i], why, sizeof why);
            away = talk_was_turned_away(&t[i]);
            break;
        }
        leave(c, &t[i], way);
    }
    if (i == n && mute) /* else the next may find no place in it */
        (void)queue_empty(c);
    if (i == n)
        return true;
    clients_leave(t + i, opened - i);
    if (away && !alone && !server_ended(c)) {
        alone = true;
        return one_after_another(c, n - i, way, port ? port + i : NULL);
    }
    if (why[0])
        not_served(c, why);
    return false;
}

/* A server that does not come to the next while it owes to one. */
static bool owed_alone;
static size_t owed; /* see simple_client_owed */

/* Likewise, but they are owed much, and reset. */
static bool owed_wave(struct context *c, size_t n, enum way way, int *port)
{
    static struct debtor o[WAVE];
    size_t come = debtors_come(c, o, n, next_sequence), answered = 0;

    next_sequence += (uint32_t)n;
    if (come < n)
        not_opened(c, &o[come].talk);
    for (size_t i = 0; i < come; i++) {
        answered += o[i].answered;
        if (port)
            port[i] = conn_local_port(o[i].talk.fd);
    }
    owed_alone |= answered < n;
    owed += debtors_owed(o, come);
    for (size_t i = 0; way == OWED_AFTER_FIN && i < come; i++)
        (void)conn_half_close(o[i].talk.fd);
    if (way == OWED_AFTER_FIN)
        server_let_act(c);
    debtors_reset(o, come);
    return come == n;
}

size_t simple_client_owed(void)
{
    return owed;
}

/* Of the nth wave. What comes after those of a daemon is of echo alone: others
   may well turn away who says nothing, and who goes at once. */
static enum way way_of(const struct context *c, enum leaving leaving,
                       size_t nth)
{
    static const enum way any[] = { IN_ORDER, WORDLESS, IN_ORDER, IN_ORDER };
    static const enum way broken[] = { IN_MID_FRAME, SILENT, OWED, AT_ONCE,
                                       OWED_AFTER_FIN };
    bool echo = c->protocol->echo;

    switch (leaving) {
    case LEAVE_OWED:
        return OWED;
    case LEAVE_UNOWED:
        return broken[nth % 2];
    case LEAVE_BROKEN:
        return broken[nth % 3];
    case LEAVE_RESET:
        return broken[nth % (echo ? 5 : 3)];
    case LEAVE_ANY_WAY:
        return any[echo ? nth % 4 : 0];
    default:
        return IN_ORDER;
    }
}

bool simple_client_round(struct context *c, size_t n, enum leaving leaving,
                         int *port)
{
    size_t most = subject_backlog(&c->subject, WAVE);

    if (most > WAVE)
        most = WAVE;
    for (size_t nth = 0; n > 0; nth++) {
        enum way way = way_of(c, leaving, nth);
        bool owes = way == OWED || way == OWED_AFTER_FIN;
        size_t now = n < most ? n : most;

        if (alone || (owes && owed_alone))
            now = 1;
        if (alone)
            wait_asleep(c);
        if (owes ? !owed_wave(c, now, way, port) : !wave(c, now, way, port))
            return false;
        n -= now;
        if (port)
            port += now;
    }
    return true;
}
