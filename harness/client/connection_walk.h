/* SPDX-License-Identifier: MIT */
/* The ways in which one connection can begin and end, each on a connection of
   its own: for a server under memcheck. What stands in a buffer beyond the
   bytes that have come is unwritten only until a longer message has been there,
   so that the shortest come first. */
#ifndef CONNECTION_WALK_H
#define CONNECTION_WALK_H

#include "client/protocol.h"
#include "result/verdict.h"

#include <stdint.h>

enum connection_walk {
    WALK_IN_ORDER,  /* a message, its echo, the end: at once, or by a
                       half-close */
    WALK_BROKEN_OFF /* closed or reset with bytes owed, or without a word */
};

struct connection_walked {
    long served; /* connections on which an answer came */
    bool no_fin; /* FIN was awaited in vain: it is not awaited again. May be
                    set before, where that is known */
};

/* Take all of them, one after another; each wait takes timeout_ms at most.
   Returns false at the first that is not served: v fails, or is an error. */
bool connection_walk(enum connection_walk walk, const struct speaker *who,
                     double timeout_ms, struct connection_walked *walked,
                     struct verdict *v);

#endif
