/* SPDX-License-Identifier: MIT */
/* From the cases that failed to the mistakes that are likely behind them. A
   cause is told only of several failures together, and each failure has one
   cause at most. */
#ifndef LIKELY_CAUSES_H
#define LIKELY_CAUSES_H

#include "result/results.h"

/* Fill rs->causes from the verdicts of rs, in whatever order these stand, and
   whatever was there before. Where all that a cause explains is expected to
   fail, it is not told. */
void likely_causes_find(struct results *rs);

#endif
