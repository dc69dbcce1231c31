/* SPDX-License-Identifier: MIT */
/* What a server owes when the kernel has no process, or no thread, for a client
   that it has just accepted. */
#ifndef NO_WORKER_H
#define NO_WORKER_H

#include "cases/fault/faulty.h"

/* The exchange of t, which has begun, comes to its end: t must be served later,
   or see an end. Counts those served. False: decided (fail; what is that which
   failed, e.g. "fork failed with EAGAIN"). */
bool no_worker_answer(struct context *c, struct talk *t, const char *what,
                      int *served);

/* So many clients after the snapshot before, none of whom is there any more,
   the server holds no more descriptors than as many would have cost it without
   a fault: that is judged by another case. False: decided; what e.g. "where
   fork failed". */
bool no_worker_fds_kept(struct context *c, const struct snapshot *before,
                        int clients, const char *what);

#endif
