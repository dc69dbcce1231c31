/* SPDX-License-Identifier: MIT */
/* Which parts of the evidence are kept, and in which order; JSON and back. */
#include "result/evidence_json.h"

#include "base/check.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void the_first_texts_stand(void)
{
    struct evidence e = { 0 };

    evidence_expected(&e, NULL); /* as if strdup had failed */
    evidence_expected(&e, strdup("64 bytes"));
    evidence_expected(&e, strdup("later"));
    evidence_observed(&e, strdup("EOF"));
    evidence_observed(&e, strdup("later"));
    CHECK_STR(e.expected, "64 bytes");
    CHECK_STR(e.observed, "EOF");
    CHECK_INT(e.norder, 2);
    evidence_free(&e);
    CHECK(e.expected == NULL);
}

static void many_facts_are_told_by_the_first(void)
{
    struct evidence e = { 0 };
    char text[16];

    for (int i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "pid %d", i);
        evidence_fact(&e, strdup(text));
    }
    evidence_fact(&e, NULL);
    CHECK_INT(e.nfacts, EVIDENCE_MAX_FACTS + 1);
    CHECK_STR(e.facts[0], "pid 0");
    CHECK_STR(e.facts[EVIDENCE_MAX_FACTS - 1], "pid 63");
    CHECK_STR(e.facts[EVIDENCE_MAX_FACTS], "and more, left out here");
    CHECK_INT(e.norder, 1);
    evidence_free(&e);
}

static void the_last_figure_of_a_name_counts(void)
{
    struct evidence e = { 0 };

    evidence_figure(&e, "zombies", 19);
    evidence_figure(&e, "ratio", 0.5);
    evidence_figure(&e, "zombies", 20);
    evidence_figure(&e, "zombies", NAN);
    evidence_figure(&e, "nothing", NAN);
    evidence_figure(&e, "endless", INFINITY);
    evidence_figure_json(&e, "ratio", json_real(0.25));
    evidence_figure_json(&e, "none", NULL);
    CHECK_INT(e.nfigures, 2);
    CHECK_STR(e.figures[0].name, "zombies");
    CHECK(e.figures[0].value == 20);
    CHECK(e.figures[1].value == 0.25 && !e.figures[1].other);
    evidence_figure_json(&e, "ratio", json_string("half"));
    CHECK_STR(json_string_value(e.figures[1].other), "half");
    evidence_figure(&e, "ratio", 2);
    CHECK(e.figures[1].value == 2 && !e.figures[1].other);
    evidence_free(&e);
}

static void check_difference(const char *want, size_t nwant, const char *got,
                             size_t ngot, size_t offset, const char *want_dump,
                             const char *got_dump)
{
    struct evidence e = { 0 };

    evidence_bytes(&e, want, nwant, got, ngot);
    CHECK(e.difference != NULL);
    CHECK_INT(e.difference->offset, offset);
    CHECK_INT(e.difference->expected_bytes, nwant);
    CHECK_INT(e.difference->observed_bytes, ngot);
    CHECK_STR(e.difference->expected, want_dump);
    CHECK_STR(e.difference->observed, got_dump);
    evidence_free(&e);
}

static void the_first_difference_is_shown(void)
{
    char a[200], b[200];

    check_difference(
        "abc", 3, "abX", 3, 2,
        "0000  61 62 63                                          |abc|\n"
        "0003  (end)",
        "0000  61 62 58                                          |abX|\n"
        "0003  (end)");
    check_difference(
        "ab", 2, "", 0, 0,
        "0000  61 62                                             |ab|\n"
        "0002  (end)",
        "0000  (end)");
    memset(a, 'a', sizeof a);
    memcpy(b, a, sizeof b);
    b[100] = '\033';
    check_difference(
        a, 112, b, 102, 100,
        "0050  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61 "
        " |aaaaaaaaaaaaaaaa|\n"
        "0060  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61 "
        " |aaaaaaaaaaaaaaaa|\n"
        "0070  (end)",
        "0050  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61 "
        " |aaaaaaaaaaaaaaaa|\n"
        "0060  61 61 61 61 1b 61                                 |aaaa.a|\n"
        "0066  (end)");
}

static void equal_bytes_are_no_difference(void)
{
    struct evidence e = { 0 };

    evidence_bytes(&e, "same", 4, "same", 4);
    evidence_bytes(&e, NULL, 0, NULL, 0);
    CHECK(e.difference == NULL);
    evidence_bytes(&e, "ab", 2, "aX", 2);
    evidence_bytes(&e, "ab", 2, "Xb", 2);
    CHECK_INT(e.difference->offset, 1);
    CHECK_INT(e.difference->base, 0);
    CHECK_INT(e.norder, 1);
    evidence_free(&e);
}

/* The evidence as compact JSON. */
static char *text_of(const struct evidence *e)
{
    json_t *object = evidence_to_json(e);
    char *text = json_dumps(object, JSON_COMPACT);

    json_decref(object);
    return text;
}

/* A report's bytes stay the same, whatever order a case looks in. */
static void json_keeps_the_order(void)
{
    struct evidence e = { 0 };
    char *text = text_of(&e);

    CHECK_STR(text, "{}");
    free(text);
    evidence_figure(&e, "b", 1e14);
    evidence_fact(&e, strdup("one"));
    evidence_observed(&e, strdup("EOF"));
    evidence_figure(&e, "a", 0.5);
    evidence_fact(&e, strdup("two"));
    evidence_expected(&e, strdup("64 bytes"));
    evidence_figure_json(&e, "c", json_pack("[s]", "x"));
    evidence_figure(&e, "b", -0.0);
    text = text_of(&e);
    CHECK_STR(text, "{\"b\":0,\"facts\":[\"one\",\"two\"],"
                    "\"observed\":\"EOF\",\"a\":0.5,\"expected\":\"64 bytes\","
                    "\"c\":[\"x\"]}");
    free(text);
    evidence_free(&e);
}

static void figures_are_integers_where_they_can_be(void)
{
    static const struct {
        double value;
        bool whole;
    } figures[] = {
        { 3, true },    { -4, true },    { 0.25, false },
        { 1e14, true }, { 1e15, false }, { -1e300, false },
    };

    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        struct figure figure = { .value = figures[i].value };
        json_t *value = figure_to_json(&figure);

        CHECK_INT(json_is_integer(value), figures[i].whole);
        CHECK(json_number_value(value) == figures[i].value);
        json_decref(value);
    }
}

static void json_goes_there_and_back(void)
{
    struct evidence e = { 0 }, back;
    char *there, *again;
    json_t *object;

    evidence_figure(&e, "ratio", 0.1);
    evidence_bytes_from(&e, 4096, "abc", 3, "abX", 3);
    evidence_fact(&e, strdup("pid 1"));
    evidence_expected(&e, strdup("64 bytes"));
    evidence_figure_json(&e, "nested", json_pack("{s:i}", "k", 1));
    evidence_observed(&e, strdup("EOF"));
    object = evidence_to_json(&e);
    CHECK_INT(evidence_from_json(object, &back), 0);
    there = text_of(&e);
    again = text_of(&back);
    CHECK_STR(again, there);
    CHECK_STR(back.difference->observed, e.difference->observed);
    CHECK_INT(back.difference->base, 4096);
    json_decref(object);
    free(there);
    free(again);
    evidence_free(&e);
    evidence_free(&back);
}

static void what_is_no_evidence_is_refused(void)
{
    static const char *const texts[] = {
        "[]",
        "{\"expected\": 1}",
        "{\"observed\": null}",
        "{\"facts\": {}}",
        "{\"facts\": [\"one\", 2]}",
        "{\"difference\": true}",
        "{\"difference\": {\"offset\": 1, \"expected_bytes\": 2}}",
        "{\"zombies\": 1, \"difference\": {\"offset\": \"x\"}}",
    };
    struct evidence e;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *object = json_loads(texts[i], 0, NULL);

        CHECK(object != NULL);
        errno = 0;
        CHECK_INT(evidence_from_json(object, &e), -1);
        CHECK_INT(errno, EPROTO);
        CHECK(e.nfigures == 0 && e.facts == NULL);
        json_decref(object);
    }
    CHECK_INT(evidence_from_json(NULL, &e), -1);
}

int main(void)
{
    the_first_texts_stand();
    many_facts_are_told_by_the_first();
    the_last_figure_of_a_name_counts();
    the_first_difference_is_shown();
    equal_bytes_are_no_difference();
    json_keeps_the_order();
    figures_are_integers_where_they_can_be();
    json_goes_there_and_back();
    what_is_no_evidence_is_refused();
    return check_result();
}
