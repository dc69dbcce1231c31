/* SPDX-License-Identifier: MIT */
/* A client that sends without reading, until its connection takes no more: the
   buffers of both sides are full, and nothing moves. It sends text made from a
   seed, so that megabytes need not be kept and are not confused with what
   others send. */
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

/* Send until most bytes are sent, or the server ends the connection, or it
   takes nothing for a while in which no process of the server ran or waited for
   a processor: on a busy machine one that has not run yet is no pressure. */
enum backpressure_end backpressure_send(struct backpressure *p, size_t most);
/* Send what it takes now, at most a piece. Returns false once it ended. */
bool backpressure_push(struct backpressure *p);
/* Read what is there now, at most a piece, without looking at it. Returns false
   once it ended. */
bool backpressure_pull(struct backpressure *p);

enum backpressure_read {
    BACKPRESSURE_SAME,
    BACKPRESSURE_WRONG,
    BACKPRESSURE_SHORT
};

/* Read until all that was sent is back, or a byte differs, or nothing comes for
   the case's timeout. Meanwhile a few bytes more are sent, so that the number
   of bytes is odd and no multiple of any buffer's size. After
   BACKPRESSURE_WRONG, *n bytes at got differ from those at want. */
enum backpressure_read backpressure_read(struct backpressure *p, size_t *n);

#endif
