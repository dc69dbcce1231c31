/* SPDX-License-Identifier: MIT */
/* Which failures together have one likely cause. A right server fails none of
   these cases, and so is never told a cause. */
#ifndef LIKELY_RULES_H
#define LIKELY_RULES_H

#include "result/likely_cause.h"

enum { RULE_FAILING = 4, RULE_PASSING = 5, RULE_TOO = 12 };

struct likely_rule {
    const char *cause;
    const char *failing[RULE_FAILING]; /* each of them has failed; the first is
                                          the one to look at first */
    const char *passing[RULE_PASSING]; /* each of them has passed: was skipped
                                          or left out is not enough */
    const char *says; /* stands in the reason, the observation or a fact of one
                         of failing, in upper or lower case; NULL: anything
                         does */
    const char *too[RULE_TOO]; /* where they have failed they are explained,
                                  too */
    size_t too_least;          /* so many of those have failed */
};

/* In the order in which they are tried: a failure that one has explained is not
   there for the next. */
extern const struct likely_rule likely_rules[];
extern const size_t likely_rules_n;

#endif
