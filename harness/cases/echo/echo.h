/* SPDX-License-Identifier: MIT */
/* The cases of echo/: their table is in echo.c. */
#ifndef ECHO_H
#define ECHO_H

#include "kit/context.h"

/* echo_messages.c */
void echo_one_frame(struct context *c);
void echo_fixtures(struct context *c);
void echo_short_message(struct context *c);
void echo_one_byte(struct context *c);
void echo_odd_sizes(struct context *c);

/* echo_pieces.c */
void echo_split_frame(struct context *c);
void echo_coalesced_frames(struct context *c);

/* echo_stream.c */
void echo_bulk(struct context *c);
void echo_backpressure(struct context *c);
void echo_many_rounds(struct context *c);

/* echo_end.c */
void echo_nothing_added(struct context *c);
void echo_half_close(struct context *c);

/* echo_close.c */
void echo_close_follows_close(struct context *c);
void echo_empty_connection(struct context *c);

/* echo_pace.c */
void echo_urgent_byte(struct context *c);
void echo_idle_then_talk(struct context *c);
void echo_no_stall(struct context *c);

#endif
