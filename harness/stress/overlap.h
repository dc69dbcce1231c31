/* SPDX-License-Identifier: MIT */
/* Clients that come while others leave: sixteen at a time, each with one
   exchange, until so many have been. A crowd is there all at once, and leaves
   together: whoever takes a client's place for its number sees no mistake. */
#ifndef OVERLAP_H
#define OVERLAP_H

#include "judge/judge_requirement.h"
#include "target/subject.h"

enum { OVERLAP_AT_A_TIME = 16, OVERLAP_ROUND = 4, OVERLAP_MS = 20000 };

/* most at a time, up to OVERLAP_AT_A_TIME. Returns once all were served, or one
   was not, or after OVERLAP_MS. Each wait for a byte of any of them is
   timeout_ms at most. */
void overlap_run(const struct subject *s, const struct protocol *p,
                 uint64_t seed, uint32_t clients, size_t most,
                 double timeout_ms, struct overlap_seen *seen);

#endif
