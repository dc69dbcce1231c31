/* SPDX-License-Identifier: MIT */
#include "cases/load/load_hundred.h"

#include "kit/backpressure.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ENOUGH = 16 /* bytes, to be known by */ };

static void tell_wrong(const struct talk *t, struct verdict *v)
{
    if (t->who.protocol->echo) {
        verdict_bytes(v, t->frame, t->nframe, t->in, t->nin);
        (void)judge_owner(&t->who.stamp, t->in, t->nin, v);
    } else {
        talk_tell(t, v);
    }
}

/* Bytes of those who have left are in it, or something stands before its own:
   a byte that is wrong by itself is nobody's. */
static bool is_of_others(const struct talk *t)
{
    if (!t->who.protocol->echo)
        return t->trouble == TALK_FOREIGN;
    for (size_t i = 0; i + ENOUGH <= t->nin; i++)
        if ((memcmp(t->in + i, t->frame + i, ENOUGH) != 0 &&
             debtors_said(t->in + i, ENOUGH)) ||
            (i > 0 && memcmp(t->in + i, t->frame, t->nin - i) == 0))
            return true;
    return false;
}

/* tell: a wrong answer as facts, or NULL. */
static void count_wrong(struct client_pool *m, struct hundred *h,
                        struct verdict *tell)
{
    for (size_t i = 0; i < m->n; i++)
        if (client_pool_wrong(m, i)) {
            h->wrong++;
            h->of_others += is_of_others(&m->client[i].talk);
            if (tell)
                tell_wrong(&m->client[i].talk, tell);
        }
}

/* Those that have been served leave, one after another: the others have their
   turn. Returns how many have been served then. */
static size_t let_others_come(struct client_pool *m)
{
    m->leave = true;
    for (size_t i = 0; i < m->n; i++)
        if (m->client[i].answered)
            talk_leave(&m->client[i].talk);
    return client_pool_receive(m);
}

bool hundred_come(struct context *c, struct hundred *h, size_t n,
                  struct verdict *tell)
{
    struct client_pool m;
    struct unserved u;
    bool good = client_pool_open(&m, c, n) == 0;

    *h = (struct hundred){ 0 };
    if (good) {
        h->all = h->served = client_pool_talk(&m, 0);
        client_pool_unserved(&m, &u);
        if (u.n > 0)
            snprintf(h->why, sizeof h->why, "%s", u.kind[0].why);
        count_wrong(&m, h, tell);
        if (h->wrong == 0 && h->served < m.n)
            h->all = let_others_come(&m);
        else if (h->wrong == 0 && !c->protocol->once)
            (void)client_pool_talk(&m, 1);
        if (h->wrong == 0)
            count_wrong(&m, h, tell);
    } else {
        verdict_error(c->v, "%zu connections: %s", n, strerror(errno));
    }
    client_pool_close(&m);
    return good;
}

bool hundred_before(struct context *c, struct hundred *h)
{
    bool good = server_up(c) && hundred_come(c, h, HUNDRED, NULL);

    if (good && h->wrong > 0)
        verdict_skip(c->v,
                     "%zu clients get wrong bytes before one breaks off: "
                     "see load/own-bytes",
                     h->wrong);
    else if (good && h->all < HUNDRED)
        verdict_skip(c->v,
                     "%zu of %d clients are served before one breaks "
                     "off: see load/concurrent-clients",
                     h->all, HUNDRED);
    else if (good && h->served == 0)
        verdict_skip(c->v,
                     "of %d clients at once none is served in the time of a "
                     "wait: see load/concurrent-clients",
                     HUNDRED);
    if (!good || verdict_decided(c->v))
        return false;
    if (h->served < HUNDRED)
        verdict_fact(c->v, "it serves %zu clients at a time", h->served);
    wait_asleep(c);
    return true;
}

bool hundred_serves_as_before(struct context *c, const struct hundred *before,
                              struct hundred *after, struct verdict *tell)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    size_t wrong = 0, of_others = 0;

    while (hundred_come(c, after, before->served, tell)) {
        bool proven = deadline_was_proven();

        after->wrong = wrong += after->wrong;
        after->of_others = of_others += after->of_others;
        if (after->served >= before->served)
            return true;
        if (proven || server_ended(c) || deadline_passed(d))
            break;
        pause_until(&pause, d);
    }
    return false;
}

/* A new server, to which nobody comes who breaks off, serves fewer as well: a
   hundred once, or the next hundred. What the harness could not do shows
   nothing. */
static bool serves_fewer_anyway(struct context *c, void *arg)
{
    const struct hundred *before = arg;
    struct hundred now;

    if (!server_discard(c) || server_try(c, NULL) != SUBJECT_UP)
        return false;
    if (!hundred_serves_as_before(c, before, &now, NULL))
        return !verdict_decided(c->v);
    wait_asleep(c);
    return !hundred_serves_as_before(c, before, &now, NULL) &&
           !verdict_decided(c->v);
}

void hundred_tell_unserved(struct context *c, const struct hundred *before,
                           const struct hundred *after, const char *whom)
{
    struct hundred wanted = *before;
    struct verdict aside;

    if (verdict_decided(c->v))
        return;
    verdict_expected(c->v, "%zu clients at once are served, as before %s",
                     before->served, whom);
    verdict_observed(c->v, "%zu are; one that is not: %s%s", after->served,
                     after->why,
                     server_ended(c) ? "; the server has ended" : "");
    verdict_fail(c->v, "after %s %zu of %zu clients at once are served", whom,
                 after->served, before->served);
    if (c->target.attach)
        return;
    if (context_try(c, &aside, serves_fewer_anyway, &wanted))
        verdict_excuse(c->v,
                       "without %s, too, fewer than %zu clients at once are "
                       "served: see load/concurrent-clients",
                       whom, before->served);
    verdict_free(&aside);
}
