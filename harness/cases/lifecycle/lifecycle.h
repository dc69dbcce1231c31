/* SPDX-License-Identifier: MIT */
/* The cases of lifecycle/, whose table stands in lifecycle.c, and what they
   share. */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include "kit/context.h"

/* It has set up what it does at a signal once it has served somebody and
   sleeps. Whether that one was served is no matter. False: decided. */
bool lifecycle_settled(struct context *c);
/* To the server process. False: decided (error). */
bool lifecycle_signal(struct context *c, int sig);
/* What it printed on stderr; the caller frees. NULL: nothing. */
char *lifecycle_stderr(const struct subject *s);

/* lifecycle_term.c: what SIGTERM ends. */
void term_stops(struct context *c);
void term_leaves_nobody(struct context *c);

/* lifecycle_owed.c: and what becomes of bytes on their way. */
void term_keeps_bytes(struct context *c);

/* lifecycle_signals.c: what the server process does at other signals. */
void hangup(struct context *c);
void stop_continue(struct context *c);

/* lifecycle_restart.c: a start where one was killed. */
void restart_at_once(struct context *c);
void restart_beside_client(struct context *c);

/* lifecycle_listens.c: where it listens. */
void listens_where_asked(struct context *c);

/* lifecycle_second.c: a start beside one that serves. */
void second_instance(struct context *c);
void address_in_use(struct context *c);

/* lifecycle_refusal.c: starts that must be refused. */
void usage(struct context *c);
void bad_port(struct context *c);
void bad_address(struct context *c);

/* lifecycle_still.c: all of it, and one client more. */
void still_serving(struct context *c);

#endif
