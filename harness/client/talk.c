/* SPDX-License-Identifier: MIT */
/* The steps of a protocol, one after another. A step that sends is over when
   all its bytes are; one that awaits, when its string has come. */
#include "client/talk.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DRAIN_READS = 8 };

void talk_init(struct talk *t, const struct protocol *p,
               const struct frame_stamp *stamp)
{
    memset(t, 0, offsetof(struct talk, stamped));
    t->fd = t->from = -1;
    t->who.protocol = p;
    t->who.stamp = *stamp;
}

void talk_on(struct talk *t, int fd, const struct address *to)
{
    t->fd = fd;
    t->from = -1;
    t->who.to = *to;
    t->step = 0;
    t->under_way = t->used = t->rendered = t->matched = false;
    t->trouble = TALK_FINE;
    t->error = 0;
    t->nin = t->came = t->sent = 0;
    t->nlog = 0;
    t->log_full = false;
}

/* ---- the transcript ---- */

/* An entry is a byte that says who, two of length, and the bytes. What comes in
   several pieces is one entry. */
static void log_bytes(struct talk *t, char who, const unsigned char *bytes,
                      size_t n)
{
    size_t room;

    if (t->who.protocol->echo || t->log_full)
        return;
    room = TALK_LOG - t->nlog;
    if (room <= 3) {
        t->log_full = true;
        return;
    }
    t->log_full = n > room - 3;
    n = n < room - 3 ? n : room - 3;
    t->log[t->nlog] = (unsigned char)who;
    t->log[t->nlog + 1] = (unsigned char)(n >> 8);
    t->log[t->nlog + 2] = (unsigned char)n;
    memcpy(t->log + t->nlog + 3, bytes, n);
    t->nlog = (uint16_t)(t->nlog + n + 3);
}

/* ---- beginning ---- */

void talk_open(struct talk *t)
{
    t->under_way = false;
    t->rendered = false;
}

void talk_begin_with(struct talk *t, uint32_t sequence,
                     const unsigned char *frame, size_t nframe)
{
    if (t->used) {
        t->step = t->who.protocol->opening;
        t->nlog = 0;
        t->log_full = false;
    }
    t->who.stamp.sequence = sequence;
    t->frame = frame;
    t->nframe = nframe;
    t->under_way = t->used = true;
    t->rendered = t->ahead = false;
    t->hold = 0;
    t->trouble = TALK_FINE;
    t->came = t->sent = 0;
}

void talk_begin(struct talk *t, uint32_t sequence)
{
    t->who.stamp.sequence = sequence;
    frame_fill(t->stamped, &t->who.stamp);
    talk_begin_with(t, sequence, t->stamped, FRAME_BYTES);
}

void talk_begin_sent(struct talk *t, uint32_t sequence)
{
    talk_begin(t, sequence);
    t->ahead = true;
}

/* ---- steps ---- */

static bool is_over(const struct talk *t)
{
    const struct protocol *p = t->who.protocol;

    return t->step == (t->under_way ? p->steps : p->opening);
}

static const struct protocol_step *step_of(const struct talk *t)
{
    return &t->who.protocol->step[t->step];
}

static void next_step(struct talk *t)
{
    t->step++;
    t->rendered = false;
    t->sent = 0;
}

static int trouble(struct talk *t, enum talk_trouble what, int error)
{
    t->trouble = (uint8_t)what;
    t->error = error;
    return -1;
}

/* What step sends or awaits: a frame where it is, all else made in out. */
static const unsigned char *text_of(struct talk *t, size_t *n)
{
    bool begins = !t->rendered;

    t->rendered = true;
    if (step_of(t)->is_frame) {
        *n = t->nframe;
        return t->frame;
    }
    if (begins)
        t->nout =
            protocol_string(&t->who, step_of(t), t->frame, t->nframe, t->out);
    *n = t->nout;
    return t->out;
}

void talk_drain(struct talk *t)
{
    for (int i = 0; i < DRAIN_READS; i++) {
        ssize_t n = recv(t->fd, t->in, sizeof t->in, MSG_DONTWAIT);

        if (n <= 0)
            break;
        t->moved += (uint64_t)n;
        log_bytes(t, '<', t->in, (size_t)n);
    }
    t->nin = 0;
}

/* Of the exchange's first string, which may be held. */
static bool is_first(const struct talk *t)
{
    return t->under_way && t->step == t->who.protocol->opening;
}

void talk_hold(struct talk *t, size_t n)
{
    t->hold = n;
}

bool talk_is_held(const struct talk *t)
{
    return t->hold && is_first(t) && t->sent == t->hold;
}

/* Returns 1 once the step is over, 0 if it cannot go on now, -1 when all is. */
static int send_step(struct talk *t)
{
    const unsigned char *text;
    bool begins = !t->rendered;
    size_t n, whole;

    if (t->ahead) {
        next_step(t);
        return 1;
    }
    text = text_of(t, &n);
    if (begins && !t->who.protocol->echo) {
        if (t->matched)
            talk_drain(t);
        log_bytes(t, '>', text, n);
    }
    whole = n;
    if (t->hold && t->hold < n && is_first(t))
        n = t->hold;
    while (t->sent < n) {
        ssize_t sent = send(t->fd, text + t->sent, n - t->sent, MSG_NOSIGNAL);

        if (sent >= 0) {
            t->sent += (size_t)sent;
            t->moved += (uint64_t)sent;
        } else if (errno == EAGAIN) {
            return 0;
        } else if (errno != EINTR) {
            int error = errno;

            talk_drain(t); /* its last words */
            return trouble(t, TALK_SEND_FAILED, error);
        }
    }
    if (n < whole)
        return 0;
    if (t->who.protocol->echo)
        t->nin = 0; /* a frame begins where the last ended */
    next_step(t);
    return 1;
}

/* Receive into in behind nin, most bytes. Returns 1, 0 or -1 as send_step. */
static int receive(struct talk *t, size_t most)
{
    for (;;) {
        ssize_t n = t->from < 0 ? recv(t->fd, t->in + t->nin, most, 0)
                                : read(t->from, t->in + t->nin, most);

        if (n > 0) {
            log_bytes(t, '<', t->in + t->nin, (size_t)n);
            t->nin += (size_t)n;
            t->came += (size_t)n;
            if (t->tally)
                *t->tally += (uint32_t)n;
            t->moved += (uint64_t)n;
            return 1;
        }
        if (n == 0)
            return trouble(t, TALK_FIN, 0);
        if (errno == EAGAIN)
            return 0;
        if (errno != EINTR)
            return trouble(t, TALK_RECV_FAILED, errno);
    }
}

static bool frame_differs(const struct talk *t)
{
    return memcmp(t->in, t->frame, t->nin) != 0;
}

/* The connection is over in the middle of a frame. */
static int frame_broken(struct talk *t)
{
    if (t->enough && t->nin > 0) {
        t->trouble = TALK_FINE;
        next_step(t);
        return 1;
    }
    if (frame_differs(t))
        (void)trouble(t, TALK_WRONG, 0);
    return -1;
}

static int await_frame(struct talk *t)
{
    size_t most = t->enough ? t->enough : t->nframe;

    while (t->nin < most) {
        int rc = receive(t, most - t->nin);

        if (rc < 0)
            return frame_broken(t);
        if (rc == 0)
            return 0;
    }
    if (!t->enough && frame_differs(t))
        return trouble(t, TALK_WRONG, 0);
    if (!t->enough)
        t->nin = 0;
    next_step(t);
    return 1;
}

/* Keep what may be the beginning of the text, and all that a person wants to
   see of an answer that is none. */
static void make_room(struct talk *t, size_t n)
{
    size_t keep = n > 0 ? n - 1 : 0;

    if (t->nin < TALK_READ)
        return;
    memmove(t->in, t->in + t->nin - keep, keep);
    t->nin = keep;
}

/* The first n bytes that came hold another's token. */
static bool is_foreign(struct talk *t, size_t n, bool any_exchange)
{
    return step_of(t)->has_token &&
           token_foreign(t->in, n, &t->who.stamp, any_exchange, &t->whose);
}

static int await_text(struct talk *t)
{
    size_t n;
    const unsigned char *text = text_of(t, &n), *found;

    while (!(found = memmem(t->in, t->nin, text, n))) {
        int rc;

        if (is_foreign(t, t->nin, false))
            return trouble(t, TALK_FOREIGN, 0);
        if (t->came > TALK_MOST)
            return trouble(t, TALK_ENDLESS, 0);
        make_room(t, n);
        rc = receive(t, TALK_READ - t->nin);
        if (rc < 0 && is_foreign(t, t->nin, true))
            return trouble(t, TALK_FOREIGN, 0);
        if (rc <= 0)
            return rc;
    }
    if (is_foreign(t, (size_t)(found - t->in), false))
        return trouble(t, TALK_FOREIGN, 0);
    found += n;
    t->nin -= (size_t)(found - t->in);
    memmove(t->in, found, t->nin);
    t->matched = true;
    next_step(t);
    return 1;
}

enum talk_state talk_go(struct talk *t)
{
    int rc = 1;

    while (rc > 0 && t->trouble == TALK_FINE && !is_over(t))
        rc = step_of(t)->sends      ? send_step(t)
             : step_of(t)->is_frame ? await_frame(t)
                                    : await_text(t);
    if (t->trouble != TALK_FINE)
        return TALK_ENDED;
    return rc > 0 ? TALK_DONE : TALK_GOING;
}

void talk_say(struct talk *t)
{
    int rc = 1;

    while (rc > 0 && t->trouble == TALK_FINE && !is_over(t) &&
           (step_of(t)->sends || t->step < t->who.protocol->opening))
        rc = step_of(t)->sends ? send_step(t) : await_text(t);
}

struct pollfd talk_poll(const struct talk *t)
{
    bool sends = !is_over(t) && step_of(t)->sends;

    return (struct pollfd){ .fd = sends || t->from < 0 ? t->fd : t->from,
                            .events = sends ? POLLOUT : POLLIN };
}

bool talk_is_mistaken(struct talk *t)
{
    if (t->trouble != TALK_FINE || is_over(t) || step_of(t)->sends ||
        !is_foreign(t, t->nin, true))
        return false;
    (void)trouble(t, TALK_FOREIGN, 0);
    return true;
}

enum talk_state talk_give_up(struct talk *t)
{
    if (talk_is_mistaken(t))
        return TALK_ENDED;
    if (t->trouble == TALK_FINE)
        (void)trouble(t, TALK_SILENT, ETIMEDOUT);
    if (!is_over(t) && step_of(t)->is_frame && !step_of(t)->sends &&
        frame_broken(t) > 0)
        return is_over(t) ? TALK_DONE : TALK_ENDED;
    return TALK_ENDED;
}
