/* SPDX-License-Identifier: MIT */
/* The cases of echo/: their table is in echo.c. */
#ifndef ECHO_H
#define ECHO_H

#include "kit/context.h"

/* echo_stream.c: many bytes, pieces, many times */
void echo_split_frame(struct context *c);
void echo_coalesced_frames(struct context *c);
void echo_bulk(struct context *c);
void echo_backpressure(struct context *c);
void echo_many_rounds(struct context *c);

/* echo_end.c: the ends of a connection */
void echo_nothing_added(struct context *c);
void echo_half_close(struct context *c);
void echo_close_follows_close(struct context *c);
void echo_empty_connection(struct context *c);

/* echo_pace.c: out of band, after a pause, without delay */

/* A connection on which a frame has come back, for a case about what comes
   then. -1: decided (skip, where the frame did not come back). */
int echo_begin(struct context *c);
void echo_urgent_byte(struct context *c);
void echo_idle_then_talk(struct context *c);
void echo_no_stall(struct context *c);

#endif
