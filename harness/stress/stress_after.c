/* SPDX-License-Identifier: MIT */
/* What comes after the crowd, which was there all at once: clients that come as
   others leave, and some that are alone. */
#include "stress/stress_state.h"

#include "stress/overlap.h"
#include "target/snapshot.h"
#include "target/subject_listener.h"

#include <stdio.h>

enum {
    CLIENTS = 1000,
    UNDER_VALGRIND = 100, /* there each of them takes a tenth of a second */
    ALONE = 20
};

static void overlap(struct stress *s)
{
    const struct plan *p = s->plan;

    overlap_run(&s->subject, &p->protocol, p->options->seed,
                p->target.valgrind ? UNDER_VALGRIND : CLIENTS,
                OVERLAP_AT_A_TIME, stress_timeout_ms(s), &s->seen.overlap);
    s->seen.ended_by_overlap =
        s->seen.overlap.failed && subject_gone(&s->subject);
    if (s->seen.overlap.served < s->seen.overlap.clients)
        scarce_look(&s->scarce);
}

/* Whom a limit of clients at a time turned away would have been served alone.
 */
static void look_for_a_limit(struct stress *s)
{
    char why[160];

    if (s->plan->protocol.echo ||
        (crowd_count(s->crowd.plan, CROWD_DONE) == s->crowd.plan->clients &&
         !s->seen.overlap.failed))
        return;
    for (uint32_t i = 0; i < ALONE && !s->seen.refused_alone; i++) {
        struct snapshot at_rest = { .n = 0 };
        double seconds = 0;

        (void)snapshot_when_idle(&s->subject, &s->seen.before,
                                 stress_timeout_ms(s), &at_rest, &seconds);
        snapshot_free(&at_rest);
        s->seen.refused_alone =
            !stress_client(s, UINT32_MAX - 2 - i, why, sizeof why);
    }
}

void stress_come_and_go(struct stress *s)
{
    overlap(s);
    look_for_a_limit(s);
}
