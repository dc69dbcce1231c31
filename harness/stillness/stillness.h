/* SPDX-License-Identifier: MIT */
/* Proof instead of patience: a wait for what a target does ends as soon as it
   is proven that nothing more can happen; and time for which the target got no
   processor is not counted. Both are the patience (deadline.h) of a process
   that has subjects. */
#ifndef STILLNESS_H
#define STILLNESS_H

#include "stillness/stillness_look.h"

/* From now on, in this process, for the subjects that it has at each moment;
   again for each case: no wait has been yet. */
void stillness_begin(void);

/* Other processes of the harness talk to the subjects, too, those that ours
   lists; NULL: none any more. Nothing is proven while one of them may act. */
void stillness_with(stillness_lister *ours, void *arg);

/* Why the last wait for the target that did not end by what it waited for did
   end: "proven: ..." and who sleeps where; "" if there was none. */
const char *stillness_told(void);

/* Who sleeps where at this moment. */
void stillness_now(char *text, size_t size);

/* The longest time for which a thread of the subjects sleeps at this moment, in
   nanoseconds: one that pauses is not deaf. Of a sleep until a moment, what is
   left of it: sleep_watch.h. 0: none sleeps for a time. */
int64_t stillness_sleeps_ns(void);

#endif
