/* SPDX-License-Identifier: MIT */
/* For how long one waits for a target that sleeps for a time: it may see what
   has happened only when it wakes, and shall not be waited for without an end.
   A sleep until a moment shows what is left of it alone, as does whatever is
   seen late: so what matters is when the longest one ends, too. */
#ifndef SLEEP_WATCH_H
#define SLEEP_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* All in nanoseconds, moments as deadline_now_ns has them. Start with began_ns
   alone. */
struct sleep_watch {
    int64_t began_ns;
    int64_t longest_ns; /* sleep that was seen, or what was left of it */
    int64_t ends_ns;    /* when that is over */
    int64_t waited_ns;  /* at the last look, since began_ns */
    int64_t told_ns;    /* until when that was told: context_sleeps */
};

/* A look at now_ns, when the longest sleep lasts, or has left, sleeps_ns; 0:
   none sleeps for a time. True: wait on. Waited for is twice the longest sleep,
   at least until it has ended and a moment longer, in which the target acts;
   30 s at most. */
bool sleep_watch_saw(struct sleep_watch *w, int64_t now_ns, int64_t sleeps_ns);

#endif
