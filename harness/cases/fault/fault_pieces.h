/* SPDX-License-Identifier: MIT */
/* A connection on which each of the server's calls of one kind brings a few
   bytes alone. The calls are done in its place, on a copy of its socket. Where
   no copy can be made (remote_process.h), or where the server watches its
   socket by edge, its reads bring little since the client sends the next bytes
   when it has taken the last; and what it writes is taken from its memory, and
   comes back through a pipe. A write on a socket that does not block is never
   cut: see short_io.h. */
#ifndef FAULT_PIECES_H
#define FAULT_PIECES_H

#include "fault/fault.h"
#include "kit/context.h"

struct pieces {
    struct fault *fault;
    enum call kind;   /* CALL_RECV or CALL_SEND */
    struct talk talk; /* the client */
    bool copies;      /* calls are done in the server's place */
    int pipe[2];      /* what it writes comes out of the first; -1:
                         it goes the usual way */
    long made, sent;  /* calls before the first message; pieces sent */
};

/* Before the client connects. */
void pieces_begin(struct context *c, struct fault *f, enum call kind,
                  struct pieces *p);
/* Connect it. false: decided (fail, skip, error). */
bool pieces_connect(struct context *c, struct pieces *p);
/* Exchange number sequence, to echo n bytes, at most PIECES_MOST. False: v
   fails, or it was decided (skip). */
enum { PIECES_MOST = 3001 };
bool pieces_message(struct context *c, struct pieces *p, size_t n,
                    uint32_t sequence, struct verdict *v);
/* Of echo FIN, and nothing before it. False: v fails. */
bool pieces_last(struct context *c, struct pieces *p, struct verdict *v);
/* Unless that was seen: wait until it has read what was said, and sleeps. */
void pieces_let_read(struct context *c, struct pieces *p);
/* True if its calls were seen to be short. */
bool pieces_delivered(const struct pieces *p);
void pieces_end(struct pieces *p);

#endif
