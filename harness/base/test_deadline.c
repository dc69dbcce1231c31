/* SPDX-License-Identifier: MIT */
/* What is done again and again ends once it is plain that it takes too long. A
   busy machine makes a look come late, so what must not be spent yet is asked
   only where a look after it shows that it was not. */
#include "base/check.h"
#include "base/deadline.h"

enum { MS = 300, ALL = 1000 };

static void use(const struct budget *b, double s)
{
    struct pause pause = { 0 };

    while (budget_used_s(b) < s)
        pause_until(&pause, deadline_in(1000));
}

static void is_spent_by_its_time(void)
{
    struct budget b = budget_of(MS, ALL);
    bool spent = budget_spent(&b, ALL);

    if (budget_used_s(&b) < MS / 1e3)
        CHECK_INT(spent, false);
    use(&b, MS / 1e3);
    CHECK_INT(budget_spent(&b, ALL), true);
}

static void is_spent_early_at_too_slow_a_pace(void)
{
    struct budget b = budget_of(MS, ALL);
    bool none, slow, quick;

    slow = budget_spent(&b, 1);
    if (budget_used_s(&b) < MS / 6e3)
        CHECK_INT(slow, false);
    use(&b, MS / 6e3);
    CHECK_INT(budget_spent(&b, 1), true);
    none = budget_spent(&b, 0);
    quick = budget_spent(&b, ALL - 1);
    if (budget_used_s(&b) < MS / 1e3) {
        CHECK_INT(none, false);
        CHECK_INT(quick, false);
    }
}

int main(void)
{
    is_spent_by_its_time();
    is_spent_early_at_too_slow_a_pace();
    return check_result();
}
