/* SPDX-License-Identifier: MIT */
/* A case in several parts (case.h) has one result: that of the part which came
   to the most. */
#ifndef RUN_PARTS_H
#define RUN_PARTS_H

#include "result/results.h"

/* r is the result of one of so many parts, of which others wait in seen. True:
   it was the last, and r is the result of all. False: it waits, too, and r is
   no longer the caller's. */
bool parts_are_whole(struct results *seen, struct result *r, size_t parts);

#endif
