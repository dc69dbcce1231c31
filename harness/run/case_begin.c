/* SPDX-License-Identifier: MIT */
/* What a case finds: a place for its server, a seed, and what the survey has
   found. Nothing is started here. */
#include "run/case_begin.h"

#include "job/message.h"

#include "sandbox/sandbox_address.h"
#include "stillness/stillness.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint64_t hash(const char *text)
{
    uint64_t h = 1469598103934665603u; /* FNV-1a */

    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h;
}

/* Without a network of its own a case takes an address that no other has:
   127.64.0.0/10 holds one for each pid. */
static void own_address(struct context *c)
{
    const struct options *o = c->plan->options;
    unsigned pid = (unsigned)getpid();

    snprintf(c->ip, sizeof c->ip, "%s", c->target.ip);
    if (!c->sandbox->isolated && !o->address_given && !c->target.attach &&
        !c->target.fixed)
        snprintf(c->ip, sizeof c->ip, "127.%u.%u.%u", 64 + (pid >> 16 & 63),
                 pid >> 8 & 255, pid & 255);
    c->target.ip = c->ip;
}

bool case_take_place(struct context *c, const struct case_order *order)
{
    char why[256];

    own_address(c);
    c->port = c->target.port;
    if (c->target.attach)
        return true;
    if (sandbox_address(c->sandbox, c->target.ip, why, sizeof why) < 0) {
        verdict_error(c->v, "%s", why);
        return false;
    }
    return server_port(c, order->place * 61 + (unsigned)getpid());
}

void case_begin_job(struct context *c, const struct plan *plan,
                    struct sandbox *sandbox, int channel,
                    const struct case_order *order)
{
    memset(c, 0, sizeof *c);
    c->taken.claim = -1;
    c->plan = plan;
    c->sandbox = sandbox;
    c->channel = channel;
    c->slept = message_slept;
    c->target = plan->target;
    c->protocol = &plan->protocol;
    c->starts = order->survey.starts;
    c->model = order->survey.model;
    c->stays = order->survey.stays;
    c->start_s = order->survey.start_s;
    c->part = order->part;
    c->must_detach = plan->options->daemon;
}

void case_begin(struct context *c, const struct test_case *test_case,
                struct verdict *v)
{
    verdict_init(v);
    c->v = v;
    c->test_case = test_case;
    c->seed = c->plan->options->seed;
    c->reply_bytes = FRAME_BYTES;
    c->unserved = NULL;
    if (test_case)
        c->seed ^= hash(test_case->id);
    stillness_begin();
    scarce_begin(&c->scarce);
    server_watch_failures(c);
}
