/* SPDX-License-Identifier: MIT */
/* The processes that can take a connection. */
#ifndef ACCEPTORS_H
#define ACCEPTORS_H

#include "kit/context.h"
#include "linux/stop_processes.h"

/* Stop every process that can accept, or may come to: all of the target, even
   one that is forked while this looks. They are appended to l; call
   continue_processes and pid_list_free in either case. false: decided. */
bool halt_acceptors(struct context *c, struct pid_list *l);

#endif
