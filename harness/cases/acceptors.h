/* SPDX-License-Identifier: MIT */
/* The processes that can take a connection. */
#ifndef CASES_ACCEPTORS_H
#define CASES_ACCEPTORS_H

#include "context.h"
#include "halt.h"

/* Stop every process that can accept: those that hold a listening socket of
   the server, forked while this looks or not. They are appended to l, which
   halt_end and pid_list_free are for in either case. false: decided. */
bool halt_acceptors(struct context *c, struct pid_list *l);

#endif
