/* SPDX-License-Identifier: MIT */
/* The time that a target sleeps is told while it goes by, all of it, and once.
 */
#include "base/check.h"
#include "base/deadline.h"
#include "kit/context.h"

static double told_s;
static int messages;

static void tell(int channel, double seconds)
{
    CHECK_INT(channel, 7);
    told_s += seconds;
    messages++;
}

static struct context c = { .channel = 7, .slept = tell };

static bool is_all_since(int64_t before, int64_t from)
{
    double s = (double)(from - before) / 1e9;

    return told_s > s - 1e-6 && told_s < s + 1e-6;
}

static void what_has_gone_by_is_told_once(void)
{
    int64_t from = deadline_now_ns() - INT64_C(3000000000);
    int64_t before = from;

    told_s = 0;
    messages = 0;
    context_slept(&c, &from);
    CHECK_INT(messages, 1);
    CHECK(told_s >= 3 && is_all_since(before, from));
    context_slept(&c, &from);
    CHECK(is_all_since(before, from));
}

static void little_is_told_with_what_follows(void)
{
    int64_t from = deadline_now_ns() - INT64_C(300000000);
    int64_t before = from;

    told_s = 0;
    messages = 0;
    context_slept(&c, &from);
    if (deadline_now_ns() - before < INT64_C(500000000)) {
        CHECK_INT(messages, 0);
        CHECK(from == before);
    }
    from -= INT64_C(300000000);
    context_slept(&c, &from);
    CHECK(messages >= 1);
    CHECK(told_s >= 0.6);
}

static void nobody_need_be_told(void)
{
    struct context alone = { 0 };
    int64_t from = deadline_now_ns() - INT64_C(3000000000);

    context_slept(&alone, &from);
    CHECK(deadline_now_ns() - from < INT64_C(3000000000));
}

int main(void)
{
    what_has_gone_by_is_told_once();
    little_is_told_with_what_follows();
    nobody_need_be_told();
    return check_result();
}
