/* SPDX-License-Identifier: MIT */
/* A case of the catalogue: what it requires, where that is written, how it is
   looked at. Each family is one file in cases/ with its table at the foot. */
#ifndef CASE_H
#define CASE_H

#include "result/verdict.h"

struct context;

struct test_case {
    const char *id;             /* "family/name": stable, people quote it */
    enum level level;
    const char *title;          /* the requirement in one line */
    const char *sources;        /* separated by "; " */
    void (*run)(struct context *c);     /* states its verdict in c->v */
    int cost_ms;                /* about what it takes on an idle machine; the
                                   longest begin first. 0: a few */
    const char *seen;           /* how it is observed */
    const char *mistake;        /* the usual one, in code */
    const char *mend;           /* what to write instead */
};

struct family {
    const char *name;           /* "echo/" */
    const struct test_case *cases;
    size_t n;
};

#define FAMILY(name_, table) \
    { name_, table, sizeof (table) / sizeof *(table) }

#endif
