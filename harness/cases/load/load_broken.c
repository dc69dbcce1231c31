/* SPDX-License-Identifier: MIT */
/* load/: what is left of clients that broke off by the thousand, or while much
   was owed to them, is nobody else's. A hundred come at once before them, and a
   hundred after: whatever differs is their doing. */
#include "cases/load/load.h"
#include "cases/load/load_hundred.h"

#include "kit/backpressure.h"
#include "kit/needs.h"
#include "kit/shown.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

enum {
    BROKEN = 3000,
    BROKEN_BATCH = 120,
    WAYS = 3, /* in which they do */
    TIMES = 3,
    MOST_MS = 20000, /* for them */
    DEBTORS = 16,
    BATCH = 8
};

/* ---- load/many-resets ---- */

struct broken {
    size_t n, owed;         /* have broken off; while much was owed to them */
    size_t before;          /* of both, by the case before (kit/shown.h) */
    char took[BUDGET_TEXT]; /* where that are not all */
};

/* A third of all is owed much, whether in this case or before it.
   arg: a struct broken. */
static bool break_off(struct context *c, void *arg)
{
    struct broken *b = arg;
    size_t first = b->n = b->owed = b->before;
    struct budget budget = budget_of(MOST_MS, BROKEN - first);

    while (b->n < BROKEN && !budget_spent(&budget, b->n - first)) {
        bool owed = b->owed < BROKEN / WAYS;

        if (!simple_client_round(c, BROKEN_BATCH,
                                 owed ? LEAVE_BROKEN : LEAVE_UNOWED, NULL))
            return false;
        b->n += BROKEN_BATCH;
        b->owed += owed ? BROKEN_BATCH / WAYS : 0;
    }
    budget_tell(&budget, "clients", b->n - first, b->took);
    return true;
}

/* Asked by itself, on a server to which none came before. False: decided. */
static bool alone(struct context *c, struct hundred *before)
{
    struct hundred after = { 0 };
    struct verdict series;
    struct broken broken = { 0 };
    size_t owed = simple_client_owed();
    bool done;

    if (!hundred_before(c, before))
        return false;
    done = context_try(c, &series, break_off, &broken);
    verdict_figure(c->v, "resets", (double)broken.n);
    if (done && simple_client_owed() == owed)
        verdict_fact(c->v, "nothing was owed to any of those that reset");
    if (!done && series.kind == VERDICT_ERROR)
        verdict_error(c->v, "%s", series.reason);
    else if (!hundred_serves_as_before(c, before, &after, NULL))
        hundred_tell_unserved(c, before, &after, "clients that reset");
    else if (!done)
        verdict_skip(c->v, "%s", series.reason);
    else if (broken.n < BROKEN)
        verdict_skip(c->v,
                     "after clients that reset 100 at once are served, but %s",
                     broken.took);
    verdict_free(&series);
    return !verdict_decided(c->v);
}

/* Where as many have reset already as process/memory-after-resets lets come,
   with much owed to them, no more come than are missing; and a hundred served
   then are as many as before, whatever that was. arg: a struct broken. */
static bool serves_after_more(struct context *c, void *arg)
{
    static const struct hundred all = { .served = HUNDRED };
    struct broken *b = arg;
    struct hundred after;

    return break_off(c, b) && b->n >= BROKEN &&
           hundred_serves_as_before(c, &all, &after, NULL) &&
           after.wrong == 0 && !verdict_decided(c->v);
}

/* What that did not show is asked three times: a defect may come and go. */
static void many_resets(struct context *c)
{
    struct hundred before = { 0 };
    struct broken broken = { .before = shown_owed(c) };
    struct verdict aside;
    int times = 1;

    if (broken.before && !c->target.attach) {
        bool good = context_try(c, &aside, serves_after_more, &broken);

        verdict_free(&aside);
        if (good) {
            verdict_figure(c->v, "resets", (double)broken.n);
            verdict_pass(c->v);
            return;
        }
        times = TIMES;
        (void)server_discard(c);
    }
    for (int i = 0; i < times; i++) {
        if (i > 0)
            (void)server_discard(c);
        if (!alone(c, &before))
            return;
        if (before.served < HUNDRED)
            break; /* that is why fewer were served at first */
    }
    verdict_pass(c->v);
}

/* ---- load/after-stalled-reset ---- */

/* A hundred, as many at a time as were served before: all wrong answers in sum.
   False: decided. */
static bool next_hundred(struct context *c, size_t at_a_time,
                         struct hundred *sum)
{
    struct hundred h;

    *sum = (struct hundred){ .served = at_a_time };
    for (size_t i = 0; i < HUNDRED && sum->served == at_a_time;
         i += at_a_time) {
        if (!hundred_come(c, &h, at_a_time, c->v))
            return false;
        sum->wrong += h.wrong;
        sum->of_others += h.of_others;
        sum->served = h.served;
    }
    return true;
}

/* The next hundred, and another where fewer of them were served than before,
   once as many are: what was left for one may have been for one of those that
   came in vain. False: decided. */
static bool both_hundreds(struct context *c, const struct hundred *before,
                          struct hundred *sum)
{
    struct hundred late = { 0 }, last = { 0 };

    if (!next_hundred(c, before->served, sum))
        return false;
    if (sum->wrong > 0 || sum->served >= before->served)
        return true;
    if (!hundred_serves_as_before(c, before, &late, c->v) && late.wrong == 0) {
        hundred_tell_unserved(c, before, &late, "16 clients that did not read");
        return false;
    }
    if (late.wrong == 0 && !next_hundred(c, before->served, &last))
        return false;
    sum->wrong = late.wrong + last.wrong;
    sum->of_others = late.of_others + last.of_others;
    return true;
}

/* In turn, so that no more come at a time than wait for an answer. Returns how
   many came. */
static size_t run_up_debts(struct context *c, struct debtor o[DEBTORS])
{
    size_t come = 0;

    for (size_t i = 0; i < DEBTORS && come == i; i += BATCH)
        come += debtors_come(c, o + i, BATCH, (uint32_t)(HUNDRED + i));
    return come;
}

static void after_stalled_reset(struct context *c)
{
    static struct debtor o[DEBTORS];
    struct hundred before, after;
    size_t come, owed;

    if (!needs_own_answers(c->protocol, c->v) || !hundred_before(c, &before))
        return;
    come = run_up_debts(c, o);
    wait_asleep(c); /* it does no more for them */
    owed = debtors_owed(o, come);
    debtors_reset(o, come);
    if (come < DEBTORS) {
        verdict_skip(c->v, "no %d clients that do not read could connect",
                     DEBTORS);
        return;
    }
    if (owed == 0) {
        verdict_skip(c->v, "nothing was owed to any of them");
        return;
    }
    wait_asleep(c); /* it has seen them leave */
    if (!both_hundreds(c, &before, &after))
        return;
    if (after.wrong > after.of_others) {
        verdict_skip(c->v,
                     "%zu clients got wrong bytes, of nobody who has "
                     "left: see load/own-bytes",
                     after.wrong - after.of_others);
    } else if (after.wrong > 0) {
        verdict_expected(c->v, "each gets its own bytes, as before 16 clients "
                               "that stopped reading and reset");
        verdict_observed(c->v, "%zu of %d got others", after.wrong, HUNDRED);
        verdict_fail(c->v,
                     "%zu of the next %d clients got bytes that are not theirs",
                     after.wrong, HUNDRED);
    } else {
        verdict_pass(c->v);
    }
}

static const struct test_case cases[] = {
    { "load/many-resets", MUST,
      "after 3,000 clients that reset, 100 at once are served", "UNP 5.13",
      many_resets, 500,
      "As many as before: a third resets in mid-frame, a third while it says "
      "nothing, a third with 256 KiB on their way that it does not read. Those "
      "of process/memory-after-resets count, on the same server. Not judged "
      "where they would take more than 20 s, or 15 s of processor time.",
      "A count of clients, or a slot in a table, that is given back at the end "
      "of input and not at an error.",
      "One way out for every connection, which gives back all it took.",
      .holds = HUNDRED, .series = "clients that reset" },
    { "load/after-stalled-reset", MUST,
      "what was owed to clients that reset reaches nobody else", "RFC 862",
      after_stalled_reset, 60,
      "16 clients send 256 KiB each and read nothing, until the server sleeps, "
      "and reset; of the next hundred, at once, each must get its own bytes "
      "twice, as a hundred did before. Under a protocol with tokens likewise.",
      "What is still to be sent is kept by the descriptor's number, or by the "
      "worker, and the next client has the same.",
      "Keep it with the connection, and drop it when that ends, however it "
      "does.",
      .holds = HUNDRED, .leaves_as_found = true },
};

const struct case_table load_broken_cases = CASE_TABLE(cases);
