/* SPDX-License-Identifier: MIT */
/* The clients of a crowd all begin with a whole frame. Single ones go the other
   ways here; the first that is not served ends it, so that a server which
   serves none is not waited for each time. */
#include "stress/stress_state.h"

void stress_walk(const struct stress *s, enum connection_walk walk)
{
    struct connection_walked walked = { .served = 0 };
    struct speaker who = { &s->plan->protocol,
                           s->subject.address,
                           { s->plan->options->seed, 0, 0, 0 } };
    struct verdict ignored;

    if (!s->plan->target.valgrind || s->seen.ended || s->seen.harmed_by_stop)
        return;
    verdict_init(&ignored);
    (void)connection_walk(walk, &who, plan_timeout_ms(s->plan), &walked,
                          &ignored);
    verdict_free(&ignored);
}
