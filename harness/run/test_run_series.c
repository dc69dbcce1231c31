/* SPDX-License-Identifier: MIT */
/* Which cases share a server, and in which order all run. */
#include "run/run_series.h"

#include "base/check.h"

#include <string.h>

static const struct test_case all[] = {
    { "a/long", MUST, "", "", NULL, 900 },
    { "a/often", MUST, "", "", NULL, 0, .starts = 8 },
    { "a/plain", MUST, "", "", NULL, 0 },
    { "b/bulk", MUST, "", "", NULL, 300, .leaves_as_found = true },
    { "b/one", MUST, "", "", NULL, 0, .leaves_as_found = true },
    { "b/two", MUST, "", "", NULL, 0, .leaves_as_found = true },
};

enum { N = sizeof all / sizeof *all };

static void plan(struct series_stack *s, size_t servers, double start_s)
{
    const struct test_case *cases[N];

    for (size_t i = 0; i < N; i++)
        cases[i] = &all[i];
    CHECK(series_plan(s, cases, N, SHARE_SERVERS, servers, start_s) == 0);
}

/* The k-th to run. */
static const struct series *nth(const struct series_stack *s, size_t k)
{
    return &s->list[s->n - 1 - k];
}

static bool is(const struct series *s, size_t i, const char *id)
{
    return i < s->n && strcmp(s->cases[i]->id, id) == 0;
}

static void each_has_its_own_server(void)
{
    struct series_stack s;

    plan(&s, 0, 0);
    CHECK(s.n == N);
    for (size_t i = 0; i < s.n; i++)
        CHECK(s.list[i].n == 1 && !s.list[i].before);
    CHECK(is(nth(&s, 0), 0, "a/long"));
    CHECK(is(nth(&s, 1), 0, "b/bulk"));
    /* As dear as each other: in the order of the catalogue. */
    CHECK(is(nth(&s, 2), 0, "a/often"));
    CHECK(is(nth(&s, 5), 0, "b/two"));
    series_free(&s);
}

static void what_starts_often_is_dear_where_a_start_is(void)
{
    struct series_stack s;

    plan(&s, 0, 1);
    CHECK(is(nth(&s, 0), 0, "a/often"));
    CHECK(is(nth(&s, 1), 0, "a/long"));
    series_free(&s);
}

static void one_server_serves_in_the_order_of_the_catalogue(void)
{
    struct series_stack s;

    plan(&s, 1, 0.1);
    CHECK(s.n == 4);
    for (size_t i = 0; i < s.n; i++)
        if (s.list[i].n > 1) {
            CHECK(s.list[i].n == 3);
            CHECK(is(&s.list[i], 0, "b/bulk"));
            CHECK(is(&s.list[i], 1, "b/one"));
            CHECK(is(&s.list[i], 2, "b/two"));
        }
    series_free(&s);
}

static void several_have_as_much_to_do(void)
{
    struct series_stack s;
    size_t largest = 0;

    plan(&s, 2, 0.1);
    CHECK(s.n == 5);
    for (size_t i = 0; i < s.n; i++)
        largest = s.list[i].n > largest ? s.list[i].n : largest;
    CHECK(largest == 2); /* the one long, and the two others */
    series_free(&s);
}

static void what_is_pushed_is_next(void)
{
    struct series_stack s;
    struct series again;

    plan(&s, 0, 0);
    again = *nth(&s, 4);
    CHECK(series_push(&s, again) == 0);
    CHECK(s.n == N + 1 && is(nth(&s, 0), 0, again.cases[0]->id));
    series_free(&s);
}

static void each_part_has_its_own_server(void)
{
    static const struct test_case two[] = {
        { "a/plain", MUST, "", "", NULL, 0 },
        { "a/parts", MUST, "", "", NULL, 5, .parts = 3 },
    };
    const struct test_case *cases[] = { &two[0], &two[1] };

    for (size_t servers = 0; servers < 2; servers++) {
        struct series_stack s;

        CHECK(series_plan(&s, cases, 2, SHARE_SERVERS, servers, 0.1) == 0);
        CHECK(s.n == 4);
        for (unsigned k = 0; k < 3; k++) {
            CHECK(is(nth(&s, k), 0, "a/parts"));
            CHECK(nth(&s, k)->n == 1 && nth(&s, k)->part == k);
        }
        CHECK(is(nth(&s, 3), 0, "a/plain"));
        series_free(&s);
    }
}

/* Which cases are beside b/early on its server: as bits, in their order. */
static unsigned beside_early(enum sharing sharing, size_t servers,
                             size_t *all_series)
{
    static const struct test_case mixed[] = {
        { "b/early", MUST, "", "", NULL, 90, .leaves_as_found = true,
          .series = "s" },
        { "b/plain", MUST, "", "", NULL, 0 },
        { "b/other", MUST, "", "", NULL, 0, .leaves_as_found = true },
        { "b/later", MUST, "", "", NULL, 0, .series = "s" },
        { "b/apart", MUST, "", "", NULL, 500, .series = "t" },
        { "b/pair", MUST, "", "", NULL, 0, .series = "t" },
    };
    const struct test_case *cases[6];
    struct series_stack s;
    unsigned bits = 0;

    for (size_t i = 0; i < 6; i++)
        cases[i] = &mixed[i];
    CHECK(series_plan(&s, cases, 6, sharing, servers, 0.1) == 0);
    *all_series = s.n;
    for (size_t i = 0; i < s.n; i++)
        if (is(&s.list[i], 0, "b/early"))
            for (size_t k = 0; k < s.list[i].n; k++)
                bits |= 1u << (s.list[i].cases[k] - mixed);
    series_free(&s);
    return bits;
}

static void cases_of_one_series_share_a_server(void)
{
    size_t all_series;

    CHECK(beside_early(SHARE_SERVERS, 0, &all_series) == 011);
    CHECK_INT(all_series, 4); /* those two; plain; other; apart and pair */
    CHECK(beside_early(SHARE_SERVERS, 1, &all_series) == 015);
    CHECK_INT(all_series, 3);
    CHECK(beside_early(SHARE_NOTHING, 0, &all_series) == 1);
    CHECK_INT(all_series, 6);
}

static void one_may_be_the_first_of_its_series(void)
{
    static const struct test_case two[] = {
        { "b/many", MUST, "", "", NULL, 500, .series = "s" },
        { "p/first", MUST, "", "", NULL, 0, .series = "s",
          .series_first = true },
    };
    const struct test_case *cases[] = { &two[0], &two[1] };
    struct series_stack s;

    CHECK(series_plan(&s, cases, 2, SHARE_SERVERS, 0, 0.1) == 0);
    CHECK(s.n == 1 && s.list[0].n == 2);
    CHECK(is(&s.list[0], 0, "p/first"));
    CHECK(is(&s.list[0], 1, "b/many"));
    series_free(&s);
}

int main(void)
{
    each_has_its_own_server();
    what_starts_often_is_dear_where_a_start_is();
    one_server_serves_in_the_order_of_the_catalogue();
    several_have_as_much_to_do();
    what_is_pushed_is_next();
    each_part_has_its_own_server();
    cases_of_one_series_share_a_server();
    one_may_be_the_first_of_its_series();
    return check_result();
}
