/* SPDX-License-Identifier: MIT */
/* Many clients at once: one scaled case, whose observations bear on several
   requirements of the catalogue. */
#ifndef STRESS_H
#define STRESS_H

#include "plan/plan.h"
#include "result/case.h"
#include "sandbox/sandbox.h"

enum { STRESS_SHORTS = 8, STRESS_RESETS = 8 };

/* Finds the case of that id and, unless family is NULL, its family. The caller
   passes it in, since the catalogue stands above this folder. */
typedef const struct test_case *case_finder(const char *id,
                                            const struct family **family);

/* Run it in the sandbox; tell all through channel. Returns 0 once results were
   sent, or the exit status (3, 4) that was sent as fatal. */
int stress_run(const struct plan *plan, struct sandbox *sandbox, int channel,
               case_finder *find);

/* The i-th id that stress looks at, or NULL beyond the last; those of memory/
   only with valgrind. */
const char *stress_case(size_t i, bool valgrind);

#endif
