/* SPDX-License-Identifier: MIT */
#include "run/shared_server.h"

enum { REST_MS = 300 };

/* For longer no server is waited for: another start is cheaper. */
static double rest_ms(const struct context *c)
{
    return c->start_s * 1000 > REST_MS ? c->start_s * 1000 : REST_MS;
}

static bool has_all_of(const struct snapshot *a, const struct snapshot *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (!snapshot_find(a, &b->process[i]))
            return false;
    return true;
}

bool shared_server_begin(struct shared_server *s, struct context *c)
{
    double ignored = 0;

    *s = (struct shared_server){ .used = 0 };
    if (!server_up(c))
        return false;
    s->server = c->subject.server;
    /* Whatever it is, the first case may have it. */
    (void)snapshot_when_idle(&c->subject, NULL, rest_ms(c), &s->baseline,
                             &ignored);
    c->kept = true;
    c->shown = &s->shown;
    return true;
}

static bool is_in_use(const struct context *c, const struct shared_server *s)
{
    return c->kept && c->started && !c->ends_it &&
           c->subject.server == s->server;
}

/* Nothing more than before, and nothing less: a process that was replaced has
   ended for some reason. */
static bool is_equal(struct shared_server *s, struct context *c,
                     struct snapshot *now)
{
    struct growth g = audit_growth(&c->subject, &s->baseline, now);
    bool grows = g.threads > 0 || g.fds > 0;

    return has_all_of(now, &s->baseline) && has_all_of(&s->baseline, now) &&
           (!grows || s->used == 1);
}

bool shared_server_is_as_found(struct shared_server *s, struct context *c)
{
    /* What the first client costs is not known yet. */
    const struct snapshot *before = s->used ? &s->baseline : NULL;
    struct snapshot now = { .n = 0 };
    bool same;

    s->used++;
    same = is_in_use(c, s) && !server_ended(c) &&
           subject_listens(&c->subject) &&
           server_rests(c, before, rest_ms(c), &now) && is_equal(s, c, &now);
    if (same && s->used == 1) {
        snapshot_free(&s->baseline);
        s->baseline = now;
    } else {
        snapshot_free(&now);
    }
    if (same)
        shown_look(c, rest_ms(c));
    return same;
}

void shared_server_free(struct shared_server *s)
{
    snapshot_free(&s->baseline);
    shown_free(&s->shown);
}
