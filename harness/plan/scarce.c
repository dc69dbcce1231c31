/* SPDX-License-Identifier: MIT */
/* A lack of room is kept once it was seen: control groups count their refusals,
   but a limit of processes looks free again as soon as some have ended. A
   verdict that fails asks for a look at that moment (verdict.failing), while
   the processes in question still run. */
#include "plan/scarce.h"

#include "linux/host_limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { NEXT_TO_NONE = 4 }; /* a few may have ended since it was reached */

void scarce_begin(struct scarce *s)
{
    s->refusals = host_limits_refusals();
    s->which[0] = '\0';
}

void scarce_look(struct scarce *s)
{
    char which[sizeof s->which];
    long room;

    if (s->which[0])
        return;
    room = host_limits_processes(which, sizeof which);
    if (host_limits_refusals() > s->refusals ||
        (room >= 0 && room < NEXT_TO_NONE))
        memcpy(s->which, which, sizeof which);
}

void scarce_refused(struct scarce *s)
{
    if (!s->which[0])
        (void)host_limits_processes(s->which, sizeof s->which);
}

void scarce_look_files(struct scarce *s, long need)
{
    struct rlimit fds;

    if (!s->which[0] && getrlimit(RLIMIT_NOFILE, &fds) == 0 &&
        fds.rlim_cur < (rlim_t)need)
        snprintf(s->which, sizeof s->which,
                 "RLIMIT_NOFILE (ulimit -n) %llu, "
                 "%ld needed",
                 (unsigned long long)fds.rlim_cur, need);
}

static void look(void *arg)
{
    scarce_look(arg);
}

void scarce_watch(struct scarce *s, struct verdict *v)
{
    v->failing = look;
    v->failing_arg = s;
}

bool scarce_was(struct scarce *s, char *why, size_t size)
{
    scarce_look(s);
    if (s->which[0])
        snprintf(why, size,
                 "no room was left, which may be all that went "
                 "wrong: %s",
                 s->which);
    return s->which[0];
}

void scarce_error(struct scarce *s, struct verdict *v)
{
    char why[640], *reason;

    if (v->kind < VERDICT_ERROR || !scarce_was(s, why, sizeof why))
        return;
    reason = strdup(v->reason ? v->reason : "");
    verdict_free(v);
    verdict_init(v);
    verdict_error(v, "%s", why);
    if (reason && *reason)
        verdict_fact(v, "without room: %s", reason);
    free(reason);
}
