/* SPDX-License-Identifier: MIT */
/* load/churn: a thousand, one after another. */
#include "cases/load/load.h"

#include "kit/shown.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

enum { CHURN = 1000, MOST_MS = 20000 };

/* A daemon may limit its clients at a time, and count one for a while that has
   left. It is at rest once it counts it no more. False: decided. */
static bool wait_for_rest(struct context *c)
{
    struct snapshot at_rest = { .n = 0 };
    bool good = wait_idle(c, &at_rest);

    snapshot_free(&at_rest);
    return good;
}

static void churn(struct context *c)
{
    bool rested = false; /* since one was refused beside others */
    char why[160], took[BUDGET_TEXT];
    struct budget budget;

    if (!server_up(c))
        return;
    budget = budget_of(MOST_MS, CHURN);
    for (uint32_t i = 0; i < CHURN; i++) {
        if (budget_spent(&budget, i)) {
            shown_leave(c, i);
            budget_tell(&budget, "clients", i, took);
            verdict_skip(c->v, "each was served, but %s", took);
            return;
        }
        if (simple_client_new(c, why, sizeof why)) {
            rested = false;
            continue;
        }
        if (!c->protocol->echo && !rested && !server_ended(c)) {
            if (!wait_for_rest(c))
                return;
            rested = true;
            i--;
            continue;
        }
        verdict_expected(c->v, "%d clients, one after another, are served",
                         CHURN);
        verdict_observed(c->v, "%u were served, then: %s%s", i, why,
                         server_ended(c) ? "; the server has ended" : "");
        verdict_fail(c->v, "client %u of %d was not served: %s", i + 1, CHURN,
                     why);
        return;
    }
    shown_leave(c, CHURN);
    verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "load/churn", MUST, "1,000 connections one after another are all served",
      "UNP 4.8", churn, 250,
      "1,000 clients, each with a frame and its echo, then close. Not judged "
      "where they would take more than 20 s, or 5 s of processor time.",
      "A table of workers or descriptors from which none is taken out.",
      "Free all that belongs to a connection when it ends.", .holds = 32,
      .leaves_as_found = true, .series = "clients in order" },
};

const struct case_table load_churn_cases = CASE_TABLE(cases);
