/* SPDX-License-Identifier: MIT */
/* All moments are of CLOCK_MONOTONIC, which is never set back. The scale is
   applied when a deadline is made, never when it is compared. Only pause_until
   sleeps. */
#include "base/deadline.h"

#include <poll.h>
#include <stddef.h>
#include <time.h>

enum { FIRST_PAUSE_NS = 100000, LONGEST_PAUSE_NS = 50000000 };

static double scale = 1;

void deadline_set_scale(double factor)
{
    scale = factor;
}

double deadline_scale(void)
{
    return scale;
}

int64_t deadline_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct deadline deadline_in(double ms)
{
    return (struct deadline){ deadline_now_ns() + (int64_t)(ms * scale * 1e6) };
}

struct deadline deadline_after(int64_t from_ns, double seconds)
{
    return (struct deadline){ from_ns + (int64_t)(seconds * 1e9) };
}

bool deadline_passed(struct deadline d)
{
    return deadline_now_ns() >= d.at_ns;
}

int deadline_left_ms(struct deadline d)
{
    int64_t left = d.at_ns - deadline_now_ns();

    if (left <= 0)
        return 0;
    left = (left + 999999) / 1000000;
    return left > 1000000000 ? 1000000000 : (int)left;
}

struct deadline deadline_sooner(struct deadline a, struct deadline b)
{
    return a.at_ns < b.at_ns ? a : b;
}

void pause_until(struct pause *p, struct deadline d)
{
    int64_t left = d.at_ns - deadline_now_ns();
    struct timespec t = { 0, 0 };

    p->ns = p->ns ? p->ns * 3 / 2 : FIRST_PAUSE_NS;
    if (p->ns > LONGEST_PAUSE_NS)
        p->ns = LONGEST_PAUSE_NS;
    if (left <= 0)
        return;
    t.tv_nsec = (long)(left < p->ns ? left : p->ns);
    (void)ppoll(NULL, 0, &t, NULL); /* woken early is no harm */
}
