/* SPDX-License-Identifier: MIT */
/* A server that several cases use one after another, since its start is dear,
   or since the earlier show what the later ask for: it is started before the
   first, and must be after each what it was before. Else the next case is to
   have another one. */
#ifndef SHARED_SERVER_H
#define SHARED_SERVER_H

#include "kit/shown.h"

struct shared_server {
    pid_t server;
    struct snapshot baseline; /* at rest, before the first client */
    size_t used;              /* by so many cases */
    struct shown shown;       /* by them */
};

/* Start it and wait until it rests. False: decided (as server_up). */
bool shared_server_begin(struct shared_server *s, struct context *c);
/* After a case that has passed, or was skipped: true if the server is alive,
   listens, rests, and has the processes, threads and descriptors that it had
   before, no zombie and no connection. What it opened for its first clients, a
   pool of threads or a log, it may keep. */
bool shared_server_is_as_found(struct shared_server *s, struct context *c);
void shared_server_free(struct shared_server *s);

#endif
