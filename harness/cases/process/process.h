/* SPDX-License-Identifier: MIT */
/* The cases of process/, whose table stands in process.c, and what they
   share. */
#ifndef PROCESS_H
#define PROCESS_H

#include "kit/context.h"

/* The server's own descriptors tell whether we may look at all. false: decided
   (skip). */
bool process_may_look(struct context *c);
/* The descriptor by which pid holds a listening socket, or -1. */
int process_listener_in(const struct subject *s, pid_t pid);

/* process_rounds.c: equal rounds of clients, and what grows between them. */
void workers_exit(struct context *c);
void fds_return(struct context *c);
void fds_after_resets(struct context *c);

/* process_sockets.c: connections whose client has left. */
void sockets_return(struct context *c);

/* process_zombies.c: whoever ends is waited for. */
void no_zombies(struct context *c);
void simultaneous_exits(struct context *c);

/* process_holds.c: who holds which socket. */
void listener_closed_in_worker(struct context *c);
void own_connection_only(struct context *c);

/* process_workers.c: the end of one worker is nobody else's. */
void worker_killed(struct context *c);
void worker_terminated(struct context *c);

/* process_close_on_exec.c */
void listener_close_on_exec(struct context *c);

/* process_idle.c: what a server uses that has nothing to do. */
void idle_quiet(struct context *c);

/* process_memory.c: what it uses that has always the same to do. */
void memory_steady(struct context *c);

#endif
