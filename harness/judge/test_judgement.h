/* SPDX-License-Identifier: MIT */
/* For the tests of the judges: compare a verdict, and the facts it states. */
#ifndef TEST_JUDGEMENT_H
#define TEST_JUDGEMENT_H

#include "result/verdict.h"

#include "base/check.h"

/* v must be of this kind, for this reason (NULL: none), with this many facts.
   Only a failure may state what was observed, and it must. */
#define CHECK_VERDICT(v, kind, reason, nfacts) \
    check_verdict((v), (kind), (reason), (nfacts), __FILE__, __LINE__)

/* The i-th fact; NULL if there are fewer. */
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
