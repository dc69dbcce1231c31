/* SPDX-License-Identifier: MIT */
/* What the parts of a case come to. */
#include "run/run_parts.h"

#include "base/check.h"

#include <string.h>

static struct results seen;

/* True if it was the last of three. */
static bool comes(const char *id, enum verdict_kind kind, const char *reason,
                  double seconds, struct result *whole)
{
    static unsigned part;
    struct result r = { .id = strdup(id),
                        .title = strdup(""),
                        .sources = strdup(""),
                        .kind = kind,
                        .reason = reason ? strdup(reason) : NULL,
                        .seconds = seconds,
                        .part = part++ };
    bool last = parts_are_whole(&seen, &r, 3);

    if (last)
        *whole = r;
    return last;
}

static void all_pass(void)
{
    struct result whole;

    CHECK(!comes("a", VERDICT_PASS, NULL, 3, &whole));
    CHECK(!comes("a", VERDICT_PASS, NULL, 1, &whole));
    CHECK(comes("a", VERDICT_PASS, NULL, 2, &whole));
    CHECK(whole.kind == VERDICT_PASS && whole.seconds == 3);
    CHECK(seen.n == 0);
    result_free(&whole);
}

static void the_heaviest_stands(void)
{
    static const enum verdict_kind kinds[] = { VERDICT_PASS, VERDICT_SKIP,
                                               VERDICT_ERROR, VERDICT_FAIL };
    struct result whole;

    for (size_t k = 1; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t at = 0; at < 3; at++) {
            bool last = false;

            for (size_t i = 0; i < 3; i++)
                last = comes("a", kinds[i == at ? k : k - 1],
                             i == at ? "this" : "another", 1, &whole);
            CHECK(last && whole.kind == kinds[k]);
            CHECK_STR(whole.reason, "this");
            result_free(&whole);
        }
}

static void of_equal_ones_the_first_part_stands(void)
{
    struct result r[3], whole;

    for (unsigned i = 0; i < 3; i++)
        r[i] = (struct result){ .id = strdup("a"),
                                .kind = i ? VERDICT_FAIL : VERDICT_PASS,
                                .reason = strdup(i == 1 ? "first" : "second"),
                                .part = i };
    CHECK(!parts_are_whole(&seen, &r[2], 3));
    CHECK(!parts_are_whole(&seen, &r[1], 3));
    whole = r[0];
    CHECK(parts_are_whole(&seen, &whole, 3));
    CHECK_STR(whole.reason, "first");
    result_free(&whole);
}

static void other_cases_wait_on(void)
{
    struct result whole;

    CHECK(!comes("b", VERDICT_FAIL, "of b", 1, &whole));
    CHECK(!comes("a", VERDICT_PASS, NULL, 1, &whole));
    CHECK(!comes("b", VERDICT_PASS, NULL, 1, &whole));
    CHECK(!comes("a", VERDICT_PASS, NULL, 1, &whole));
    CHECK(comes("a", VERDICT_PASS, NULL, 1, &whole));
    CHECK(whole.kind == VERDICT_PASS && seen.n == 2);
    result_free(&whole);
    CHECK(comes("b", VERDICT_PASS, NULL, 1, &whole));
    CHECK_STR(whole.reason, "of b");
    result_free(&whole);
}

int main(void)
{
    results_init(&seen);
    all_pass();
    the_heaviest_stands();
    of_equal_ones_the_first_part_stands();
    other_cases_wait_on();
    results_free(&seen);
    return check_result();
}
