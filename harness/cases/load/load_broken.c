/* SPDX-License-Identifier: MIT */
/* load/: what is left of clients that broke off by the thousand, or while much
   was owed to them, is nobody else's. A hundred come at once before them, and a
   hundred after: whatever differs is their doing. */
#include "cases/load/load.h"

#include "kit/backpressure.h"
#include "kit/needs.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    BROKEN = 3000,
    BROKEN_BATCH = 120,
    MOST_MS = 20000, /* for them */
    CLIENTS = 100,
    DEBTORS = 16,
    BATCH = 8,
    ENOUGH = 16 /* bytes, to be known by */
};

/* ---- a hundred at once ---- */

struct hundred {
    size_t served; /* at the same time */
    size_t all;    /* that have been, one after another too */
    size_t wrong;
    size_t of_others;        /* of those */
    char why[UNSERVED_TEXT]; /* of the first that was not served */
};

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

/* n at once. What was left for one may come before its answer, or after it:
   then the next answer is not its own. */
static bool hundred_come(struct context *c, struct hundred *h, size_t n,
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

/* False: decided. What fails without those who break off is not their doing. */
static bool hundred_before(struct context *c, struct hundred *h)
{
    bool good = server_up(c) && hundred_come(c, h, CLIENTS, NULL);

    if (good && h->wrong > 0)
        verdict_skip(c->v,
                     "%zu clients get wrong bytes before one breaks off: "
                     "see load/own-bytes",
                     h->wrong);
    else if (good && h->all < CLIENTS)
        verdict_skip(c->v,
                     "%zu of %d clients are served before one breaks "
                     "off: see load/concurrent-clients",
                     h->all, CLIENTS);
    else if (good && h->served == 0)
        verdict_skip(c->v,
                     "of %d clients at once none is served in the time of a "
                     "wait: see load/concurrent-clients",
                     CLIENTS);
    if (!good || verdict_decided(c->v))
        return false;
    if (h->served < CLIENTS)
        verdict_fact(c->v, "it serves %zu clients at a time", h->served);
    wait_asleep(c);
    return true;
}

/* A server may need a while to see that they are gone. All wrong answers in
   sum. */
static bool serves_as_before(struct context *c, const struct hundred *before,
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
    if (!serves_as_before(c, before, &now, NULL))
        return !verdict_decided(c->v);
    wait_asleep(c);
    return !serves_as_before(c, before, &now, NULL) && !verdict_decided(c->v);
}

/* Unless it is decided. */
static void tell_unserved(struct context *c, const struct hundred *before,
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

/* ---- load/many-resets ---- */

struct broken {
    size_t n;               /* have broken off */
    char took[BUDGET_TEXT]; /* where that are not all */
};

/* arg: a struct broken. */
static bool break_off(struct context *c, void *arg)
{
    struct budget budget = budget_of(MOST_MS, BROKEN);
    struct broken *b = arg;

    while (b->n < BROKEN && !budget_spent(&budget, b->n)) {
        if (!simple_client_round(c, BROKEN_BATCH, LEAVE_BROKEN, NULL))
            return false;
        b->n += BROKEN_BATCH;
    }
    budget_tell(&budget, "clients", b->n, b->took);
    return true;
}

static void many_resets(struct context *c)
{
    struct hundred before, after = { 0 };
    struct verdict series;
    struct broken broken = { 0 };
    size_t owed = simple_client_owed();
    bool done;

    if (!hundred_before(c, &before))
        return;
    done = context_try(c, &series, break_off, &broken);
    verdict_figure(c->v, "resets", (double)broken.n);
    if (done && simple_client_owed() == owed)
        verdict_fact(c->v, "nothing was owed to any of those that reset");
    if (!done && series.kind == VERDICT_ERROR)
        verdict_error(c->v, "%s", series.reason);
    else if (!serves_as_before(c, &before, &after, NULL))
        tell_unserved(c, &before, &after, "clients that reset");
    else if (!done)
        verdict_skip(c->v, "%s", series.reason);
    else if (broken.n < BROKEN)
        verdict_skip(c->v,
                     "after clients that reset 100 at once are served, but %s",
                     broken.took);
    else
        verdict_pass(c->v);
    verdict_free(&series);
}

/* ---- load/after-stalled-reset ---- */

/* A hundred, as many at a time as were served before: all wrong answers in sum.
   False: decided. */
static bool next_hundred(struct context *c, size_t at_a_time,
                         struct hundred *sum)
{
    struct hundred h;

    *sum = (struct hundred){ .served = at_a_time };
    for (size_t i = 0; i < CLIENTS && sum->served == at_a_time;
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
    if (!serves_as_before(c, before, &late, c->v) && late.wrong == 0) {
        tell_unserved(c, before, &late, "16 clients that did not read");
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
        come += debtors_come(c, o + i, BATCH, (uint32_t)(CLIENTS + i));
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
        verdict_observed(c->v, "%zu of %d got others", after.wrong, CLIENTS);
        verdict_fail(c->v,
                     "%zu of the next %d clients got bytes that are not theirs",
                     after.wrong, CLIENTS);
    } else {
        verdict_pass(c->v);
    }
}

static const struct test_case cases[] = {
    { "load/many-resets", MUST,
      "after 3,000 clients that reset, 100 at once are served", "UNP 5.13",
      many_resets, 500,
      "As many as before: a third resets in mid-frame, a third while it says "
      "nothing, a third with 256 KiB on their way that it does not read. Not "
      "judged where they would take more than 20 s, or 15 s of processor time.",
      "A count of clients, or a slot in a table, that is given back at the end "
      "of input and not at an error.",
      "One way out for every connection, which gives back all it took.",
      .holds = CLIENTS, .leaves_as_found = true },
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
      .holds = CLIENTS, .leaves_as_found = true },
};

const struct case_table load_broken_cases = CASE_TABLE(cases);
