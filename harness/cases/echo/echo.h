/* SPDX-License-Identifier: MIT */
/* The cases of echo/. */
#ifndef ECHO_H
#define ECHO_H

#include "kit/context.h"

/* A stamped frame of that client on fd, there and back. false: decided
   (fail). */
bool echo_frame(struct context *c, int fd, uint32_t client, uint32_t sequence);

/* The cases of each file. */
extern const struct case_table echo_messages_cases, echo_pieces_cases,
    echo_stream_cases, echo_long_cases, echo_end_cases, echo_close_cases,
    echo_pace_cases;

#endif
