/* SPDX-License-Identifier: MIT */
/* Proof instead of patience: a wait for what a target does ends as soon as it
   is proven that nothing more can happen; and time for which the target got no
   processor is not counted. Both are the patience (deadline.h) of a process
   that has subjects. */
#ifndef STILLNESS_H
#define STILLNESS_H

#include "stillness/stillness_look.h"

/* From now on, in this process, for the subjects that it has at each moment. */
void stillness_begin(void);

/* Why the last wait for the target that did not end by what it waited for did
   end: "proven: ..." and who sleeps where; "" if there was none. */
const char *stillness_told(void);

/* Who sleeps where at this moment. */
void stillness_now(char *text, size_t size);

#endif
