/* SPDX-License-Identifier: MIT */
/* Clients that do no more than come, be served and leave: what a case about
   processes needs. Of echo whatever comes back counts as service: wrong
   bytes are judged by other cases. If a client is not
   served there is nothing to look at: the case is skipped with what came
   instead (an error if the harness could not open it). */
#ifndef SIMPLE_CLIENT_H
#define SIMPLE_CLIENT_H

#include "kit/context.h"

enum leaving {
    LEAVE_IN_ORDER,
    LEAVE_ANY_WAY, /* of echo: most in order, the others without a word; else
                      in order */
    LEAVE_OWED,    /* by reset, while 256 KiB and more are owed, which it has
                      not read: where no more may be sent ahead, an answer */
    LEAVE_BROKEN,  /* by reset, several in mid-frame, the next while they say
                      nothing, the next while much is owed */
    LEAVE_UNOWED,  /* likewise, but nothing is owed to any */
    LEAVE_RESET    /* as LEAVE_BROKEN; of echo the next as soon as they are
                      connected, the next while much is owed after their FIN,
                      too */
};

/* n clients, several at once, each served in the order in which they came:
   a server that takes one at a time gets through too. All of them leave. Their
   ports go to port, if not NULL, n of them. Whoever is to be owed much is not
   waited for longer than something happens. false: decided. */
bool simple_client_round(struct context *c, size_t n, enum leaving leaving,
                         int *port);

/* Of all so far that were to leave while much is owed, how many were owed
   something when they did: to whom at least a byte of an answer had come. */
size_t simple_client_owed(void);

/* A client that stays: one that has only connected, or one that has been
   served; where a connection is good for one exchange alone, one that has
   connected and was accepted. false: decided. talk_leave may be called in
   either case. */
bool simple_client_open(struct context *c, struct talk *t);
bool simple_client_stay(struct context *c, struct talk *t);
/* n clients that stay. Returns how many are served at the same time, which may
   be fewer; 0: decided. clients_leave may be called for all. */
size_t simple_client_stay_all(struct context *c, struct talk *t, size_t n);

/* A further exchange on a connection, or a whole new client. False where
   nothing came back: why says what came instead; nothing decided. */
bool simple_client_again(struct context *c, struct talk *t, char *why,
                         size_t size);
bool simple_client_new(struct context *c, char *why, size_t size);
/* A whole new client that must be served, at once or when the server has come
   to rest: else the case fails. after says what came before it, e.g. "after the
   reset". */
bool simple_client_must(struct context *c, const char *after);

#endif
