/* SPDX-License-Identifier: MIT */
/* A client that sends without reading, until its connection takes no more:
   the server's and its own buffers are full, and nobody moves. What it sends
   is text made from a seed, so that megabytes are neither kept nor confused
   with what others send. */
#ifndef BACKPRESSURE_H
#define BACKPRESSURE_H

#include "kit/context.h"

enum { PRESS_PIECE = 65536, PRESS_MOST = 32 << 20 };

struct press {
    int fd;                     /* non-blocking */
    struct context *c;
    size_t sent, back;          /* bytes */
    const char *ended;          /* "FIN", "RST"; NULL: it has not */
    unsigned char *out, *want, *got;    /* PRESS_PIECE each */
};

/* Returns 0, or -1 with ENOMEM. press_free in either case; fd stays the
   caller's. */
int press_begin(struct press *p, struct context *c, int fd);
void press_free(struct press *p);

enum press_end { PRESS_BLOCKED, PRESS_ALL, PRESS_ENDED };

/* Send until the connection takes nothing for a while in which no process of
   the server was about to run (a machine too busy for it is no pressure), or
   most bytes are sent, or the server ends it. */
enum press_end press_send(struct press *p, size_t most);
/* Send what it takes now, at most a piece. Returns false once it ended. */
bool press_push(struct press *p);
/* Read what is there now, at most a piece, without a look at it. Likewise. */
bool press_pull(struct press *p);

enum press_read { PRESS_SAME, PRESS_WRONG, PRESS_SHORT };

/* Read until all that was sent is back, or a byte differs, or nothing comes
   for the case's timeout; meanwhile a few bytes more are sent, so that their
   number is odd and no multiple of any buffer's size. After PRESS_WRONG, *n
   bytes at got differ from those at want. */
enum press_read press_read(struct press *p, size_t *n);

#endif
