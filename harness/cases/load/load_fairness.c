/* SPDX-License-Identifier: MIT */
/* load/fairness: next to one client that floods, another must have its turn. */
#include "cases/load/load.h"

#include "kit/backpressure.h"

#include <poll.h>
#include <stdio.h>

enum {
    FLOOD_BYTES = 1 << 20,
    TAKEN_BYTES = 64 << 20, /* more than all buffers on the way */
    TRIPS = 20,
    SLOW_MS = 1000
};

/* The flood goes on until fd is readable or the deadline passes: as much at a
   time as either side takes. Returns false at the deadline. */
static bool flood_until(struct backpressure *p, int fd, struct deadline d)
{
    for (;;) {
        struct pollfd f[2] = {
            { .fd = p->ended ? -1 : p->fd, .events = POLLIN | POLLOUT },
            { .fd = fd, .events = POLLIN },
        };

        (void)poll(f, 2, deadline_left_ms(d));
        if (f[1].revents)
            return true;
        if (f[0].revents & (POLLIN | POLLHUP | POLLERR))
            (void)backpressure_pull(p);
        if (f[0].revents & POLLOUT && !p->ended)
            (void)backpressure_push(p);
        if (deadline_passed(d))
            return false;
    }
}

/* What a round trip may take: SLOW_MS, as long as this run makes it. */
static double slow_s(void)
{
    return SLOW_MS * deadline_scale() / 1000;
}

/* An exchange of t while p floods. Returns milliseconds; -1 if it
   took too long, or something else came: then why says what. */
static double trip_ms(struct backpressure *p, struct talk *t, uint32_t sequence,
                      char *why, size_t size)
{
    struct deadline d = deadline_in(SLOW_MS);
    int64_t from = deadline_now_ns();
    enum talk_state state;

    talk_begin(t, sequence);
    t->enough = FRAME_BYTES; /* which bytes is not asked here */
    while ((state = talk_go(t)) == TALK_GOING)
        if (!flood_until(p, t->fd, d)) {
            snprintf(why, size,
                     t->came ? "not all of an answer came within %g s"
                             : "no answer within %g s",
                     slow_s());
            return -1;
        }
    if (state == TALK_DONE)
        return (double)(deadline_now_ns() - from) / 1e6;
    talk_describe(t, why, size);
    return -1;
}

/* The flood must flow before it can be unfair. A server that takes it all and
   answers nothing never sleeps. */
static bool begin_flood(struct context *c, struct backpressure *p)
{
    struct deadline d = wait_deadline(c);

    while (p->back < FLOOD_BYTES && p->sent < TAKEN_BYTES && !p->ended &&
           !deadline_passed(d)) {
        size_t before = p->back;

        (void)flood_until(p, -1, deadline_in(1));
        if (p->back > before)
            d = wait_deadline(c);
    }
    if (p->back >= FLOOD_BYTES)
        return true;
    verdict_skip(c->v, "of a flood of %zu bytes %zu came back, then %s%s",
                 p->sent, p->back, p->ended ? p->ended : "silence",
                 c->protocol->echo ? ": see echo/bulk" : "");
    return false;
}

static void judge_trips(struct context *c, struct backpressure *p,
                        struct verdict *v)
{
    double worst = 0, ms = 0;
    char why[160];
    struct talk t;

    if (!client_come(c, &t, 1))
        return;
    for (uint32_t i = 0; i < TRIPS && ms >= 0; i++) {
        ms = trip_ms(p, &t, i, why, sizeof why);
        worst = ms > worst ? ms : worst;
    }
    verdict_figure(v, "longest_ms", worst);
    verdict_figure(v, "flood_bytes", (double)p->back);
    if (ms < 0) {
        verdict_expected(v, "a round trip within %g s next to a flood",
                         slow_s());
        verdict_observed(v, "%s, while %zu bytes of the flood came back", why,
                         p->back);
        verdict_fail(v, "next to a client that floods: %s", why);
    }
    verdict_pass(v);
    talk_leave(&t);
}

static void fairness(struct context *c)
{
    struct backpressure p;
    struct talk t;

    if (!needs_pipelining(c) || !server_up(c) || !client_come(c, &t, 0))
        return;
    if (backpressure_begin_requests(&p, c, &t) < 0)
        verdict_error(c->v, "no memory");
    else if (begin_flood(c, &p))
        judge_trips(c, &p, c->v);
    backpressure_free(&p);
    talk_close(&t);
}

static const struct test_case cases[] = {
    { "load/fairness", SHOULD,
      "next to a client that floods, another's round trips stay short",
      "UNP 6.8", fairness, 60,
      "One client sends and reads as fast as it can; meanwhile another makes "
      "20 round trips of a frame, each within a second; 20 times that with "
      "--valgrind, and times --timeout-scale.",
      "An event loop that stays with one connection until recv says EAGAIN.",
      "One recv for each connection and turn.", .leaves_as_found = true },
};

const struct case_table load_fairness_cases = CASE_TABLE(cases);
