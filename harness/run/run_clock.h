/* SPDX-License-Identifier: MIT */
/* The limits of a run and of its cases do not count the time in which other
   programs kept the processors: see deadline.h. */
#ifndef RUN_CLOCK_H
#define RUN_CLOCK_H

/* From now on, in this process. */
void run_clock_start(void);

#endif
