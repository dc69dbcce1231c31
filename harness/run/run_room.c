/* SPDX-License-Identifier: MIT */
/* Room is counted, not reserved: what the machine had at the last look, less
   what the cases that run may need. It is looked at anew only when no case
   runs, since the processes of running cases would be counted twice. */
#include "run/run_room.h"

#include "linux/host_limits.h"
#include "plan/plan.h"

#include <stdio.h>

enum { FEW = 6 }; /* connections of a case that names none */

/* A server that runs already is not started here, and its limits are its
   own. */
static bool has_process_each(const struct survey *s)
{
    return s->model != MODEL_EVENT_LOOP && s->starts != STARTS_ATTACHED;
}

static long holds(const struct test_case *c)
{
    return c->holds > FEW ? c->holds : FEW;
}

long run_room_need(const struct test_case *c, const struct survey *s)
{
    long need = PLAN_CASE_PROCESSES + s->tasks;

    return has_process_each(s) ? need + holds(c) : need;
}

void run_room_look(struct run_room *r)
{
    r->processes = host_limits_processes(r->which, sizeof r->which);
    r->files = host_limits_files();
    r->taken = 0;
}

/* If no case runs, look anew: others may have ended since. */
static bool room_now(struct run_room *r, long need)
{
    if (r->processes >= 0 && need > r->processes - r->taken && r->taken == 0)
        run_room_look(r);
    return r->processes < 0 || need <= r->processes - r->taken;
}

enum fits run_room_fits(struct run_room *r, const struct test_case *c,
                        const struct survey *s, char *why, size_t size)
{
    long need = run_room_need(c, s), files = PLAN_CASE_FILES + holds(c);

    if (files > r->files) {
        snprintf(why, size,
                 "needs %ld descriptors in one process: "
                 "RLIMIT_NOFILE (ulimit -n) is %ld",
                 files, r->files);
        return FITS_NEVER;
    }
    if (room_now(r, need))
        return FITS_NOW;
    if (r->taken)
        return FITS_LATER;
    if (has_process_each(s) && c->holds)
        snprintf(why, size,
                 "needs %ld processes, %d of them for as many "
                 "connections; there is room for %ld: %s",
                 need, c->holds, r->processes, r->which);
    else
        snprintf(why, size, "needs %ld processes; there is room for %ld: %s",
                 need, r->processes, r->which);
    return FITS_NEVER;
}
