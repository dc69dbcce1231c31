/* SPDX-License-Identifier: MIT */
/* What a crowd has left: the server is looked at once it rests, and where
   something more is there, further crowds show whether it grows. */
#include "stress/stress_state.h"

#include "stress/burst.h"
#include "target/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ROUND_RESETS = 48, BURST_CLIENTS = 16, MORE_ROUNDS = 2 };

static void rest(struct stress *s, const struct snapshot *before,
                 struct round_seen *round)
{
    round->rest = snapshot_when_idle(&s->subject, before, stress_timeout_ms(s),
                                     &round->at_rest, &s->audit.seconds);
    round->done = round->rest != IDLE_TROUBLE;
    if (round->rest == IDLE_ENDED)
        s->seen.ended = true;
}

/* A further crowd, only to compare what it leaves with what the last one
   left. */
static void further_round(struct stress *s, uint32_t clients, uint32_t resets,
                          uint32_t number, const struct snapshot *before,
                          struct round_seen *round)
{
    struct crowd_order o = stress_order(s);
    enum crowd_state end;
    struct crowd c;

    o.clients = clients;
    o.resets = resets;
    o.frames = 1;
    o.round = number;
    if (crowd_start(&c, &o) < 0 ||
        pid_list_add(&s->subject.not_ours, c.pid) < 0) {
        snprintf(round->broken, sizeof round->broken, "%s", strerror(errno));
    } else {
        end = crowd_wait_gate(&c);
        if (end == CROWD_THERE) {
            crowd_open_gate(&c);
            end = crowd_wait_end(&c);
        }
        if (end == CROWD_TROUBLE)
            snprintf(round->broken, sizeof round->broken, "%s",
                     crowd_broken(&c));
    }
    crowd_free(&c);
    rest(s, before, round);
}

/* At rest it waits in a call that the stop may interrupt. */
static bool stop_harms(struct stress *s)
{
    char why[160];

    if (!stress_client(s, UINT32_MAX, why, sizeof why))
        return false;
    rest(s, &s->seen.before, &s->seen.first);
    burst_stop_alone(&s->subject, deadline_in(stress_timeout_ms(s)));
    s->seen.harmed_by_stop = !stress_client(s, UINT32_MAX, why, sizeof why);
    return s->seen.harmed_by_stop;
}

/* The crowd's workers may have ended one by one, and then a server that reaps
   one for each SIGCHLD is not found out. So here some end at one moment for
   certain. Only if there are workers, and none has been left so far, and if it
   lives through the stop alone. */
static void end_together(struct stress *s)
{
    struct round_seen *first = &s->seen.first;

    if ((s->model != MODEL_FORK && s->model != MODEL_EXEC) ||
        s->plan->target.attach || first->rest != IDLE || stop_harms(s))
        return;
    if (burst_exits(&s->subject, &s->plan->protocol, &first->at_rest,
                    s->plan->options->seed, BURST_CLIENTS,
                    deadline_in(stress_timeout_ms(s))) > 0)
        rest(s, &s->seen.before, first);
}

/* A pool may grow in any round, to as many as were ever used at once; what is
   lost with each of so many clients grows in every one. */
static void grow_on(struct stress *s)
{
    struct stress_seen *seen = &s->seen;

    for (int i = 0; i < MORE_ROUNDS && !seen->ended && !seen->plain.broken[0] &&
                    judge_stress_still_grows(seen);
         i++) {
        snapshot_free(&seen->earlier.at_rest);
        seen->earlier = seen->plain;
        seen->plain = (struct round_seen){ .done = false };
        further_round(s, s->crowd.plan->clients, 0, 1, &seen->earlier.at_rest,
                      &seen->plain);
    }
}

void stress_audits(struct stress *s)
{
    struct stress_seen *seen = &s->seen;

    rest(s, &seen->before, &seen->first);
    end_together(s);
    if (!judge_stress_is_suspicious(seen))
        return;
    further_round(s, s->crowd.plan->clients, 0, 1, &seen->first.at_rest,
                  &seen->plain);
    grow_on(s);
    if (seen->ended)
        return;
    seen->nresets = ROUND_RESETS;
    further_round(s, 1, ROUND_RESETS, 2, &seen->plain.at_rest, &seen->resets);
}

void stress_sum_up(struct stress *s)
{
    static struct leaked_fd leaked[64];
    const struct stress_seen *seen = &s->seen;

    if (!seen->first.done || seen->ended || !s->subject.server)
        return;
    audit_sum_up(&s->subject, &seen->before, &seen->first.at_rest, &s->audit);
    s->audit.leaked = leaked;
    if (seen->plain.done)
        s->audit.nleaked = audit_leaked(&s->subject, judge_stress_base(seen),
                                        &seen->plain.at_rest, leaked, 64);
}
