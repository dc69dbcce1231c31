/* SPDX-License-Identifier: MIT */
/* A connection on which each of the server's calls of one kind brings a few
   bytes alone. The calls are done in its place, on a copy of its socket. Where
   none can be made (reach.h), its reads bring little since the client sends the
   next bytes when it has taken the last; and what it writes is taken from its
   memory, and comes back through a pipe. */
#ifndef FAULT_PIECES_H
#define FAULT_PIECES_H

#include "fault/fault.h"
#include "kit/context.h"

struct pieces {
    struct fault *fault;
    enum call kind;  /* CALL_RECV or CALL_SEND */
    int fd;          /* the client's */
    bool copies;     /* calls are done in the server's place */
    int pipe[2];     /* what it writes comes out of the first; -1:
                        it goes the usual way */
    long made, sent; /* its calls before, the pieces for them */
};

/* Before the client connects. */
void pieces_begin(struct fault *f, enum call kind, struct pieces *p);
/* Once it has: fd, closed by pieces_end. false: decided (skip, error). */
bool pieces_connected(struct context *c, struct pieces *p, int fd);
/* n bytes of the stream seed there and back; at most PIECES_MOST. False: v
   fails, or it was decided (skip). */
enum { PIECES_MOST = 3001 };
bool pieces_message(struct context *c, struct pieces *p, size_t n,
                    uint64_t seed, struct verdict *v);
/* FIN, and nothing before it. False: v fails. */
bool pieces_last(struct context *c, struct pieces *p, struct verdict *v);
/* Whether its calls were seen to bring little. */
bool pieces_delivered(const struct pieces *p);
void pieces_end(struct pieces *p);

#endif
