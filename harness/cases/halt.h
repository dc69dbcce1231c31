/* SPDX-License-Identifier: MIT */
/* Stop processes (SIGSTOP) and see that they are: what happens then, happens
   before they run again. signal(7). */
#ifndef CASES_HALT_H
#define CASES_HALT_H

#include "context.h"

/* Stop every process in l and wait until each of their threads is in state T.
   Those that end meanwhile do not count. Returns 0, or -1 with ETIMEDOUT:
   some may be stopped then. */
int halt(const struct pid_list *l, struct deadline d);
/* SIGCONT to all of them. */
void halt_end(const struct pid_list *l);

/* Stop every process that can accept: those that hold a listening socket of
   the server, forked while this looks or not. They are appended to l, which
   halt_end and pid_list_free are for in either case. false: decided. */
bool halt_acceptors(struct context *c, struct pid_list *l);

#endif
