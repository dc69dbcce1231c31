/* SPDX-License-Identifier: MIT */
/* What load/own-bytes asks of a protocol with tokens: nothing is said twice.
   Each fails c->v, or decides nothing. */
#ifndef LOAD_TWICE_H
#define LOAD_TWICE_H

#include "kit/client_pool.h"

#include <stdint.h>

struct load_greeting {
    int64_t heard_ns; /* when */
    size_t n;         /* 0: none that could be told from other words */
    unsigned char bytes[240];
};

/* What a client hears that is alone and says nothing; it fails if that is one
   greeting and the same again. */
void load_greeting_alone(struct context *c, struct load_greeting *g);
/* After the first exchange of a pool: no client has heard that twice, where one
   that is alone for as long does not. */
void load_greeting_of(struct client_pool *m, const struct load_greeting *g);
/* One client's exchanges: those in two pieces have no more answers than whole
   ones, and the greeting does not come again before the first answer. */
void load_said_once(struct context *c, const struct load_greeting *g);

#endif
