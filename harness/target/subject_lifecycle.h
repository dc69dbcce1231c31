/* SPDX-License-Identifier: MIT */
/* How a subject comes up and ends. */
#ifndef SUBJECT_LIFECYCLE_H
#define SUBJECT_LIFECYCLE_H

#include "target/subject.h"

/* d has passed. Put it off by the time for which a process of the target was
   ready to run but got no processor (15 s in all), since that says nothing
   about the target. False if d has passed all the same. */
bool subject_put_off(struct subject *s, struct deadline *d);

/* Wait until its start is over: every process of the target sleeps in the same
   call, its context switches unchanged in three looks. Then decide s->starts,
   detached if the start command has ended, and see anew which process is the
   server. */
void subject_wait_started(struct subject *s, struct deadline d);

/* SIGTERM to the server process, then to what is left; true if all ended by
   themselves before the deadline. */
bool subject_terminate(struct subject *s, struct deadline d);

#endif
