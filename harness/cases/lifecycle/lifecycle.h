/* SPDX-License-Identifier: MIT */
/* The cases of lifecycle/, and what they share. */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include "kit/context.h"

/* Wait until it has set up what it does at a signal: it has once it has met a
   client and sleeps, whether that client was served or not. False: decided. */
bool lifecycle_settled(struct context *c);
/* Send sig to the server process. False: decided (error). */
bool lifecycle_signal(struct context *c, int sig);

/* Wait until nobody listens for it. False at the deadline. */
bool lifecycle_port_closed(struct context *c);

/* Wait until pid, which was told to stop, has ended. A timed wait ends by
   itself, and is given its time. */
bool lifecycle_ends(struct context *c, pid_t pid);
/* The walk of moments: a signal just before each call in which the server waits
   in a session of three clients. False: decided. */
bool lifecycle_walk(struct context *c);

/* The cases of each file. */
extern const struct case_table lifecycle_term_cases, lifecycle_moment_cases,
    lifecycle_owed_cases, lifecycle_signals_cases, lifecycle_restart_cases,
    lifecycle_listens_cases, lifecycle_second_cases, lifecycle_still_cases,
    lifecycle_refusal_cases, lifecycle_drain_cases, lifecycle_reload_cases;

#endif
