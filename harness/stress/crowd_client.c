/* SPDX-License-Identifier: MIT */
/* Each client is a process: it writes its slot of the shared memory and leaves
   by _exit. It has no deadline of its own: the harness watches the slots and
   kills the whole process group. */
#include "stress/crowd_client.h"

#include "stress/crowd_gate.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct crowd_plan *plan;

/* From now on this client takes no room in the listen queue. */
static void count_served(void)
{
    uint32_t n = gate_count(&plan->served);

    if (n == crowd_total(plan)) {
        __atomic_store_n(&plan->arrived, 1, __ATOMIC_RELEASE);
        gate_wake(&plan->arrived, __INT32_MAX__);
    }
    /* The parent sleeps on this only while the queue is full. */
    if (crowd_total(plan) > plan->room)
        gate_wake(&plan->served, 1);
}

/* The end of a client, good or bad: nobody may wait for it at a gate. */
__attribute__((noreturn)) static void leave(struct crowd_slot *s,
                                            enum crowd_role role)
{
    if (s->stage < CROWD_SERVED)
        count_served();
    if (role == CROWD_CLIENT) {
        if (gate_count(&plan->finished) == plan->clients) {
            plan->last_ns = crowd_now_ns();
            gate_open(&plan->leave);
        }
        /* A client that failed keeps its connection until then too: the server
           must not see it leave before the others. */
        gate_pass(&plan->leave);
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
    uint32_t i = gate_count(&plan->nfaults) - 1;
    struct crowd_fault *f;

    if (i >= CROWD_FAULTS)
        return;
    f = &plan->fault[i];
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

/* Send n bytes and have them back. */
static int exchange(struct crowd_slot *s, int fd, uint32_t client,
                    uint32_t sequence, const unsigned char *want, size_t n)
{
    unsigned char got[CROWD_LONG_BYTES];
    ssize_t back;
    size_t at;

    if (send_all(s, fd, want, n) < 0)
        return -1;
    s->sent++;
    back = recv_all(s, fd, got, n);
    if (back < 0)
        return -1;
    if (memcmp(want, got, (size_t)back) != 0) {
        at = frame_difference(want, got, (size_t)back) / FRAME_BYTES *
             FRAME_BYTES;
        keep_fault(client, sequence, want + at, (uint32_t)(n - at), got + at,
                   (uint32_t)((size_t)back - at));
        return trouble(s, CROWD_WRONG_BYTES, 0);
    }
    if ((size_t)back < n)
        return trouble(s, CROWD_EOF, 0);
    s->verified++;
    return 0;
}

/* Frame number k of this client: stamped ones alternate with fixtures. */
static const unsigned char *frame_of(uint32_t client, uint32_t k,
                                     unsigned char *stamped)
{
    struct frame_stamp stamp = { plan->seed, client, k, plan->round };

    if (k % 2 == 1 && plan->nfixtures)
        return crowd_fixture(plan, (client + k / 2) % plan->nfixtures);
    frame_fill(stamped, &stamp);
    return stamped;
}

static int one_frame(struct crowd_slot *s, int fd, uint32_t client, uint32_t k)
{
    unsigned char stamped[FRAME_BYTES];
    const unsigned char *want = frame_of(client, k, stamped);
    int64_t from = crowd_now_ns();

    if (exchange(s, fd, client, k, want, FRAME_BYTES) < 0)
        return -1;
    histogram_add(&plan->round_trip, crowd_now_ns() - from);
    return 0;
}

static int open_connection(struct crowd_slot *s)
{
    struct address *a = &plan->address;
    int fd = socket(a->sa.ss_family, SOCK_STREAM, 0);
    int64_t from = crowd_now_ns();

    s->stage = CROWD_CONNECTING;
    if (fd < 0 || connect(fd, (struct sockaddr *)&a->sa, a->len) < 0)
        return trouble(s, CROWD_CONNECT_FAILED, errno);
    histogram_add(&plan->connect, crowd_now_ns() - from);
    s->stage = CROWD_CONNECTED;
    return fd;
}

static int talk(struct crowd_slot *s, int fd, uint32_t client)
{
    for (uint32_t k = 1; k < plan->frames; k++)
        if (one_frame(s, fd, client, k) < 0)
            return -1;
    return 0;
}

/* A long message, then a short one: no byte of the long one may follow it. */
static int talk_short(struct crowd_slot *s, int fd, uint32_t client)
{
    unsigned char text[CROWD_LONG_BYTES], got[CROWD_LONG_BYTES];
    uint64_t r = frame_random(plan->seed ^ plan->round, client);
    size_t longer = 65 + r % 467 * 2, shorter = 1 + r / 467 % 31 * 2;
    ssize_t back;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (unsigned char)frame_random(r, i);
    if (exchange(s, fd, client, 1, text, longer) < 0)
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
   too little for its buffer, and not far too much. */
static void leave_owed(int fd, uint32_t which)
{
    static const size_t lengths[] = { 30000, CROWD_OWED_BYTES / 2,
                                      CROWD_OWED_BYTES };
    static const unsigned char bytes[CROWD_OWED_BYTES];
    size_t n = lengths[which % 3];
    ssize_t sent = 1;

    for (size_t at = 0; at < n && sent > 0; at += (size_t)sent)
        sent = send(fd, bytes + at, n - at, MSG_DONTWAIT | MSG_NOSIGNAL);
    close(fd);
}

/* Several, one after another: how fast the server reads decides how much of it
   has come when it first answers. */
static void talk_owed(int fd)
{
    static const struct timeval soon = { .tv_sec = 1 };
    const struct address *a = &plan->address;

    leave_owed(fd, 0);
    for (uint32_t i = 1; i < plan->owed; i++) {
        fd = socket(a->sa.ss_family, SOCK_STREAM, 0);
        if (fd < 0 ||
            setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) < 0 ||
            connect(fd, (const struct sockaddr *)&a->sa, a->len) < 0)
            return; /* and the process ends */
        leave_owed(fd, i);
    }
}

/* Every other client waits for an answer before it resets, so that the server
   meets the reset in recv. With the others it mostly meets it in send; of those
   half leave much more behind. */
static int talk_reset(struct crowd_slot *s, int fd, uint32_t client)
{
    static const struct linger now = { .l_onoff = 1, .l_linger = 0 };
    unsigned char part[CROWD_RESET_BYTES] = "reset in mid-frame";
    struct pollfd answered = { .fd = fd, .events = POLLIN };

    if (client % 4 == 2) {
        talk_owed(fd);
        return 0;
    }
    if (send_all(s, fd, part, sizeof part) < 0)
        return -1;
    if (client % 2)
        (void)poll(&answered, 1, CROWD_ANSWER_MS);
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
    return 0;
}

void crowd_client(struct crowd_plan *shared, uint32_t client)
{
    struct crowd_slot *s = &shared->slot[client];
    enum crowd_role role = crowd_role(shared, client);
    int fd;

    plan = shared;
    fd = open_connection(s);
    if (fd < 0 || one_frame(s, fd, client, 0) < 0)
        leave(s, role);
    s->stage = CROWD_SERVED;
    count_served();
    gate_pass(&plan->gate);
    s->stage = CROWD_TALKING;
    if (role == CROWD_CLIENT)
        (void)talk(s, fd, client); /* its slot says how it went */
    else if (role == CROWD_SHORT)
        (void)talk_short(s, fd, client);
    else
        (void)talk_reset(s, fd, client);
    leave(s, role);
}
