/* SPDX-License-Identifier: MIT */
/* Runs in the process of one job, which owns the sandbox: lets its cases run,
   and sends what came of each through the channel. It prints nothing, and job.c
   ends the process. */
#include "run/case_run.h"

#include "catalogue/catalogue.h"
#include "job/message.h"
#include "kit/needs.h"
#include "run/case_begin.h"
#include "run/shared_server.h"
#include "sandbox/sandbox_life.h"
#include "stillness/stillness.h"

/* What is known already is not asked again. false: decided (skip). */
static bool may_be_answered(const struct family *f, struct context *c,
                            bool silent)
{
    if (!silent || !f->exchange || c->test_case->silent_too)
        return true;
    verdict_skip(c->v, "one frame does not come back: see echo/one-frame");
    return false;
}

/* True if what its family needs is there. false: decided. */
static bool applies(struct context *c, const struct survey *survey)
{
    const struct family *f;

    return catalogue_find(c->test_case->id, &f) &&
           needs_of_family(f, &c->target, c->v) &&
           needs_its_protocol(f, c->test_case, c->protocol, c->v) &&
           may_be_answered(f, c, survey->silent) &&
           (!f->detaching || c->test_case->foreground_too || needs_detached(c));
}

/* Silence names who sleeps where. */
static void tell_wait(struct verdict *v)
{
    if (stillness_told()[0] &&
        (v->kind == VERDICT_FAIL || v->kind == VERDICT_WARN))
        verdict_fact(v, "%s", stillness_told());
}

/* Returns what the case came to. */
static enum verdict_kind run_one(struct context *c,
                                 const struct case_order *order, size_t i,
                                 struct shared_server *shared, int channel)
{
    int64_t from = deadline_now_ns();
    bool alone = order->n == 1;
    enum verdict_kind kind;
    struct verdict v;

    case_begin(c, order->cases[i], &v);
    if ((i > 0 || case_take_place(c, order)) && applies(c, &order->survey) &&
        (alone || c->kept || shared_server_begin(shared, c)))
        c->test_case->run(c);
    if (verdict_decided(&v))
        server_tell_late_end(c);
    scarce_error(&c->scarce, &v);
    sandbox_is_over_error(c->sandbox, &v);
    tell_wait(&v);
    kind = v.kind;
    message_result(channel, c->test_case, &v,
                   (double)(deadline_now_ns() - from) / 1e9);
    verdict_free(&v);
    return kind;
}

void case_run(const struct plan *plan, struct sandbox *sandbox, int channel,
              void *arg)
{
    const struct case_order *order = arg;
    static struct shared_server shared;
    struct context c;

    case_begin_job(&c, plan, sandbox, channel, order);
    for (size_t i = 0; i < order->n; i++) {
        enum verdict_kind kind = run_one(&c, order, i, &shared, channel);
        bool good = kind == VERDICT_PASS || kind == VERDICT_SKIP;

        if (i + 1 == order->n || (good && !c.started))
            continue;
        if (good && shared_server_is_as_found(&shared, &c))
            continue;
        /* One that is not even after the first will never be. */
        message_used_up(channel, good && shared.used == 1);
        break;
    }
    shared_server_free(&shared);
    context_end(&c);
}
