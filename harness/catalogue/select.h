/* SPDX-License-Identifier: MIT */
/* Which cases: an id, a family ("echo/"), a glob, or "!" before one to leave it
   out. No selector that takes in: all. */
#ifndef SELECT_H
#define SELECT_H

#include "result/case.h"

#include <stdbool.h>
#include <stddef.h>

struct selection {
    const struct test_case **cases; /* in the catalogue's order */
    size_t n;
};

/* What needs --valgrind is among all with valgrind, what needs --client with
   client, and then nothing else. Returns 0, or -1 with why naming a selector
   that fits no case (or ENOMEM). */
int select_cases(struct selection *s, char *const *selectors, bool valgrind,
                 bool client, char *why, size_t size);
void selection_free(struct selection *s);

#endif
