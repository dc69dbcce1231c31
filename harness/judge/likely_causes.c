/* SPDX-License-Identifier: MIT */
/* Tries the rules one after another on the verdicts. It knows no case itself:
   which failures belong together stands in likely_rules.c alone. */
#include "judge/likely_causes.h"

#include "judge/likely_rules.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(RULE_FAILING + RULE_TOO <= LIKELY_CASES, "a cause has room");

/* What was found so far: of each result, whether a cause explains it. */
struct search {
    const struct results *rs;
    bool *explained;
};

static bool has_failed(const struct result *r)
{
    return r->kind == VERDICT_FAIL || r->kind == VERDICT_WARN;
}

/* The place of a case in the results; rs->n: it is not there. */
static size_t place_of(const struct results *rs, const char *id)
{
    size_t i = 0;

    while (i < rs->n && strcmp(rs->list[i].id, id) != 0)
        i++;
    return i;
}

/* The place of a case that has failed and has no cause yet; rs->n: none. */
static size_t open_failure(const struct search *s, const char *id)
{
    size_t i = place_of(s->rs, id);

    return i < s->rs->n && has_failed(&s->rs->list[i]) && !s->explained[i]
               ? i
               : s->rs->n;
}

static bool has_passed(const struct search *s, const char *id)
{
    size_t i = place_of(s->rs, id);

    return i < s->rs->n && s->rs->list[i].kind == VERDICT_PASS;
}

static bool holds(const char *text, const char *words)
{
    return text && strcasestr(text, words) != NULL;
}

static bool says(const struct result *r, const char *words)
{
    bool found =
        !words || holds(r->reason, words) || holds(r->evidence.observed, words);

    for (size_t i = 0; !found && i < r->evidence.nfacts; i++)
        found = holds(r->evidence.facts[i], words);
    return found;
}

static bool all_failed(const struct search *s, const struct likely_rule *rule)
{
    bool said = !rule->says;

    for (size_t i = 0; i < RULE_FAILING && rule->failing[i]; i++) {
        size_t at = open_failure(s, rule->failing[i]);

        if (at == s->rs->n)
            return false;
        said = said || says(&s->rs->list[at], rule->says);
    }
    return said;
}

static bool all_passed(const struct search *s, const struct likely_rule *rule)
{
    for (size_t i = 0; i < RULE_PASSING && rule->passing[i]; i++)
        if (!has_passed(s, rule->passing[i]))
            return false;
    return true;
}

static bool enough_failed(const struct search *s,
                          const struct likely_rule *rule)
{
    size_t n = 0;

    for (size_t i = 0; i < RULE_TOO && rule->too[i]; i++)
        n += open_failure(s, rule->too[i]) < s->rs->n;
    return n >= rule->too_least;
}

/* Add the case to what c explains, where it has failed. True if that was not
   expected. */
static bool explain(struct search *s, const char *id, struct likely_cause *c)
{
    size_t i = open_failure(s, id);

    if (i == s->rs->n)
        return false;
    s->explained[i] = true;
    c->cases[c->ncases++] = id;
    return !s->rs->list[i].expected;
}

/* True where the rule applies and tells something new; c is then filled. */
static bool apply(struct search *s, const struct likely_rule *rule,
                  struct likely_cause *c)
{
    bool new = false;

    if (!all_failed(s, rule) || !all_passed(s, rule) || !enough_failed(s, rule))
        return false;
    *c = (struct likely_cause){ .cause = rule->cause,
                                .look_first = rule->failing[0] };
    for (size_t i = 0; i < RULE_FAILING && rule->failing[i]; i++)
        new |= explain(s, rule->failing[i], c);
    for (size_t i = 0; i < RULE_TOO && rule->too[i]; i++)
        new |= explain(s, rule->too[i], c);
    return new;
}

/* Keep those that explain most; of equals the one that was found first. */
static void keep(struct results *rs, const struct likely_cause *c)
{
    size_t i = rs->ncauses;

    while (i > 0 && rs->causes[i - 1].ncases < c->ncases)
        i--;
    if (i == LIKELY_CAUSES)
        return;
    if (rs->ncauses < LIKELY_CAUSES)
        rs->ncauses++;
    memmove(&rs->causes[i + 1], &rs->causes[i],
            (rs->ncauses - 1 - i) * sizeof *rs->causes);
    rs->causes[i] = *c;
}

void likely_causes_find(struct results *rs)
{
    struct search s = { rs, calloc(rs->n ? rs->n : 1, sizeof *s.explained) };
    struct likely_cause c;

    rs->ncauses = 0;
    for (size_t i = 0; s.explained && i < likely_rules_n; i++)
        if (apply(&s, &likely_rules[i], &c))
            keep(rs, &c);
    free(s.explained); /* NULL: no memory, and no cause is told */
}
