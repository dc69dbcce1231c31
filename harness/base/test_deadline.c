/* SPDX-License-Identifier: MIT */
/* What is done again and again ends once it is plain that it takes too long. A
   busy machine makes a look come late, so what must not be spent yet is asked
   only where a look after it shows that it was not. */
#include "base/check.h"
#include "base/deadline.h"

#include <poll.h>

enum { MS = 300, ALL = 1000 };

static double counted_s(const struct budget *b)
{
    return (double)(b->ns - deadline_left_ns(b->counted)) / 1e9;
}

static void use(const struct budget *b, double s)
{
    struct pause pause = { 0 };

    while (counted_s(b) < s)
        pause_until(&pause, deadline_in(1000));
}

static void is_spent_by_its_time(void)
{
    struct budget b = budget_of(MS, ALL);
    bool spent = budget_spent(&b, ALL);

    if (counted_s(&b) < MS / 1e3)
        CHECK_INT(spent, false);
    use(&b, MS / 1e3);
    CHECK_INT(budget_spent(&b, ALL), true);
}

static void is_spent_early_at_too_slow_a_pace(void)
{
    struct budget b = budget_of(MS, ALL);
    bool none, slow, quick;

    slow = budget_spent(&b, 1);
    if (counted_s(&b) < MS / 6e3)
        CHECK_INT(slow, false);
    use(&b, MS / 6e3);
    CHECK_INT(budget_spent(&b, 1), true);
    none = budget_spent(&b, 0);
    quick = budget_spent(&b, ALL - 1);
    if (counted_s(&b) < MS / 1e3) {
        CHECK_INT(none, false);
        CHECK_INT(quick, false);
    }
}

/* All of the time since it was last asked, as on a machine where the target
   gets no processor. */
static int64_t all_of_it(int64_t overslept_ns)
{
    static int64_t asked_ns;
    int64_t now = deadline_now_ns(), since = asked_ns ? now - asked_ns : 0;

    (void)overslept_ns;
    asked_ns = now;
    return since;
}

/* For longer than it has, as the clock on the wall goes; at a slow pace, too.
 */
static void time_that_does_not_count_is_not_used(void)
{
    static const struct patience starved = { .starved_ns = all_of_it };
    struct budget b;

    deadline_set_patience(&starved);
    b = budget_of(MS, ALL);
    for (int64_t end = deadline_now_ns() + MS * INT64_C(1200000);
         deadline_now_ns() < end;) {
        bool spent = budget_spent(&b, 1);

        (void)poll(NULL, 0, 1);
        if (spent && deadline_now_ns() < b.wall_ns) {
            CHECK(!"time that did not count was used");
            break;
        }
    }
    while (deadline_now_ns() < b.wall_ns)
        (void)poll(NULL, 0, 10);
    CHECK_INT(budget_spent(&b, ALL), true);
    deadline_set_patience(NULL);
}

static int64_t contended_ns;

static int64_t contended(void)
{
    return contended_ns;
}

/* Somebody waited for a processor: there is more time, but not for ever. */
static void a_busy_machine_gives_more_time(void)
{
    static const struct patience patience = { .starved_ns = all_of_it,
                                              .contended_ns = contended };
    struct budget b;
    int64_t last_ns;

    deadline_set_patience(&patience);
    contended_ns =
        INT64_C(1000000000000); /* that of before is not this one's */
    b = budget_of(MS, ALL);
    last_ns = b.wall_ns;
    while (deadline_now_ns() < last_ns)
        (void)poll(NULL, 0, 10);
    contended_ns += 1000 * b.ns;
    if (deadline_now_ns() < last_ns + b.ns / 2)
        CHECK_INT(budget_spent(&b, ALL), false);
    while (deadline_now_ns() < last_ns + b.ns)
        (void)poll(NULL, 0, 10);
    CHECK_INT(budget_spent(&b, ALL), true);
    deadline_set_patience(NULL);
}

static int64_t used_ns;

static int64_t used(void)
{
    return used_ns;
}

/* It has used ms more. */
static bool spent_with(struct budget *b, double ms, size_t done)
{
    int64_t looked_ns = b->look_ns;

    used_ns += (int64_t)(ms * 1e6);
    while (deadline_now_ns() < looked_ns)
        (void)poll(NULL, 0, 10);
    return budget_spent(b, done);
}

/* As long as no wait counts: what it uses of the processors does. */
static void processor_time_is_used(void)
{
    static const struct patience patience = { .starved_ns = all_of_it,
                                              .used_ns = used };
    char text[BUDGET_TEXT];
    struct budget b;

    deadline_set_patience(&patience);
    used_ns = INT64_C(1000000000000); /* that of before is not this one's */
    b = budget_of(1e6, ALL);
    CHECK_INT(spent_with(&b, 0, 1), false);
    CHECK_INT(spent_with(&b, 599, 1), false); /* that tells no pace yet */
    CHECK_INT(spent_with(&b, 2, ALL / 2), false);
    CHECK_INT(spent_with(&b, 0, 120), false); /* 5 ms each */
    CHECK_INT(spent_with(&b, 599, 120), true);
    budget_tell(&b, "clients", 120, text);
    CHECK_STR(text, "120 of 1000 clients took 1.2 s of processor time, and all "
                    "would take more than 5 s");
    CHECK_INT(spent_with(&b, 4900, ALL), false);
    CHECK_INT(spent_with(&b, 200, ALL), true);
    deadline_set_patience(NULL);
}

int main(void)
{
    is_spent_by_its_time();
    is_spent_early_at_too_slow_a_pace();
    time_that_does_not_count_is_not_used();
    a_busy_machine_gives_more_time();
    processor_time_is_used();
    return check_result();
}
