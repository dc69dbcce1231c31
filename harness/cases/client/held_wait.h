/* SPDX-License-Identifier: MIT */
/* A call by which the client waits, held by the supervisor: how long it would
   wait, and its answer as if that time had passed. */
#ifndef HELD_WAIT_H
#define HELD_WAIT_H

#include "fault/fault.h"

enum { WAIT_FOR_EVER = -1, WAIT_UNSEEN = -2 };

/* Seconds that c, of CALL_POLL or CALL_RECV, would wait: WAIT_FOR_EVER where it
   has no timeout, WAIT_UNSEEN where that cannot be read. */
double held_wait_seconds(const struct fault_call *c);
/* Answer it as if they had passed. */
void held_wait_expire(struct fault *f, const struct fault_call *c);

/* A poll for reading alone, and not of stdin. One that asks for more may wait
   for something else. */
bool held_wait_only_reads(const struct fault_call *c);

/* Seconds until SIGALRM after c, of CALL_TIMER: 0 none, WAIT_UNSEEN where that
   cannot be read; armed where c does not change it. */
double held_wait_alarm(const struct fault_call *c, double armed);

#endif
