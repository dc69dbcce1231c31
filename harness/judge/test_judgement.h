/* SPDX-License-Identifier: MIT */
/* What the tests of the judges compare: a verdict, and the facts beside it. */
#ifndef TEST_JUDGEMENT_H
#define TEST_JUDGEMENT_H

#include "result/verdict.h"

#include "base/check.h"

/* The verdict must be of that kind, for that reason (NULL: none), with that
   many facts. What it observed must be said of a failure and nothing else. */
#define CHECK_VERDICT(v, kind, reason, nfacts) \
    check_verdict((v), (kind), (reason), (nfacts), __FILE__, __LINE__)

/* The i-th fact; NULL where there are not so many. */
static inline const char *fact_of(const struct verdict *v, size_t i)
{
    return i < v->evidence.nfacts ? v->evidence.facts[i] : NULL;
}

static inline void check_verdict(const struct verdict *v,
                                 enum verdict_kind kind, const char *reason,
                                 size_t nfacts, const char *file, int line)
{
    check_str(verdict_name(v->kind), verdict_name(kind), "the verdict", file,
              line);
    check_str(v->reason, reason, "the reason", file, line);
    check_int((long long)v->evidence.nfacts, (long long)nfacts,
              "the number of facts", file, line);
    if (kind == VERDICT_FAIL)
        check_that(v->evidence.expected && v->evidence.observed,
                   "a failure says what was expected and observed", file, line);
}

#endif
