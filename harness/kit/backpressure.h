/* SPDX-License-Identifier: MIT */
/* A client that sends without reading, until its connection takes no more:
   the server's and its own buffers are full, and nobody moves. What it sends
   is text made from a seed, so that megabytes are neither kept nor confused
   with what others send. */
#ifndef BACKPRESSURE_H
#define BACKPRESSURE_H

#include "kit/context.h"

enum { BACKPRESSURE_PIECE = 65536, BACKPRESSURE_MOST = 32 << 20 };

struct backpressure {
    int fd; /* non-blocking */
    struct context *c;
    size_t sent, back;               /* bytes */
    const char *ended;               /* "FIN", "RST"; NULL: it has not */
    unsigned char *out, *want, *got; /* BACKPRESSURE_PIECE each */
};

/* Returns 0, or -1 with ENOMEM. backpressure_free in either case; fd stays the
   caller's. */
int backpressure_begin(struct backpressure *p, struct context *c, int fd);
void backpressure_free(struct backpressure *p);

enum backpressure_end {
    BACKPRESSURE_BLOCKED,
    BACKPRESSURE_ALL,
    BACKPRESSURE_ENDED
};

/* Send until the connection takes nothing for a while in which no process of
   the server was about to run (a machine too busy for it is no pressure), or
   most bytes are sent, or the server ends it. */
enum backpressure_end backpressure_send(struct backpressure *p, size_t most);
/* Send what it takes now, at most a piece. Returns false once it ended. */
bool backpressure_push(struct backpressure *p);
/* Read what is there now, at most a piece, without a look at it. Likewise. */
bool backpressure_pull(struct backpressure *p);

enum backpressure_read {
    BACKPRESSURE_SAME,
    BACKPRESSURE_WRONG,
    BACKPRESSURE_SHORT
};

/* Read until all that was sent is back, or a byte differs, or nothing comes
   for the case's timeout; meanwhile a few bytes more are sent, so that their
   number is odd and no multiple of any buffer's size. After BACKPRESSURE_WRONG,
   *n bytes at got differ from those at want. */
enum backpressure_read backpressure_read(struct backpressure *p, size_t *n);

#endif
