/* SPDX-License-Identifier: MIT */
/* The cases of lifecycle/; their table stands in lifecycle.c. */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include "kit/context.h"

/* lifecycle_signals.c: what the server process does at a signal. */
void term_stops(struct context *c);
void term_leaves_nobody(struct context *c);
void term_keeps_bytes(struct context *c);
void hangup(struct context *c);
void stop_continue(struct context *c);

/* lifecycle_again.c: where it listens, and a second start there. */
void restart_at_once(struct context *c);
void restart_beside_client(struct context *c);
void listens_where_asked(struct context *c);
void second_instance(struct context *c);
void address_in_use(struct context *c);

/* lifecycle_refusal.c: starts that must be refused. */
void usage(struct context *c);
void bad_port(struct context *c);
void bad_address(struct context *c);

/* lifecycle_still.c: all of it, and one client more. */
void still_serving(struct context *c);

#endif
