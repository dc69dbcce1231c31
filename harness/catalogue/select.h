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

/* Families that need --valgrind are left out unless valgrind is set. With
   client only the family of clients is taken, without it only the others.
   Returns 0, or -1 with why naming a selector that fits no case (or ENOMEM). */
int select_cases(struct selection *s, char *const *selectors, bool valgrind,
                 bool client, char *why, size_t size);
void selection_free(struct selection *s);

#endif
