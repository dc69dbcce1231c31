/* SPDX-License-Identifier: MIT */
/* The cases of load/: their table is in load.c. */
#ifndef LOAD_H
#define LOAD_H

#include "kit/context.h"

/* load_own_bytes.c */
void load_own_bytes(struct context *c);

/* load_hold.c: next to a client that is slow, silent or greedy */
void load_idle_client(struct context *c);
void load_half_frame_client(struct context *c);
void load_stalled_reader(struct context *c);
void load_fairness(struct context *c);

/* load_queue.c: before accept */
void load_backlog(struct context *c);
void load_burst(struct context *c);
void load_reset_before_accept(struct context *c);

/* load_resets.c: clients that break off */
void load_resets(struct context *c);

#endif
