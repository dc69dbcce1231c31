/* SPDX-License-Identifier: MIT */
/* Clients that do no more than come, be served and leave: what a case about
   processes needs. Their message is text of 64 bytes, and whatever comes back
   counts as service: wrong bytes are judged by other cases. If a client is not
   served there is nothing to look at: the case is skipped with what came
   instead (an error if the harness could not open it). */
#ifndef SIMPLE_CLIENT_H
#define SIMPLE_CLIENT_H

#include "kit/context.h"

enum leaving { LEAVE_IN_ORDER, LEAVE_BY_RESET }; /* in mid-frame */

/* n clients, several at once, each served in the order in which they came:
   a server that takes one at a time gets through too. All of them leave. Their
   ports go to port, if not NULL, n of them. false: decided. */
bool simple_client_round(struct context *c, size_t n, enum leaving leaving,
                         int *port);

/* A client that stays: one that has only connected, or one that has been
   served. -1: decided. */
int simple_client_open(struct context *c);
int simple_client_stay(struct context *c);
/* n clients that stay. Returns how many are served at the same time, which may
   be fewer; 0: decided. The rest of fd is -1: clients_close may be called for
   all. */
size_t simple_client_stay_all(struct context *c, int *fd, size_t n);

/* A further message on a connection, or a whole new client. False where
   nothing came back: why says what came instead; nothing decided. */
bool simple_client_again(struct context *c, int fd, char *why, size_t size);
bool simple_client_new(struct context *c, char *why, size_t size);
/* A whole new client that must be served: else the case fails. after says what
   came before it, e.g. "after the reset". */
bool simple_client_must(struct context *c, const char *after);

#endif
