/* SPDX-License-Identifier: MIT */
/* load/churn: a thousand, one after another. */
#include "cases/load/load.h"

#include "kit/simple_client.h"

enum { CHURN = 1000 };

void load_churn(struct context *c)
{
    char why[96];

    if (!server_up(c))
        return;
    for (uint32_t i = 0; i < CHURN; i++) {
        if (simple_client_new(c, why, sizeof why))
            continue;
        verdict_expected(c->v, "%d clients, one after another, are served",
                         CHURN);
        verdict_observed(c->v, "%u were served, then: %s%s", i, why,
                         server_ended(c) ? "; the server has ended" : "");
        verdict_fail(c->v, "client %u of %d was not served: %s", i + 1, CHURN,
                     why);
        return;
    }
    verdict_pass(c->v);
}
