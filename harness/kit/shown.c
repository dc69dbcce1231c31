/* SPDX-License-Identifier: MIT */
/* Only looks, from outside, in the job's process. That nothing more can happen
   need not be proven here: a server may tick (a JVM does), or close an idle
   connection later. But it sleeps, nothing waits in its queues, and it holds no
   more than before. */
#include "kit/shown.h"

#include "kit/client_pool.h"
#include "kit/wait_idle.h"

enum { LOOKS = 3 };

static bool is_asleep(struct context *c)
{
    return !any_thread_of(&c->subject, subject_processes, "RD");
}

/* Several looks: between two steps of its work a process sleeps, too. */
static bool falls_asleep(struct context *c, double ms)
{
    struct deadline d = deadline_in(ms);
    struct pause pause = { 0 };

    for (int same = 0; same < LOOKS;) {
        same = is_asleep(c) && queue_waiting(c) == 0 ? same + 1 : 0;
        if (same < LOOKS && deadline_passed(d))
            return false;
        if (same < LOOKS)
            pause_until(&pause, d);
    }
    return true;
}

bool server_rests(struct context *c, const struct snapshot *before, double ms,
                  struct snapshot *now)
{
    double ignored = 0;

    return snapshot_when_idle(&c->subject, before, ms, now, &ignored) == IDLE &&
           falls_asleep(c, ms);
}

void shown_leave(struct context *c, size_t n)
{
    if (c->shown)
        c->shown->clients += n;
}

void shown_at_once(struct context *c, size_t n)
{
    if (c->shown && n > c->shown->at_once)
        c->shown->at_once = n;
}

void shown_reset(struct context *c, size_t n)
{
    if (c->shown)
        c->shown->owed += n;
}

size_t shown_owed(const struct context *c)
{
    return c->shown ? c->shown->owed : 0;
}

void shown_look(struct context *c, double ms)
{
    struct shown *s = c->shown;
    struct shown_look *look;

    if (!s || (s->n > 0 && s->clients == s->look[s->n - 1].clients))
        return;
    if (s->n == SHOWN_LOOKS) /* the last gives its place to a later one */
        snapshot_free(&s->look[--s->n].at_rest);
    look = &s->look[s->n];
    *look = (struct shown_look){ .clients = s->clients };
    if (server_rests(c, NULL, ms, &look->at_rest))
        s->n++;
    else
        snapshot_free(&look->at_rest);
}

bool shown_between(const struct context *c, size_t before, size_t clients,
                   const struct shown_look **first,
                   const struct shown_look **second)
{
    const struct shown *s = c->shown;

    *first = *second = NULL;
    for (size_t i = 0; s && i < s->n; i++)
        if (!*first && s->look[i].clients >= before)
            *first = &s->look[i];
        else if (*first)
            *second = &s->look[i];
    return *second && (*second)->clients - (*first)->clients >= clients;
}

void shown_free(struct shown *s)
{
    for (size_t i = 0; i < s->n; i++)
        snapshot_free(&s->look[i].at_rest);
    s->n = 0;
}
