/* SPDX-License-Identifier: MIT */
/* Is anything still going on in the server's processes? Whatever a case has set
   off is done once all their threads are asleep again. */
#ifndef WAIT_IDLE_H
#define WAIT_IDLE_H

#include "kit/context.h"

/* Let it do first what it is about to do: wait until all threads sleep. One
   that spins is not waited for long. */
void server_let_act(struct context *c);

/* True if a thread of the server, or below it, runs or waits for a
   processor. */
bool server_runs(struct context *c);

/* Wait until every thread of the server's processes sleeps and what they hold
   is the same in three looks; at the deadline, or where a process never
   sleeps, it is taken as it is. The last look is left in now. Zombies and
   sockets that stay are not waited for. false: decided. */
bool wait_idle(struct context *c, struct snapshot *now);

/* Wait until every thread of the server's processes sleeps, in three looks, or
   the deadline: what it does next it waits for. */
void wait_asleep(struct context *c);

/* Wait until the server has read what fd sent: its receive queue is empty, or
   bytes are back. If neither can be seen, it has to be enough that this client
   came first. */
void wait_read(struct context *c, int fd);

/* Wait until pid has acted on sig, which was sent to it: it has ended, or the
   signal is no longer pending (or is blocked) and all its threads sleep. False
   at the deadline. */
bool signal_done(struct context *c, pid_t pid, int sig);

/* Wait until pid is there no more, not even as a zombie (gone), or has at
   least ended. False at the deadline. */
bool process_gone(struct context *c, pid_t pid);
bool process_ended(struct context *c, pid_t pid);
/* Wait until no process of the target is left. False at the deadline. */
bool all_ended(struct context *c);

#endif
