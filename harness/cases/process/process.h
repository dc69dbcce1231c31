/* SPDX-License-Identifier: MIT */
/* The cases of process/; their table stands in process.c. */
#ifndef PROCESS_H
#define PROCESS_H

#include "kit/context.h"

/* process_rounds.c: equal rounds of clients, and what grows between them. */
void workers_exit(struct context *c);
void fds_return(struct context *c);
void fds_after_resets(struct context *c);
void sockets_return(struct context *c);

/* process_zombies.c: whoever ends is waited for. */
void no_zombies(struct context *c);
void simultaneous_exits(struct context *c);

/* process_holds.c: who holds which socket. */
void listener_closed_in_worker(struct context *c);
void own_connection_only(struct context *c);
void listener_close_on_exec(struct context *c);

/* process_workers.c: the end of one worker is nobody else's. */
void worker_killed(struct context *c);
void worker_terminated(struct context *c);

/* process_idle.c: what a server uses that has nothing, or always the same, to
   do. */
void idle_quiet(struct context *c);
void memory_steady(struct context *c);

#endif
