/* SPDX-License-Identifier: MIT */
/* A client that sends without reading, until its connection takes no more: the
   buffers of both sides are full, and nothing moves. To echo it sends text made
   from a seed, so that megabytes need not be kept and are not confused with
   what others send; else requests, one behind the other, and the same again. */
#ifndef BACKPRESSURE_H
#define BACKPRESSURE_H

#include "kit/context.h"

enum { BACKPRESSURE_PIECE = 65536, BACKPRESSURE_MOST = 32 << 20 };

struct backpressure {
    int fd; /* non-blocking */
    struct context *c;
    const struct talk *talk;         /* whose requests are sent; NULL: text */
    size_t at, n;                    /* of out: sent of, and bytes */
    size_t sent, back;               /* bytes */
    const char *ended;               /* "FIN", "RST"; NULL: it has not */
    unsigned char *out, *want, *got; /* BACKPRESSURE_PIECE each */
};

/* Returns 0, or -1 with ENOMEM. backpressure_free in either case; fd stays the
   caller's. */
int backpressure_begin(struct backpressure *p, struct context *c, int fd);
/* Likewise on the connection of t, whose opening is held first: if that fails,
   the connection has ended. backpressure_read is for text alone. */
int backpressure_begin_requests(struct backpressure *p, struct context *c,
                                struct talk *t);
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

/* ---- several at a time ---- */

/* A client to which more is owed than any buffer holds, for all that it sends
   and does not read. */
struct debtor {
    struct talk talk;
    size_t at, sent; /* of the piece that it sends again and again; of all */
    bool answered;   /* a byte has come, or the end: it is not read */
    bool mute;       /* it was not greeted, and has said nothing */
};

/* n clients, from number first on, connect with small buffers and segments, and
   send 256 KiB and more, or as much as is taken: to echo frames, else
   requests, and one alone where no more may be sent ahead. Waits until an
   answer to each is on its way, or nothing happens any more, as where one is
   served at a time. Returns how many are connected: fewer than n if that one
   could not. debtors_reset for as many. Nothing is decided. */
size_t debtors_come(struct context *c, struct debtor *o, size_t n,
                    uint32_t first);
void debtors_reset(struct debtor *o, size_t n);
/* To how many of them an answer is on its way: to the others nothing may ever
   have been owed. */
size_t debtors_owed(const struct debtor *o, size_t n);
/* What they send to echo holds these bytes. */
bool debtors_said(const void *bytes, size_t n);

#endif
