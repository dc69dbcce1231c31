/* SPDX-License-Identifier: MIT */
/* --rerun: only what failed, warned or was in error in an earlier report. */
#ifndef RERUN_H
#define RERUN_H

#include "catalogue/select.h"
#include "plan/options.h"

/* Take from s, which o's selectors chose, what did not go wrong in the report
   o->rerun. Returns 0, or -1 with one line in why: of a report that cannot be
   read or is another program's, of a case that this version does not have or
   these options leave out; or nothing is left. */
int rerun_select(struct selection *s, const struct options *o, char *why,
                 size_t size);

#endif
