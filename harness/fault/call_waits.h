/* SPDX-License-Identifier: MIT */
/* May a call that is about to be made sleep, and for how long? */
#ifndef CALL_WAITS_H
#define CALL_WAITS_H

#include "fault/seccomp_filter.h"

/* True if c, which is held, sleeps where nothing has happened yet: of an
   accept, a poll, a pause, or a read from a socket, a pipe or the like. One
   that was told not to (O_NONBLOCK, MSG_DONTWAIT, WNOHANG, a time of 0) does
   not. */
bool call_waits(const struct fault_call *c);
/* Likewise, and of such a call: it ends by itself after a time. */
bool call_is_timed(const struct fault_call *c);
/* After how many seconds, of a sleep or a poll that is held; 0: for ever, or not
   known. */
double call_lasts_s(const struct fault_call *c);

#endif
