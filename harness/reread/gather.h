/* SPDX-License-Identifier: MIT */
/* Reports that tell of one target become one: several stress runs one load,
   and conform runs that share no case the parts of one run. */
#ifndef GATHER_H
#define GATHER_H

#include "reread/run_read.h"

/* True if both are of one target: name, role, protocol and command are the
   same; of a server that ran already (no command) the port too. */
bool same_target(const struct run_info *a, const struct run_info *b);

/* Merge and join what belongs together among n runs; the first of each takes
   the others in, and the order stays. Returns how many are left, all others are
   freed; or 0 with one line in why. What could not be told truly goes to notes,
   a line each. */
size_t gather(struct past_run *runs, size_t n, FILE *notes, char *why,
              size_t size);

/* The two steps, for n >= 2 runs of one target, sorted by when they began. All
   goes into the first, the others are left empty. Return 0, or -1 with why. */

/* One load: counts are added, histograms merged, and of each case what weighs
   most stands: a failure, a warning, an error, a pass, a skip. Time that runs
   had in common counts once. Percentiles of a report without histograms cannot
   be merged: then there are none. */
int merge_stress(struct past_run *runs, size_t n, FILE *notes, char *why,
                 size_t size);
/* The cases of all, which must differ. */
int join_conform(struct past_run *runs, size_t n, char *why, size_t size);

#endif
