/* SPDX-License-Identifier: MIT */
/* Each rule is told of its whole pattern and of no part of it; of several
   causes those that explain most. */
#include "judge/likely_causes.h"

#include "judge/likely_rules.h"
#include "judge/test_likely.h"

/* ---- the rules, one by one ---- */

/* No more than the rule asks for. */
static void just_enough(struct results *rs, const struct likely_rule *rule)
{
    results_init(rs);
    for (size_t i = 0; i < RULE_FAILING && rule->failing[i]; i++)
        add(rs, rule->failing[i], VERDICT_FAIL, i == 0 ? rule->says : NULL);
    for (size_t i = 0; i < RULE_PASSING && rule->passing[i]; i++)
        add(rs, rule->passing[i], VERDICT_PASS, NULL);
    for (size_t i = 0; i < rule->too_least; i++)
        add(rs, rule->too[i], VERDICT_WARN, NULL);
}

/* Whether it is told when one case has another verdict; id NULL: as it is. */
static bool told_with(const struct likely_rule *rule, const char *id,
                      enum verdict_kind kind)
{
    struct results rs;
    bool told;

    just_enough(&rs, rule);
    if (id)
        result_of(&rs, id)->kind = kind;
    likely_causes_find(&rs);
    told = cause_of(&rs, rule->cause) != NULL;
    results_free(&rs);
    return told;
}

static void told_of_its_whole_pattern_alone(void)
{
    for (size_t i = 0; i < likely_rules_n; i++) {
        const struct likely_rule *rule = &likely_rules[i];

        if (!told_with(rule, NULL, VERDICT_NONE))
            fprintf(stderr, "not told: %s\n", rule->cause);
        CHECK(told_with(rule, NULL, VERDICT_NONE));
        for (size_t k = 0; k < RULE_FAILING && rule->failing[k]; k++) {
            CHECK(!told_with(rule, rule->failing[k], VERDICT_PASS));
            CHECK(!told_with(rule, rule->failing[k], VERDICT_SKIP));
            CHECK(!told_with(rule, rule->failing[k], VERDICT_ERROR));
        }
        for (size_t k = 0; k < RULE_PASSING && rule->passing[k]; k++) {
            CHECK(!told_with(rule, rule->passing[k], VERDICT_FAIL));
            CHECK(!told_with(rule, rule->passing[k], VERDICT_SKIP));
        }
        for (size_t k = 0; k < rule->too_least; k++)
            CHECK(!told_with(rule, rule->too[k], VERDICT_PASS));
    }
}

static void a_rule_that_asks_for_words_needs_them(void)
{
    for (size_t i = 0; i < likely_rules_n; i++) {
        const struct likely_rule *rule = &likely_rules[i];
        struct results rs;
        struct result *first;

        just_enough(&rs, rule);
        first = result_of(&rs, rule->failing[0]);
        free(first->reason);
        first->reason = strdup("something else");
        likely_causes_find(&rs);
        CHECK_INT(cause_of(&rs, rule->cause) != NULL, rule->says == NULL);
        if (rule->says) { /* a fact is as good as a reason */
            evidence_fact(&first->evidence, strdup(rule->says));
            likely_causes_find(&rs);
            CHECK(cause_of(&rs, rule->cause) != NULL);
        }
        results_free(&rs);
    }
}

static void no_cause_explains_one_case_alone(void)
{
    for (size_t i = 0; i < likely_rules_n; i++) {
        const struct likely_rule *rule = &likely_rules[i];
        const struct likely_cause *c;
        struct results rs;

        just_enough(&rs, rule);
        likely_causes_find(&rs);
        c = cause_of(&rs, rule->cause);
        if (c) {
            CHECK(c->ncases >= 2);
            CHECK_STR(c->look_first, rule->failing[0]);
            CHECK_STR(c->cases[0], rule->failing[0]);
        }
        results_free(&rs);
    }
}

/* ---- several ---- */

static void what_is_expected_is_no_news(void)
{
    struct results rs;

    all_pass(&rs);
    fails(&rs, "process/no-zombies", "");
    fails(&rs, "process/simultaneous-exits", "");
    fails(&rs, "process/worker-killed", "");
    for (size_t i = 0; i < rs.n; i++)
        rs.list[i].expected = rs.list[i].kind == VERDICT_FAIL;
    likely_causes_find(&rs);
    CHECK_INT(rs.ncauses, 0);
    result_of(&rs, "process/no-zombies")->expected = false;
    likely_causes_find(&rs);
    CHECK_INT(rs.ncauses, 1);
    CHECK_INT(rs.causes[0].ncases, 3);
    results_free(&rs);
}

static void the_three_that_explain_most_are_told(void)
{
    static const char *const failing[] = {
        "process/no-zombies",    "process/simultaneous-exits",
        "process/worker-killed", "daemon/new-session",
        "daemon/no-terminal",    "daemon/survives-hangup",
        "daemon/start-time",     "daemon/inherited-fds",
        "echo/one-byte",         "echo/short-message",
        "echo/odd-sizes",        "echo/bulk",
        "echo/backpressure",
    };
    struct results rs;

    all_pass(&rs);
    for (size_t i = 0; i < sizeof failing / sizeof *failing; i++)
        fails(&rs, failing[i], "0 of 1 bytes came back, then silence");
    likely_causes_find(&rs);
    CHECK_INT(rs.ncauses, 3);
    CHECK_STR(rs.causes[0].look_first, "echo/one-byte");
    CHECK_INT(rs.causes[0].ncases, 5);
    CHECK_STR(rs.causes[1].look_first, "process/no-zombies");
    CHECK_STR(rs.causes[2].look_first, "daemon/new-session");
    results_free(&rs);
}

int main(void)
{
    told_of_its_whole_pattern_alone();
    a_rule_that_asks_for_words_needs_them();
    no_cause_explains_one_case_alone();
    what_is_expected_is_no_news();
    the_three_that_explain_most_are_told();
    return check_result();
}
