/* SPDX-License-Identifier: MIT */
/* Hands what the server held after a crowd to the judge of each requirement.
   Decided here is only whether that was seen at all, and which crowd shows
   it. */
#include "judge/judge_requirement.h"
#include "judge/judge_stress.h"

enum { MOST_SOCKETS = 8 };

static struct growth grown(const struct stress_seen *s,
                           const struct snapshot *before,
                           const struct round_seen *after)
{
    if (!after->done)
        return (struct growth){ 0, 0, 0 };
    return audit_growth(s->subject, before, &after->at_rest);
}

bool judge_stress_is_suspicious(const struct stress_seen *s)
{
    struct growth g = grown(s, &s->before, &s->first);

    return s->first.rest == IDLE_MORE && (g.processes || g.threads || g.fds);
}

/* An audit of a server that is gone is skipped; one that could not be made is
   an error. True if the case is decided by that. */
static bool no_audit(const struct stress_seen *s, const struct round_seen *r,
                     struct verdict *v)
{
    if (s->ended || r->rest == IDLE_ENDED)
        verdict_skip(v, "the server has ended");
    else if (r->broken[0])
        verdict_error(v, "a further crowd of clients broke off: %s", r->broken);
    else if (!r->done || r->rest == IDLE_TROUBLE)
        verdict_error(v, "its processes could not be looked at");
    else
        return false;
    return true;
}

void judge_stress_zombies(const struct stress_seen *s, struct verdict *v)
{
    if (!no_audit(s, &s->first, v))
        judge_zombies(&s->first.at_rest.zombies, "after its clients left,",
                      s->subject, v);
}

const struct snapshot *judge_stress_base(const struct stress_seen *s)
{
    return s->earlier.done ? &s->earlier.at_rest : &s->first.at_rest;
}

bool judge_stress_still_grows(const struct stress_seen *s)
{
    struct growth g = grown(s, judge_stress_base(s), &s->plain);

    return s->plain.done && (g.processes || g.threads || g.fds);
}

/* The first crowd and the last plain one after it, which has no clients that
   reset. */
static struct rounds_seen two_crowds(const struct stress_seen *s)
{
    return (struct rounds_seen){
        .subject = s->subject,
        .clients = s->plan->clients,
        .who = "clients",
        .growth = grown(s, &s->before, &s->first),
        .again = grown(s, judge_stress_base(s), &s->plain),
        .before = judge_stress_base(s),
        .after = &s->plain.at_rest,
    };
}

void judge_stress_workers(const struct stress_seen *s, struct verdict *v)
{
    struct rounds_seen r = two_crowds(s);

    if (no_audit(s, &s->first, v) ||
        ((r.growth.processes || r.growth.threads) && no_audit(s, &s->plain, v)))
        return;
    judge_workers(&r, v);
}

/* True if the case is decided. */
static bool no_fds(const struct stress_seen *s, struct verdict *v)
{
    return no_audit(s, &s->first, v) ||
           !judge_sees_fds(s->subject, &s->first.at_rest, v);
}

void judge_stress_fds(const struct stress_seen *s, struct verdict *v)
{
    struct rounds_seen r = two_crowds(s);

    if (no_fds(s, v) || (r.growth.fds && no_audit(s, &s->plain, v)))
        return;
    judge_fds(&r, v);
}

/* A server that leaks with ordinary clients may happen to leak as much with
   those that reset: only what goes beyond that is due to resets. */
void judge_stress_fds_after_resets(const struct stress_seen *s,
                                   struct verdict *v)
{
    struct rounds_seen r = two_crowds(s);
    long plain = r.again.fds, alike;

    if (no_fds(s, v) || (r.growth.fds && (no_audit(s, &s->plain, v) ||
                                          no_audit(s, &s->resets, v))))
        return;
    alike = (plain * s->nresets + s->plan->clients - 1) / s->plan->clients;
    r.clients = (unsigned)s->nresets;
    r.who = "clients that reset";
    r.again = grown(s, &s->plain.at_rest, &s->resets);
    r.before = &s->plain.at_rest;
    r.after = &s->resets.at_rest;
    if (r.again.fds && r.again.fds < s->nresets && r.again.fds <= alike)
        verdict_skip(v, "descriptors leak with ordinary clients as well: see "
                        "process/fds-return");
    else
        judge_fds(&r, v);
}

struct open_sockets {
    struct socket_info left[MOST_SOCKETS];
    size_t n;
};

static int note_socket(const struct socket_info *i, void *arg)
{
    struct open_sockets *o = arg;

    if (i->inode && o->n < MOST_SOCKETS)
        o->left[o->n++] = *i;
    return 0;
}

void judge_stress_sockets(const struct stress_seen *s, struct verdict *v)
{
    const struct snapshot *at_rest = &s->first.at_rest;
    struct open_sockets o = { .n = 0 };

    if (no_audit(s, &s->first, v))
        return;
    if (at_rest->sockets > 0)
        (void)subject_each_socket(s->subject, SOCKDIAG_CONNECTED, note_socket,
                                  &o);
    judge_sockets(o.left, o.n, (size_t)at_rest->sockets, crowd_total(s->plan),
                  at_rest, v);
}
