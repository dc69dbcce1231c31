/* SPDX-License-Identifier: MIT */
/* Each client is a process: it writes its slot of the shared memory and leaves
   by _exit. It has no deadline of its own: the harness watches the slots and
   kills the whole process group. */
#include "stress/crowd_client.h"

#include "client/talk.h"
#include "stress/crowd_gate.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* All that this process writes beside its stack: each client pays for its own
   copy of every page that it writes to. As a common symbol it stands behind the
   variables of libc, on the page that a fork writes to anyway. */
__attribute__((common)) struct crowd_own {
    struct crowd_plan *plan;
    bool queued;      /* among those that are counted there */
    struct talk talk; /* the beginning of it, as far as echo goes */
} own;

/* From now on this client takes no room in the listen queue. */
static void count_served(void)
{
    uint32_t n = gate_count(&own.plan->served);

    if (n == crowd_total(own.plan)) {
        __atomic_store_n(&own.plan->arrived, 1, __ATOMIC_RELEASE);
        gate_wake(&own.plan->arrived, __INT32_MAX__);
    }
    /* The parent sleeps on this only while the queue is full. */
    if (crowd_total(own.plan) > own.plan->room)
        gate_wake(&own.plan->served, 1);
}

/* A connection is to be made that may wait to be accepted, or no longer waits:
   a full listen queue drops what comes, and that costs a second, then two. */
static void queue_enter(void)
{
    if (crowd_total(own.plan) <= own.plan->room)
        return;
    gate_enter(&own.plan->queued, own.plan->room);
    own.queued = true;
}

static void queue_exit(void)
{
    if (own.queued)
        gate_exit(&own.plan->queued);
    own.queued = false;
}

/* The end of a client, good or bad: nobody may wait for it at a gate. */
__attribute__((noreturn)) static void leave(struct crowd_slot *s,
                                            enum crowd_role role)
{
    queue_exit();
    if (s->stage < CROWD_SERVED)
        count_served();
    if (role == CROWD_CLIENT) {
        if (gate_count(&own.plan->finished) == own.plan->clients) {
            own.plan->last_ns = crowd_now_ns();
            gate_open(&own.plan->leave);
        }
        /* A client that failed keeps its connection until then too: the server
           must not see it leave before the others. */
        gate_pass(&own.plan->leave);
    }
    if (s->trouble == CROWD_FINE)
        s->stage = CROWD_DONE;
    _exit(s->trouble != CROWD_FINE);
}

static int trouble(struct crowd_slot *s, enum crowd_trouble what, int error)
{
    s->trouble = (uint8_t)what;
    s->error = (uint16_t)error;
    return -1;
}

static void keep_fault(uint32_t client, uint32_t sequence,
                       const unsigned char *want, uint32_t want_bytes,
                       const unsigned char *got, uint32_t got_bytes)
{
    uint32_t i = gate_count(&own.plan->nfaults) - 1;
    struct crowd_fault *f;

    if (i >= CROWD_FAULTS)
        return;
    f = &own.plan->fault[i];
    f->client = client;
    f->sequence = sequence;
    f->want_bytes = want_bytes < FRAME_BYTES ? want_bytes : FRAME_BYTES;
    f->got_bytes = got_bytes < FRAME_BYTES ? got_bytes : FRAME_BYTES;
    memcpy(f->want, want, f->want_bytes);
    memcpy(f->got, got, f->got_bytes);
}

static int send_all(struct crowd_slot *s, int fd, const unsigned char *p,
                    size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return trouble(s, CROWD_SEND_FAILED, errno);
        p += sent;
        n -= (size_t)sent;
    }
    return 0;
}

/* Receive n bytes. Returns the count, less at EOF, or -1. */
static ssize_t recv_all(struct crowd_slot *s, int fd, unsigned char *p,
                        size_t n)
{
    size_t done = 0;

    while (done < n) {
        ssize_t got = recv(fd, p + done, n - done, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return trouble(s, CROWD_RECV_FAILED, errno);
        if (got == 0)
            break;
        done += (size_t)got;
        s->bytes += (uint32_t)got;
    }
    return (ssize_t)done;
}

/* What came is not what was awaited: its first difference is kept. */
static void keep_wrong(const struct talk *t)
{
    const unsigned char *want = t->frame;
    size_t n = t->nframe, at = 0;

    if (t->rendered) {
        want = t->out;
        n = t->nout;
    } else {
        at = frame_difference(want, t->in, t->nin) / FRAME_BYTES * FRAME_BYTES;
    }
    keep_fault(t->who.stamp.client, t->who.stamp.sequence, want + at,
               (uint32_t)(n - at), t->in + at, (uint32_t)(t->nin - at));
}

/* An exchange that has begun, there and back. */
static int finish(struct crowd_slot *s, struct talk *t)
{
    enum talk_state state = talk_go(t);

    s->sent++;
    if (state == TALK_DONE) {
        s->verified++;
        return 0;
    }
    switch ((enum talk_trouble)t->trouble) {
    case TALK_WRONG:
    case TALK_FOREIGN:
        keep_wrong(t);
        return trouble(s, CROWD_WRONG_BYTES, 0);
    case TALK_FIN:
        return trouble(s, CROWD_EOF, 0);
    case TALK_SEND_FAILED:
        return trouble(s, CROWD_SEND_FAILED, t->error);
    default:
        return trouble(s, CROWD_RECV_FAILED, t->error);
    }
}

static int open_connection(struct crowd_slot *s, struct talk *t)
{
    struct address *a = &own.plan->address;
    int fd = socket(a->sa.ss_family, SOCK_STREAM, 0);
    int64_t from = crowd_now_ns();

    if (fd < 0 || connect(fd, (struct sockaddr *)&a->sa, a->len) < 0)
        return trouble(s, CROWD_CONNECT_FAILED, errno);
    histogram_add(&own.plan->connect, crowd_now_ns() - from);
    talk_on(t, fd, a);
    return 0;
}

/* Where a connection is good for one exchange, and has had it: another. */
static int renew(struct crowd_slot *s, struct talk *t)
{
    if (!t->used || !own.plan->protocol.once)
        return 0;
    talk_read_out(t);
    close(t->fd);
    queue_enter();
    return open_connection(s, t);
}

/* Exchange number k of this client: stamped frames alternate with fixtures. */
static int exchange(struct crowd_slot *s, struct talk *t, uint32_t k)
{
    uint32_t which = t->who.stamp.client + k / 2;
    int64_t from;

    if (renew(s, t) < 0)
        return -1;
    from = crowd_now_ns();
    if (k % 2 == 1 && own.plan->nfixtures)
        talk_begin_with(t, k,
                        crowd_fixture(own.plan, which % own.plan->nfixtures),
                        FRAME_BYTES);
    else
        talk_begin(t, k);
    if (finish(s, t) < 0)
        return -1;
    queue_exit();
    histogram_add(&own.plan->round_trip, crowd_now_ns() - from);
    return 0;
}

static int all_exchanges(struct crowd_slot *s, struct talk *t)
{
    for (uint32_t k = 1; k < own.plan->frames; k++)
        if (exchange(s, t, k) < 0)
            return -1;
    return 0;
}

/* A long message, then a short one: no byte of the long one may follow it. */
static int long_then_short(struct crowd_slot *s, struct talk *t,
                           uint32_t client)
{
    unsigned char text[CROWD_LONG_BYTES], got[CROWD_LONG_BYTES];
    int fd = t->fd;
    uint64_t r = frame_random(own.plan->seed ^ own.plan->round, client);
    size_t longer = 65 + r % 467 * 2, shorter = 1 + r / 467 % 31 * 2;
    ssize_t back;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (unsigned char)frame_random(r, i);
    talk_begin_with(t, 1, text, longer);
    if (finish(s, t) < 0)
        return -1;
    for (size_t i = 0; i < shorter; i++)
        text[i] ^= 0x55;
    if (send_all(s, fd, text, shorter) < 0)
        return -1;
    (void)shutdown(fd, SHUT_WR); /* a lost peer shows in recv */
    back = recv_all(s, fd, got, sizeof got);
    if (back < 0)
        return -1;
    if ((size_t)back == shorter && memcmp(text, got, shorter) == 0)
        return 0;
    keep_fault(client, 2, text, (uint32_t)shorter, got, (uint32_t)back);
    return trouble(s,
                   (size_t)back > shorter   ? CROWD_BYTES_ADDED
                   : (size_t)back < shorter ? CROWD_EOF
                                            : CROWD_WRONG_BYTES,
                   0);
}

/* As much as finds room at once, and close: what the server owes nobody takes.
   With its second piece it meets EPIPE, if FIN had come before the first: not
   too little for its buffer, and not far too much. To echo any bytes are a
   request. */
static void leave_owed(const struct talk *t, uint32_t which)
{
    static const size_t lengths[] = { 30000, CROWD_OWED_BYTES / 2,
                                      CROWD_OWED_BYTES };
    static unsigned char bytes[CROWD_OWED_BYTES];
    const struct protocol *p = t->who.protocol;
    size_t n = lengths[which % 3], most = n;
    uint32_t sequence = 1;
    ssize_t sent = 1;

    if (p->lockstep || p->once)
        most = talk_request(t, sequence, bytes, sizeof bytes);
    else if (!p->echo)
        most = talk_flood(t, &sequence, bytes, n);
    n = n < most ? n : most;
    for (size_t at = 0; at < n && sent > 0; at += (size_t)sent)
        sent = send(t->fd, bytes + at, n - at, MSG_DONTWAIT | MSG_NOSIGNAL);
    close(t->fd);
}

/* Several, one after another: how fast the server reads decides how much of it
   has come when it first answers. */
static void break_off_owed(struct talk *t)
{
    static const struct timeval soon = { .tv_sec = 1 };
    const struct address *a = &own.plan->address;

    leave_owed(t, 0);
    for (uint32_t i = 1; i < own.plan->owed; i++) {
        int fd = socket(a->sa.ss_family, SOCK_STREAM, 0);

        if (fd < 0 ||
            setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) < 0 ||
            connect(fd, (const struct sockaddr *)&a->sa, a->len) < 0)
            return; /* and the process ends */
        talk_on(t, fd, a);
        leave_owed(t, i);
    }
}

/* Every other client waits for an answer before it resets, so that the server
   meets the reset in recv. With the others it mostly meets it in send; of those
   half leave much more behind. */
static int break_off(struct crowd_slot *s, struct talk *t, uint32_t client)
{
    static const struct linger now = { .l_onoff = 1, .l_linger = 0 };
    static const unsigned char part[CROWD_RESET_BYTES] = "reset in mid-frame";
    struct pollfd answered = { .fd = t->fd, .events = POLLIN };

    if (client % 4 == 2) {
        break_off_owed(t);
        return 0;
    }
    if (renew(s, t) < 0)
        return -1;
    queue_exit();
    answered.fd = t->fd;
    talk_begin_with(t, 1, part, sizeof part);
    if (!own.plan->protocol.echo)
        talk_hold_half(t);
    talk_say(t);
    if (client % 2)
        (void)poll(&answered, 1, CROWD_ANSWER_MS);
    (void)setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(t->fd);
    return 0;
}

void crowd_client(struct crowd_plan *shared, uint32_t client)
{
    struct crowd_slot *s = &shared->slot[client];
    enum crowd_role role = crowd_role(shared, client);
    struct frame_stamp stamp = { shared->seed, client, 0, shared->round };
    struct talk *t = &own.talk;

    own.plan = shared;
    talk_init(t, &own.plan->protocol, &stamp);
    t->tally = &s->bytes;
    s->stage = CROWD_CONNECTING;
    if (open_connection(s, t) < 0)
        leave(s, role);
    s->stage = CROWD_CONNECTED;
    if (exchange(s, t, 0) < 0)
        leave(s, role);
    s->stage = CROWD_SERVED;
    if (renew(s, t) < 0) /* it stays connected, whatever that is good for */
        s->stage = CROWD_CONNECTED;
    queue_exit(); /* who comes next is answered once this one is accepted */
    if (s->stage < CROWD_SERVED)
        leave(s, role);
    count_served();
    gate_pass(&own.plan->gate);
    s->stage = CROWD_TALKING;
    if (role == CROWD_CLIENT)
        (void)all_exchanges(s, t); /* its slot says how it went */
    else if (role == CROWD_SHORT)
        (void)long_then_short(s, t, client);
    else
        (void)break_off(s, t, client);
    leave(s, role);
}
