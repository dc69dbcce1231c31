/* SPDX-License-Identifier: MIT */
/* What a list of results comes to: status, sums, last line; JSON and back. */
#include "result/results.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>

static struct result result_of(enum verdict_kind kind, bool expected,
                               bool stale)
{
    return (struct result){
        .id = strdup("echo/one"),
        .title = strdup("one comes back"),
        .sources = strdup("RFC 862; accept(2)"),
        .kind = kind,
        .seconds = 0.25,
        .expected = expected,
        .stale = stale,
    };
}

/* One result for each letter: the letter is the initial of its outcome; a
   capital F or W is an expected one, a capital P a stale expectation. */
static void fill(struct results *rs, const char *letters)
{
    static const struct {
        char letter;
        enum verdict_kind kind;
        bool expected, stale;
    } kinds[] = {
        { 'p', VERDICT_PASS, false, false },
        { 'P', VERDICT_PASS, false, true },
        { 'f', VERDICT_FAIL, false, false },
        { 'F', VERDICT_FAIL, true, false },
        { 'w', VERDICT_WARN, false, false },
        { 'W', VERDICT_WARN, true, false },
        { 's', VERDICT_SKIP, false, false },
        { 'e', VERDICT_ERROR, false, false },
        { 'n', VERDICT_NONE, false, false },
    };

    results_init(rs);
    for (; *letters; letters++)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (kinds[i].letter == *letters)
                CHECK(
                    results_add(rs, result_of(kinds[i].kind, kinds[i].expected,
                                              kinds[i].stale)) != NULL);
}

static void a_run_comes_to_status_and_line(void)
{
    static const struct {
        const char *letters;
        bool strict;
        int status;
        const char *line;
    } runs[] = {
        { "p", false, 0, "1 passed, 0 failed" },
        { "ppf", false, 1, "2 passed, 1 failed" },
        { "ppfss", false, 1, "2 passed, 1 failed, 2 skipped" },
        { "pfse", false, 4, "1 passed, 1 failed, 1 skipped, 1 errors" },
        { "pe", false, 4, "1 passed, 0 failed, 1 errors" },
        { "pn", false, 4, "1 passed, 0 failed, 1 errors" },
        { "pw", false, 0, "2 passed, 0 failed" },
        { "pw", true, 1, "1 passed, 1 failed" },
        { "pW", true, 0, "2 passed, 0 failed" },
        { "pF", false, 0, "2 passed, 0 failed" },
        { "F", false, 0, "1 passed, 0 failed" },
        { "pP", false, 1, "1 passed, 1 failed" },
        { "w", false, 0, "1 passed, 0 failed" },
        { "", false, 4, "0 passed, 0 failed" },
        { "ss", false, 4, "0 passed, 0 failed, 2 skipped" },
    };

    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct results rs;
        char line[160];

        fill(&rs, runs[i].letters);
        results_line(&rs, runs[i].strict, line, sizeof line);
        CHECK_STR(line, runs[i].line);
        if (results_status(&rs, runs[i].strict) != runs[i].status)
            fprintf(stderr, "run %zu (\"%s\"):\n", i, runs[i].letters);
        CHECK_INT(results_status(&rs, runs[i].strict), runs[i].status);
        results_free(&rs);
    }
}

static void each_result_counts_once(void)
{
    struct results rs;
    struct summary sum;

    fill(&rs, "pppppppPPffffffFFFWwwwwwssssenn");
    sum = results_summary(&rs);
    CHECK_INT(sum.pass, 7);
    CHECK_INT(sum.stale, 2);
    CHECK_INT(sum.fail, 6);
    CHECK_INT(sum.expected, 4);
    CHECK_INT(sum.warn, 5);
    CHECK_INT(sum.skip, 4);
    CHECK_INT(sum.error, 3);
    CHECK_INT(rs.n, 31);
    results_free(&rs);
}

static void a_long_list_stays_whole(void)
{
    struct results rs;

    results_init(&rs);
    for (int i = 0; i < 1000; i++) {
        struct result *place =
            results_add(&rs, result_of(VERDICT_PASS, false, false));

        CHECK(place != NULL);
        place->seconds = i;
    }
    CHECK_INT(rs.n, 1000);
    for (int i = 0; i < 1000; i++)
        CHECK(rs.list[i].seconds == i);
    results_free(&rs);
}

static void json_goes_there_and_back(void)
{
    struct result r = result_of(VERDICT_WARN, true, false), back;
    json_t *object, *sources;

    r.level = SHOULD;
    r.reason = strdup("4 more zombies");
    r.mistake = strdup("waitpid once");
    r.mend = strdup("waitpid in a loop");
    evidence_figure(&r.evidence, "zombies", 4);
    object = result_to_json(&r);
    CHECK_STR(json_string_value(json_object_get(object, "level")), "should");
    CHECK_STR(json_string_value(json_object_get(object, "verdict")), "warn");
    CHECK(json_is_true(json_object_get(object, "expected")));
    CHECK(json_object_get(object, "stale") == NULL);
    sources = json_object_get(object, "sources");
    CHECK_INT(json_array_size(sources), 2);
    CHECK_STR(json_string_value(json_array_get(sources, 1)), "accept(2)");
    CHECK_INT(result_from_json(object, &back), 0);
    CHECK_STR(back.id, r.id);
    CHECK_STR(back.title, r.title);
    CHECK_STR(back.sources, r.sources);
    CHECK_STR(back.reason, r.reason);
    CHECK_STR(back.mistake, r.mistake);
    CHECK_STR(back.mend, r.mend);
    CHECK_INT(back.kind, VERDICT_WARN);
    CHECK_INT(back.level, SHOULD);
    CHECK(back.seconds == 0.25);
    CHECK(back.expected && !back.stale);
    CHECK_INT(back.evidence.nfigures, 1);
    CHECK_STR(back.evidence.figures[0].name, "zombies");
    CHECK(back.evidence.figures[0].value == 4);
    json_decref(object);
    result_free(&r);
    result_free(&back);
}

static void no_reason_is_null(void)
{
    struct result r = result_of(VERDICT_PASS, false, true), back;
    json_t *object = result_to_json(&r);

    CHECK(json_is_null(json_object_get(object, "reason")));
    CHECK_INT(result_from_json(object, &back), 0);
    CHECK_STR(back.reason, NULL);
    CHECK(back.stale);
    json_decref(object);
    result_free(&r);
    result_free(&back);
}

static void what_is_no_result_is_refused(void)
{
    static const char *const names[] = {
        "id", "title", "level", "sources", "verdict", "seconds", "evidence",
    };
    struct result r = result_of(VERDICT_PASS, false, false), back;
    json_t *object = result_to_json(&r);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *broken = json_copy(object);

        (void)json_object_del(broken, names[i]);
        errno = 0;
        CHECK_INT(result_from_json(broken, &back), -1);
        CHECK_INT(errno, EPROTO);
        (void)json_object_set_new(broken, names[i], json_true());
        CHECK_INT(result_from_json(broken, &back), -1);
        json_decref(broken);
    }
    (void)json_object_set_new(object, "sources", json_pack("[i]", 1));
    CHECK_INT(result_from_json(object, &back), -1);
    CHECK_INT(result_from_json(NULL, &back), -1);
    json_decref(object);
    result_free(&r);
}

int main(void)
{
    a_run_comes_to_status_and_line();
    each_result_counts_once();
    a_long_list_stays_whole();
    json_goes_there_and_back();
    no_reason_is_null();
    what_is_no_result_is_refused();
    return check_result();
}
