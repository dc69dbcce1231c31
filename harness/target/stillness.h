/* SPDX-License-Identifier: MIT */
/* Proof instead of patience: a wait for what a target does ends as soon as it
   is proven that nothing more can happen; and time for which the target got no
   processor is not counted. Both are the patience (deadline.h) of a process
   that has subjects: each is watched from its launch until it is freed. */
#ifndef STILLNESS_H
#define STILLNESS_H

#include "target/stillness_look.h"

/* Watch s, which must not move in memory; more than STILLNESS_SUBJECTS at a
   time are not watched, and then nothing is proven. */
void stillness_watch(const struct subject *s);
void stillness_unwatch(const struct subject *s);

/* Who answers calls of the target: busy(arg) says whether one waits for its
   answer, or may. NULL: nobody any more. */
void stillness_set_supervisor(bool (*busy)(void *arg), void *arg);

/* Why the last wait for the target that did not end by what it waited for did
   end: "proven: ..." and who sleeps where; "" if there was none since the last
   call of stillness_forget. */
const char *stillness_told(void);
void stillness_forget(void);

/* Who sleeps where at this moment. */
void stillness_now(char *text, size_t size);

#endif
