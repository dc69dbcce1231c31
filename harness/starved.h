/* SPDX-License-Identifier: MIT */
/* A deadline is for what a program does, not for a machine that has no
   processor for it. */
#ifndef STARVED_H
#define STARVED_H

#include "deadline.h"
#include "procfs.h"

/* Put d off by the time that the thread of l's processes that waited longest
   for a processor has waited, at most by most_ms in all; *put_off_ns (0 at
   first) keeps by how much it is put off already. True if d lies ahead
   again. */
bool starved_put_off(struct deadline *d, int64_t *put_off_ns,
                     const struct pid_list *l, int64_t most_ms);

#endif
