/* SPDX-License-Identifier: MIT */
/* How long a run and a case may take. */
#include "run/run_limit.h"

#include "base/check.h"

static struct options conform(void)
{
    return (struct options){ .command = COMMAND_CONFORM,
                             .timeout = 5,
                             .timeout_scale = 1 };
}

static void what_is_given_holds_whatever_else_is(void)
{
    struct options o = conform();

    o.run_timeout = 7;
    o.valgrind = true;
    o.timeout_scale = 3;
    CHECK(run_limit(&o, 88, 4, 3) == 7);
    o.command = COMMAND_STRESS;
    CHECK(run_limit(&o, 0, 1, 0) == 7);
}

static void the_default_grows_with_a_start_and_the_cases(void)
{
    struct options o = conform();

    CHECK(run_limit(&o, 88, 4, 0) == 60);
    CHECK(run_limit(&o, 88, 4, 3) == 60 + 2 * 88 * 3 / 4.0);
    CHECK(run_limit(&o, 10, 1, 0.5) == 70);
    o.timeout_scale = 3;
    CHECK(run_limit(&o, 10, 1, 0.5) == 210);
    o.timeout_scale = 1;
    o.valgrind = true;
    CHECK(run_limit(&o, 10, 1, 0.5) == 1400);
}

static void the_default_of_stress_is_valgrinds_too(void)
{
    struct options o = { .command = COMMAND_STRESS, .timeout_scale = 1 };

    CHECK(run_limit(&o, 0, 1, 3) == 600);
    o.valgrind = true;
    CHECK(run_limit(&o, 0, 1, 3) == 600);
    o.timeout_scale = 2;
    CHECK(run_limit(&o, 0, 1, 3) == 1200);
}

static void a_case_has_time_for_its_starts(void)
{
    struct options o = conform();

    CHECK(run_case_limit(&o, 0, 0) == 30);
    CHECK(run_case_limit(&o, 500, 0) == 35);
    /* fault/nth-call starts the server thirteen times. */
    CHECK(run_case_limit(&o, 0, 3) > 13 * 3 + 30);
    o.valgrind = true;
    CHECK(run_case_limit(&o, 0, 0) == 600);
}

int main(void)
{
    what_is_given_holds_whatever_else_is();
    the_default_grows_with_a_start_and_the_cases();
    the_default_of_stress_is_valgrinds_too();
    a_case_has_time_for_its_starts();
    return check_result();
}
