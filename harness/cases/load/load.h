/* SPDX-License-Identifier: MIT */
/* The cases of load/, whose table is in load.c, and what they share. */
#ifndef LOAD_H
#define LOAD_H

#include "kit/client_pool.h"
#include "kit/context.h"

/* A frame of each before any reads, twice. Returns how many had it back. */
size_t load_talk_twice(struct client_pool *m);
/* Not all of them had: the verdict fails. */
void load_tell_unserved(struct context *c, struct client_pool *m,
                        size_t served);
/* How many connections the queue holds for sure, at most that many; a queue
   of 0 has room for one. */
size_t load_queue_holds(struct context *c, size_t most);

/* load_concurrent.c */
void load_concurrent_clients(struct context *c);

/* load_own_bytes.c */
void load_own_bytes(struct context *c);

/* load_hold.c */
void load_idle_client(struct context *c);
void load_half_frame_client(struct context *c);
void load_stalled_reader(struct context *c);

/* load_beyond.c */
void load_beyond_fd_setsize(struct context *c);

/* load_queue.c */
void load_backlog(struct context *c);
void load_burst(struct context *c);

/* load_churn.c */
void load_churn(struct context *c);

/* load_resets.c */
void load_resets(struct context *c);
void load_reset_before_accept(struct context *c);

/* load_fairness.c */
void load_fairness(struct context *c);

#endif
