/* SPDX-License-Identifier: MIT */
/* What the catalogue says: `harness list` and `harness explain`. */
#ifndef LIST_H
#define LIST_H

#include "plan/options.h"

/* Print id, level and title of the selected cases; as a JSON array with
   --json. Both return the exit status: 0; 2 where a selector fits no case. */
int list_list(const struct options *o);
/* Print the requirement, its source, how it is observed, the usual mistake and
   what to write instead. */
int list_explain(const struct options *o);

#endif
