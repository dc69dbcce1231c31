/* SPDX-License-Identifier: MIT */
/* Every wait is a poll(2) with the caller's deadline. What a failed exchange
   shows goes into the evidence here, for every case alike. */
#include "client/talk_wait.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

bool talk_connect(struct talk *t, const struct address *to, struct deadline d)
{
    return talk_connect_narrow(t, to, 0, 0, d);
}

bool talk_connect_narrow(struct talk *t, const struct address *to,
                         int buffer_bytes, int segment_bytes, struct deadline d)
{
    int fd = conn_open_narrow(to, buffer_bytes, segment_bytes, d);

    talk_on(t, fd, to);
    if (fd >= 0)
        return true;
    t->trouble = TALK_UNCONNECTED;
    t->error = errno;
    return false;
}

bool talk_finish(struct talk *t, struct deadline d)
{
    int64_t step_ns = deadline_left_ns(d);
    enum talk_state state;

    if (t->fd < 0)
        return false;
    for (;;) {
        uint64_t before = t->moved;
        struct pollfd p;

        state = talk_go(t);
        if (state != TALK_GOING)
            return state == TALK_DONE;
        if (t->moved != before)
            d = deadline_anew(d, step_ns);
        p = talk_poll(t);
        if (poll(&p, 1, deadline_left_ms(d)) == 0 && deadline_passed(d))
            return talk_give_up(t) == TALK_DONE;
    }
}

bool talk_renew(struct talk *t, struct deadline d)
{
    struct address to = t->who.to;

    if (!t->used || !t->who.protocol->once)
        return t->fd >= 0;
    talk_leave(t);
    return talk_connect(t, &to, d);
}

bool talk_exchange(struct talk *t, uint32_t sequence, struct deadline d)
{
    if (!talk_renew(t, d))
        return false;
    talk_begin(t, sequence);
    return talk_finish(t, d);
}

void talk_leave(struct talk *t)
{
    unsigned char bye[PROTOCOL_STRING];
    const struct protocol *p = t->who.protocol;

    if (t->fd < 0)
        return;
    talk_read_out(t);
    talk_drain(t);
    if (p->has_bye && t->trouble == TALK_FINE) {
        size_t n = protocol_string(&t->who, &p->bye, NULL, 0, bye);

        (void)send(t->fd, bye, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    talk_close(t);
}

void talk_close(struct talk *t)
{
    conn_close(t->fd);
    t->fd = -1;
}

void talk_reset(struct talk *t)
{
    if (t->fd >= 0)
        conn_reset(t->fd);
    t->fd = -1;
}

void talk_tell(const struct talk *t, struct verdict *v)
{
    const unsigned char *bytes;
    bool sent;
    size_t n;

    for (size_t i = 0; talk_transcript(t, i, &sent, &bytes, &n); i++) {
        char *text = verdict_text(bytes, n);

        verdict_fact(v, "%s %s",
                     sent ? "client:" : "server:", text ? text : "?");
        free(text);
    }
    if (t->log_full)
        verdict_fact(v, "(and more)");
    if (t->trouble != TALK_FINE && t->trouble != TALK_WRONG &&
        t->trouble != TALK_FOREIGN && t->nlog)
        verdict_fact(v, "then: %s", talk_ended_by(t));
}

static bool awaits_frame(const struct talk *t)
{
    const struct protocol *p = t->who.protocol;

    return t->step < p->steps && p->step[t->step].is_frame &&
           !p->step[t->step].sends;
}

static void fail_frame(const struct talk *t, struct verdict *v)
{
    verdict_expected(v, "%zu bytes sent come back as they are", t->nframe);
    verdict_observed(v, "%zu bytes came back%s%s", t->nin,
                     t->trouble == TALK_WRONG ? "" : ", then ",
                     t->trouble == TALK_WRONG ? "" : talk_ended_by(t));
    if (t->trouble == TALK_WRONG)
        verdict_fail(v, "wrong bytes in the echo of %zu", t->nframe);
    else
        verdict_fail(v, "%zu of %zu bytes came back, then %s", t->nin,
                     t->nframe, talk_ended_by(t));
    verdict_bytes(v, t->frame, t->nframe, t->in, t->nin);
}

void talk_fail(const struct talk *t, struct verdict *v)
{
    char why[512];

    if (awaits_frame(t)) {
        fail_frame(t, v);
        return;
    }
    talk_describe(t, why, sizeof why);
    verdict_expected(v, "the exchange that %s says", t->who.protocol->name);
    verdict_observed(v, "%s", why);
    verdict_fail(v, "%s", why);
    talk_tell(t, v);
}
