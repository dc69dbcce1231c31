/* SPDX-License-Identifier: MIT */
/* How long a run, and a case in it, may take: what the user says, or else what
   this target may need, judged by its first start. All in seconds of the clock,
   which are not scaled any more. */
#ifndef RUN_LIMIT_H
#define RUN_LIMIT_H

#include "plan/options.h"

/* The whole run, jobs cases at a time; start_s: what a start takes. */
double run_limit(const struct options *o, size_t cases, size_t jobs,
                 double start_s);
/* One case of conform that takes about cost_ms on an idle machine. */
double run_case_limit(const struct options *o, int cost_ms, double start_s);

#endif
