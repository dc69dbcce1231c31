/* SPDX-License-Identifier: MIT */
/* The processes that can take a connection. */
#ifndef ACCEPTORS_H
#define ACCEPTORS_H

#include "kit/context.h"
#include "linux/stop_processes.h"

/* Stop every process that can accept: those that hold a listening socket of
   the server, forked while this looks or not. They are appended to l, which
   continue_processes and pid_list_free are for in either case. false: decided.
 */
bool halt_acceptors(struct context *c, struct pid_list *l);

#endif
