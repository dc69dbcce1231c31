/* SPDX-License-Identifier: MIT */
/* For the tests of likely causes: results that are made up. */
#ifndef TEST_LIKELY_H
#define TEST_LIKELY_H

#include "judge/likely_causes.h"

#include "base/check.h"
#include "judge/likely_rules.h"

#include <stdlib.h>

static inline bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static inline void add(struct results *rs, const char *id,
                       enum verdict_kind kind, const char *reason)
{
    struct result r = { .id = strdup(id), .kind = kind };

    r.reason = reason ? strdup(reason) : NULL;
    CHECK(results_add(rs, r) != NULL);
}

static inline struct result *result_of(struct results *rs, const char *id)
{
    for (size_t i = 0; i < rs->n; i++)
        if (strcmp(rs->list[i].id, id) == 0)
            return &rs->list[i];
    return NULL;
}

static inline void pass(struct results *rs, const char *const *id, size_t n)
{
    for (size_t i = 0; i < n && id[i]; i++)
        if (!result_of(rs, id[i]))
            add(rs, id[i], VERDICT_PASS, NULL);
}

/* Every case that a rule names has passed; the others are nothing to it. */
static inline void all_pass(struct results *rs)
{
    results_init(rs);
    for (size_t i = 0; i < likely_rules_n; i++) {
        pass(rs, likely_rules[i].failing, RULE_FAILING);
        pass(rs, likely_rules[i].passing, RULE_PASSING);
        pass(rs, likely_rules[i].too, RULE_TOO);
    }
}

static inline void fails(struct results *rs, const char *id, const char *reason)
{
    struct result *r = result_of(rs, id);

    if (!r) /* no rule names it */
        return;
    r->kind = VERDICT_FAIL;
    free(r->reason);
    r->reason = strdup(reason);
}

static inline const struct likely_cause *cause_of(const struct results *rs,
                                                  const char *cause)
{
    for (size_t i = 0; i < rs->ncauses; i++)
        if (begins(rs->causes[i].cause, cause))
            return &rs->causes[i];
    return NULL;
}

#endif
