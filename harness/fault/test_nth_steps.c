/* SPDX-License-Identifier: MIT */
/* One seed is one sample, though chance makes a call more or less. */
#include "fault/nth_steps.h"

#include "base/check.h"

#include <errno.h>

enum { SEED = 7 };

static const struct nth_choice all = { 0 };

/* The sample of a session with so many of each call. */
static struct nth_steps sample(long accepts, long recvs, long eintr)
{
    struct nth_steps s = { 0 };

    CHECK_INT(nth_steps_add(&s, &all, SEED, CALL_ACCEPT, accepts, eintr), 0);
    CHECK_INT(nth_steps_add(&s, &all, SEED, CALL_RECV, recvs, eintr), 0);
    CHECK_INT(nth_steps_add(&s, &all, SEED, CALL_SETSID, 1, 0), 0);
    nth_steps_draw(&s);
    return s;
}

static bool has(const struct nth_steps *s, const struct nth_step *step)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->step[i].kind == step->kind && s->step[i].n == step->n &&
            s->step[i].error == step->error)
            return true;
    return false;
}

static void each_kind_is_there(void)
{
    struct nth_steps s = sample(4, 60, 0);
    bool seen[CALL_KINDS] = { false };

    CHECK_INT(s.n, 12);
    for (size_t i = 0; i < s.n; i++)
        seen[s.step[i].kind] = true;
    CHECK(seen[CALL_ACCEPT] && seen[CALL_RECV] && seen[CALL_SETSID]);
    nth_steps_free(&s);
}

static void a_call_more_changes_its_own_steps_alone(void)
{
    for (long n = 5; n < 40; n++) {
        struct nth_steps few = sample(4, n, 0), more = sample(4, n + 1, 0);

        for (size_t i = 0; i < more.n; i++)
            CHECK(has(&few, &more.step[i]) || more.step[i].n == n + 1);
        nth_steps_free(&few);
        nth_steps_free(&more);
    }
}

static void what_cannot_be_interrupted_is_not(void)
{
    struct nth_steps s = { 0 };

    CHECK_INT(nth_steps_add(&s, &all, SEED, CALL_RECV, 5, 2), 0);
    for (size_t i = 0; i < s.n; i++)
        CHECK(s.step[i].error != EINTR || s.step[i].n <= 2);
    nth_steps_free(&s);
    CHECK_INT(nth_steps_add(&s, &all, SEED, CALL_POLL, 0, 0), 0);
    CHECK_INT(s.n, 0);
    nth_steps_draw(&s);
    CHECK_INT(s.n, 0);
}

int main(void)
{
    each_kind_is_there();
    a_call_more_changes_its_own_steps_alone();
    what_cannot_be_interrupted_is_not();
    return check_result();
}
