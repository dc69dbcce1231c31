/* SPDX-License-Identifier: MIT */
/* Another start of the command in the same cell, watched until it is clear
   what becomes of it. What ran before is never taken for its own. */
#ifndef SECOND_START_H
#define SECOND_START_H

#include "kit/context.h"

enum again_end {
    AGAIN_OVER,         /* no process of it is left */
    AGAIN_LISTENS,      /* a process of it listens, wherever */
    AGAIN_RUNS          /* the deadline passed: neither */
};

/* Start it; how as for subject_launch. False: decided (error). again_close in
   either case. */
bool again_start(struct context *c, struct subject *s,
                 const struct subject_how *how);
/* where it listens is told as text. */
enum again_end again_watch(struct subject *s, struct deadline d,
                           char where[ADDRESS_TEXT]);
/* End whatever of it runs, and free. */
void again_close(struct subject *s);

/* SIGKILL to all that c's own server left, until none of it is there. */
void again_clear(struct subject *s);

/* The status of the start command, in words; "runs" while it does. */
const char *again_status(const struct subject *s);

#endif
