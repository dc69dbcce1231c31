/* SPDX-License-Identifier: MIT */
/* fault/nth-call under valgrind, which makes calls of its own. */
#ifndef FAULT_MEMCHECK_H
#define FAULT_MEMCHECK_H

#include "fault/fault.h"
#include "kit/context.h"

/* Fill own from a start without a fault: which executable listens and, with
   --valgrind, from where valgrind makes calls of its own. What was executed on
   the way to the server is not the server: none of its calls may fail. */
void fault_know_own(struct context *c, struct fault_own *own);

/* After a session: what memcheck has found in one of its processes, or NULL;
   its words become facts of v. Half a report, left by a process that was
   killed, counts for what it says. Always NULL without --valgrind. */
const char *fault_memcheck_finds(struct context *c, struct verdict *v);

#endif
