/* SPDX-License-Identifier: MIT */
/* Another start of the command in the same sandbox, watched until it is clear
   what becomes of it. What ran before is never taken for its own. */
#ifndef SECOND_START_H
#define SECOND_START_H

#include "kit/context.h"

enum second_start_end {
    SECOND_OVER,    /* no process of it is left */
    SECOND_LISTENS, /* a process of it listens, wherever */
    SECOND_RUNS     /* the deadline passed: neither */
};

/* Start it; how as for subject_launch. False: decided (error).
   second_start_close in either case. */
bool second_start_start(struct context *c, struct subject *s,
                        const struct subject_how *how);
/* where: the address that it listens on, as text. */
enum second_start_end second_start_watch(struct subject *s, struct deadline d,
                                         char where[ADDRESS_TEXT]);
/* End what runs of it, and free. */
void second_start_close(struct subject *s);

/* SIGKILL to every process of s, until none is left. */
void second_start_clear(struct subject *s);
/* Likewise of the case's server, which it ends so. None is left then, not even
   as a zombie: one that a pid file names would still seem to be there. False:
   decided (error). */
bool second_start_kill(struct context *c);

/* The status of the start command, in words; "runs" while it does. */
const char *second_start_status(const struct subject *s);
/* It ended with a status other than 0, as one should that is refused. A signal
   is one, to whoever waits for it: abort(3) after a message tells as much as
   exit(1). */
bool second_start_failed(const struct subject *s);

#endif
