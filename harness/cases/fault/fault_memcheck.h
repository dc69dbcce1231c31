/* SPDX-License-Identifier: MIT */
/* fault/nth-call under valgrind, which makes calls of its own. */
#ifndef FAULT_MEMCHECK_H
#define FAULT_MEMCHECK_H

#include "fault/fault.h"
#include "kit/context.h"

/* Fill own from a start without a fault: what runs where it listens, and with
   --valgrind where valgrind makes calls of its own. What was executed on the
   way to the server is not the server, and none of its calls fails. */
void fault_know_own(struct context *c, struct fault_own *own);

/* After a session: what memcheck has found in one of its processes, or NULL;
   v is told its words. A process that was killed has left half a report, which
   is taken for what it says. Always NULL without --valgrind. */
const char *fault_memcheck_finds(struct context *c, struct verdict *v);

#endif
