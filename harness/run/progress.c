/* SPDX-License-Identifier: MIT */
/* One line on stderr, of less than 80 columns, written over by the next one and
   gone before anything else is printed. The time left is that of what is done
   so far, in proportion: for cases by what each is known to take. */
#include "run/progress.h"

#include "stress/stress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What a case without a cost of its own takes, with its start. */
enum { EACH_MS = 50, PAUSE_NS = 100000000 };

const char *progress_left(double share, double seconds,
                          char text[PROGRESS_LEFT])
{
    double left = share > 0 ? seconds * (1 - share) / share : 0;

    text[0] = '\0';
    if (share < 0.05 || seconds < 0.5)
        return text;
    if (left < 100)
        (void)snprintf(text, PROGRESS_LEFT, ", about %.0f s left",
                       left > 1 ? left : 1);
    else
        (void)snprintf(text, PROGRESS_LEFT, ", about %.0f min left", left / 60);
    return text;
}

static double seconds_of(const struct run *r)
{
    return (double)(deadline_now_ns() - r->began_ns) / 1e9;
}

static void show(struct run *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void show(struct run *r, const char *fmt, ...)
{
    FILE *out = r->reports->messages.out;
    va_list ap;

    va_start(ap, fmt);
    (void)fputs("\r\033[K", out);
    (void)vfprintf(out, fmt, ap);
    (void)fflush(out);
    va_end(ap);
    r->shown = true;
}

static bool is_due(struct run *r)
{
    int64_t now = deadline_now_ns();

    if (!r->progress || (r->shown && now - r->shown_ns < PAUSE_NS))
        return false;
    r->shown_ns = now;
    return true;
}

static long stress_cases(const struct run *r)
{
    size_t n = 0;

    while (stress_case(n, r->info->valgrind))
        n++;
    return (long)n;
}

void progress_of_crowd(struct run *r)
{
    const struct load *l = &r->info->load;
    double all = (double)l->clients * r->plan->frames;
    char left[PROGRESS_LEFT];

    if (is_due(r))
        show(r, "%ld/%ld clients served, %ld/%.0f %s, %zu/%ld cases done%s",
             l->connected, l->clients, l->frames_verified, all,
             r->plan->protocol.echo ? "frames" : "exchanges", r->results->n,
             stress_cases(r),
             progress_left(all > 0 ? (double)l->frames_verified / all : 0,
                           seconds_of(r), left));
}

static double cost_of(const struct test_case *c)
{
    return EACH_MS + c->cost_ms;
}

static bool is_done(const struct results *rs, const char *id)
{
    for (size_t i = 0; i < rs->n; i++)
        if (strcmp(rs->list[i].id, id) == 0)
            return true;
    return false;
}

void progress_of_cases(struct run *r, const struct test_case *const *cases,
                       size_t n, size_t busy)
{
    double all = 0, done = 0;
    char left[PROGRESS_LEFT];

    if (!is_due(r))
        return;
    for (size_t i = 0; i < n; i++) {
        all += cost_of(cases[i]);
        if (is_done(r->results, cases[i]->id))
            done += cost_of(cases[i]);
    }
    show(r, "%zu/%zu cases done, %zu under way%s", r->results->n, n, busy,
         progress_left(all > 0 ? done / all : 0, seconds_of(r), left));
}

void progress_clear(struct run *r)
{
    if (r->shown) {
        (void)fputs("\r\033[K", r->reports->messages.out);
        (void)fflush(r->reports->messages.out);
    }
    r->shown = false;
}
