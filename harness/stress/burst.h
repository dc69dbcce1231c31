/* SPDX-License-Identifier: MIT */
/* Many workers that end at the same moment, for certain: while the server is
   stopped, so that it meets all of their SIGCHLDs at once. Signals do not
   queue, signal(7): one waitpid(2) for each leaves zombies. */
#ifndef BURST_H
#define BURST_H

#include "client/protocol.h"
#include "target/snapshot.h"

/* SIGSTOP and SIGCONT to the server process, and nothing else, while it is at
   rest. Returns once it has gone on. */
void burst_stop_alone(struct subject *s, struct deadline d);

/* Connect n clients, each with one exchange; stop the server process, close all
   of them, wait until every process that came with them has ended; let the
   server go on. before: from when no client was connected. Returns the number
   of workers that ended so, or -1 with errno; the server runs on either way. */
long burst_exits(struct subject *s, const struct protocol *p,
                 const struct snapshot *before, uint64_t seed, size_t n,
                 struct deadline d);

#endif
