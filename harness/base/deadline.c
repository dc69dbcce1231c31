/* SPDX-License-Identifier: MIT */
/* The scale is applied when a deadline is made, never when it is compared. Time
   that does not count sets the clock of waits back, and so puts off all
   deadlines at once; it is asked for only when one would pass. Only pause_until
   sleeps. */
#include "base/deadline.h"

#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_PAUSE_NS = 100000,
    LONGEST_PAUSE_NS = 50000000,
    LOOK_MS = 50,             /* between two looks at the target */
    CLOSE_LOOK_MS = 8,        /* at one that seems to be still */
    USED_LOOK_NS = 100000000, /* between two looks at what it used */
    OVERSLEPT_NS = 100000000, /* later than any machine wakes who may run */
    EACH_USED_NS = 5000000,
    LEAST_USED_NS = 600000000
};

static const struct patience *patience;
static double scale = 1;
static int64_t not_counted_ns; /* so far */
static int64_t overslept_ns;   /* since that was last reckoned */
static bool proven;

void deadline_set_patience(const struct patience *p)
{
    patience = p;
}

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

static int64_t counted_ns(void)
{
    return deadline_now_ns() - not_counted_ns;
}

struct deadline deadline_in(double ms)
{
    return (struct deadline){ .at_ns =
                                  counted_ns() + (int64_t)(ms * scale * 1e6) };
}

struct deadline deadline_of_target(double ms)
{
    struct deadline d = deadline_in(ms);

    d.of_target = true;
    proven = false;
    return d;
}

struct deadline deadline_of_end(double ms)
{
    struct deadline d = deadline_of_target(ms);

    d.of_end = true;
    return d;
}

struct deadline deadline_anew(struct deadline d, int64_t ns)
{
    d.at_ns = counted_ns() + ns;
    return d;
}

struct deadline deadline_later(struct deadline d, double seconds)
{
    d.at_ns += (int64_t)(seconds * 1e9);
    return d;
}

bool deadline_was_proven(void)
{
    return proven;
}

static void reckon(void)
{
    not_counted_ns +=
        patience ? patience->starved_ns(overslept_ns) : overslept_ns;
    overslept_ns = 0;
}

static bool is_looked_at(struct deadline d)
{
    return d.of_target && patience && patience->is_still;
}

static int look_ms(void)
{
    return patience->seems_still() ? CLOSE_LOOK_MS : LOOK_MS;
}

bool deadline_passed(struct deadline d)
{
    if (is_looked_at(d) && patience->is_still(d))
        return proven = true;
    if (counted_ns() < d.at_ns)
        return false;
    reckon();
    if (counted_ns() < d.at_ns)
        return false;
    if (is_looked_at(d))
        patience->ran_out(d);
    return true;
}

int deadline_left_ms(struct deadline d)
{
    int64_t left = (deadline_left_ns(d) + 999999) / 1000000;
    int64_t most = is_looked_at(d) ? look_ms() : 1000000000;

    return (int)(left > most ? most : left);
}

int64_t deadline_left_ns(struct deadline d)
{
    int64_t left = d.at_ns - counted_ns();

    return left > 0 ? left : 0;
}

struct deadline deadline_sooner(struct deadline a, struct deadline b)
{
    return a.at_ns < b.at_ns ? a : b;
}

static int64_t target_used_ns(void)
{
    return patience && patience->used_ns ? patience->used_ns() : 0;
}

static int64_t machine_contended_ns(void)
{
    return patience && patience->contended_ns ? patience->contended_ns() : 0;
}

struct budget budget_of(double ms, size_t all)
{
    int64_t ns = (int64_t)(ms * deadline_scale() * 1e6);

    reckon(); /* what did not count before is not this one's */
    return (struct budget){ .counted = deadline_in(ms),
                            .ns = ns,
                            .wall_ns = deadline_now_ns() + ns + ns / 2,
                            .began_used_ns = target_used_ns(),
                            .began_contended_ns = machine_contended_ns(),
                            .look_ns = deadline_now_ns() + USED_LOOK_NS,
                            .all = all };
}

static int64_t budget_counted_ns(const struct budget *b)
{
    return b->ns - deadline_left_ns(b->counted);
}

/* A pace varies: it has to be a quarter too slow. */
static bool is_too_much(double used, double most, double least, double done,
                        double all)
{
    return done > 0 && used >= least && used * all > 1.25 * most * done;
}

static double most_used_ns(const struct budget *b)
{
    return EACH_USED_NS * deadline_scale() * (double)b->all;
}

static bool is_too_slow(const struct budget *b, size_t done, int64_t more_ns)
{
    double used = (double)budget_counted_ns(b);
    double most = (double)(b->ns + more_ns);

    return used >= most || is_too_much(used, most, (double)b->ns / 6,
                                       (double)done, (double)b->all);
}

bool budget_spent(struct budget *b, size_t done)
{
    int64_t now = deadline_now_ns(), more_ns;

    if (now >= b->look_ns) {
        b->used_ns = target_used_ns() - b->began_used_ns;
        b->look_ns = now + USED_LOOK_NS;
    }
    b->busy = is_too_much((double)b->used_ns, most_used_ns(b),
                          LEAST_USED_NS * deadline_scale(), (double)done,
                          (double)b->all);
    if (b->busy || (now < b->wall_ns && !is_too_slow(b, done, 0)))
        return b->busy;
    more_ns = machine_contended_ns() - b->began_contended_ns;
    more_ns = more_ns < b->ns ? more_ns : b->ns;
    reckon();
    return now >= b->wall_ns + more_ns || is_too_slow(b, done, more_ns);
}

void budget_tell(const struct budget *b, const char *what, size_t done,
                 char text[BUDGET_TEXT])
{
    snprintf(text, BUDGET_TEXT,
             b->busy ? "%zu of %zu %s took %.1f s of processor time, and all "
                       "would take more than %g s"
                     : "%zu of %zu %s took %.1f s, and all would take more "
                       "than %g s",
             done, b->all, what,
             (double)(b->busy ? b->used_ns : budget_counted_ns(b)) / 1e9,
             (b->busy ? most_used_ns(b) : (double)b->ns) / 1e9);
}

void pause_until(struct pause *p, struct deadline d)
{
    int64_t most =
        is_looked_at(d) ? look_ms() * INT64_C(1000000) : LONGEST_PAUSE_NS;
    int64_t from = deadline_now_ns(), left = d.at_ns - counted_ns(), late;
    struct timespec t = { 0, 0 };

    p->ns = p->ns ? p->ns * 3 / 2 : FIRST_PAUSE_NS;
    if (p->ns > most)
        p->ns = most;
    if (left <= 0)
        return;
    t.tv_nsec = (long)(left < p->ns ? left : p->ns);
    (void)ppoll(NULL, 0, &t, NULL); /* woken early is no harm */
    late = deadline_now_ns() - from - t.tv_nsec;
    if (late > OVERSLEPT_NS)
        overslept_ns += late;
}
