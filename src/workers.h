/* SPDX-License-Identifier: MIT */
/* The workers: one forked process for each connection. */
#ifndef ECHO64_WORKERS_H
#define ECHO64_WORKERS_H

#include <signal.h>

/* Prepare to have up to max workers at a time (0: any number); sets what
   SIGCHLD does. In a shared_session there are processes that are none of ours,
   and that are never signalled. To be called once, before the first worker. */
void workers_init(int max, int shared_session);

/* Returns 1 if there are as many workers as there may be, else 0. */
int workers_full(void);

/* Block until there is room for one more, or a signal handler sets *stop. */
void workers_wait(const volatile sig_atomic_t *stop);

/* Fork a worker that calls serve(cfd) and ends; serve may call only what is
   safe in a signal handler. SIGTERM and SIGINT let it read what cfd has
   received, and then the end. The caller keeps its copy of cfd, and closes it.
   Returns 0, or -1 with errno, and no worker then. */
int workers_start(int cfd, void (*serve)(int cfd));

/* End all workers and reap them; those that have not ended after three seconds
   by SIGKILL. Blocks until none is left. */
void workers_stop(void);

#endif
