/* SPDX-License-Identifier: MIT */
/* A case that stops the target in order to bring something else about must not
   blame it for what the stop alone does. SIGSTOP and SIGCONT make some calls
   fail with EINTR although no handler is there, signal(7): whoever cannot take
   that fails lifecycle/stop-continue, and no other case. */
#ifndef STOP_ALONE_H
#define STOP_ALONE_H

#include "kit/context.h"

enum stop_of { STOP_ALL, STOP_SERVER }; /* the target, its server process */

/* Call it last, in a case that has stopped as much of the target. If the
   verdict is a failure, the target is started anew, and stopped and continued
   while no client is there: where it served one before that and serves none
   after it, the verdict becomes a skip. The server of the case ends in that
   attempt. */
void stop_alone_excuse(struct context *c, enum stop_of which);

#endif
