/* SPDX-License-Identifier: MIT */
/* The line on a terminal that says how far a run is. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "run/run.h"

enum { PROGRESS_LEFT = 40 };

/* ", about 12 s left", or "" as long as too little is done to say so; share: of
   all work, what the seconds were used for. text is returned. */
const char *progress_left(double share, double seconds,
                          char text[PROGRESS_LEFT]);

/* Show how far the crowd is. */
void progress_of_crowd(struct run *r);
/* Show how many of the n cases are done; busy: run at this moment. */
void progress_of_cases(struct run *r, const struct test_case *const *cases,
                       size_t n, size_t busy);
void progress_clear(struct run *r);

#endif
