/* SPDX-License-Identifier: MIT */
/* How a subject comes up and ends. */
#ifndef SUBJECT_LIFECYCLE_H
#define SUBJECT_LIFECYCLE_H

#include "target/subject.h"

/* Wait until its start is over: every process of the target sleeps in the same
   call, its context switches unchanged in three looks. Then decide s->starts,
   detached if the start command has ended, and see anew which process is the
   server. */
void subject_wait_started(struct subject *s, struct deadline d);

/* SIGTERM to the server process, and wait half of ms (scaled) for all of it to
   end; then SIGTERM to what is left, and wait the other half. True if all ended
   by themselves. */
bool subject_terminate(struct subject *s, double ms);

#endif
