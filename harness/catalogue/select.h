/* SPDX-License-Identifier: MIT */
/* Which cases to run. A selector is an id, a family ("echo/") or a glob; with
   "!" in front it leaves cases out. If no selector asks for cases, all but
   those left out are taken. */
#ifndef SELECT_H
#define SELECT_H

#include "result/case.h"

#include <stdbool.h>
#include <stddef.h>

struct selection {
    const struct test_case **cases; /* in the catalogue's order */
    size_t n;
};

/* What was given on the command line. */
struct select_with {
    bool valgrind;   /* without it families that need it are left out */
    bool client;     /* the family of clients alone; without it the others */
    bool exhaustive; /* without it cases that need it are left out */
};

/* Returns 0, or -1 with why naming a selector that fits no case (or ENOMEM). */
int select_cases(struct selection *s, char *const *selectors,
                 struct select_with with, char *why, size_t size);
void selection_free(struct selection *s);

#endif
