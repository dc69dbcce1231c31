/* SPDX-License-Identifier: MIT */
/* The time that does not count in a wait: a process that the wait depends on,
   the target's or this one, was ready to run and got no processor. A minute of
   it is granted at most. */
#ifndef STARVED_H
#define STARVED_H

#include "stillness/stillness_look.h"

/* From now on, for this process. */
void starved_begin(void);
/* Nanoseconds since it was last asked. overslept_ns: for how long sleeps of
   this process have lasted too long. */
int64_t starved_ns(const struct seen *seen, int64_t overslept_ns);
/* The processor time of the subjects so far: see subject_processor_ns. */
int64_t starved_used_ns(const struct seen *seen);

#endif
