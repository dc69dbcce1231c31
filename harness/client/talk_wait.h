/* SPDX-License-Identifier: MIT */
/* A talk with deadlines, on sockets that do not block: connect, hold an
   exchange, leave. The deadline of an exchange begins anew whenever a byte has
   moved, so that it limits silence, not length. */
#ifndef TALK_WAIT_H
#define TALK_WAIT_H

#include "base/deadline.h"
#include "client/conn.h"
#include "client/talk.h"
#include "result/verdict.h"

/* Connect. False: t->trouble is TALK_UNCONNECTED, with the errno of conn_open,
   which stands in errno too. */
bool talk_connect(struct talk *t, const struct address *to, struct deadline d);
/* Likewise, with small buffers: see conn_open_narrow. */
bool talk_connect_narrow(struct talk *t, const struct address *to,
                         int buffer_bytes, int segment_bytes,
                         struct deadline d);

/* Go on until what has begun is done. False: it ended, or nothing came until
   d. */
bool talk_finish(struct talk *t, struct deadline d);
/* Where a connection is good for one exchange, and has had it, make another.
   False: as talk_connect. */
bool talk_renew(struct talk *t, struct deadline d);
/* Exchange number sequence there and back. On another connection where
   the last is used up. */
bool talk_exchange(struct talk *t, uint32_t sequence, struct deadline d);

/* Leave in order: what has come is read, so that close(2) sends FIN, and bye
   said. */
void talk_leave(struct talk *t);
void talk_close(struct talk *t); /* without a word */
void talk_reset(struct talk *t);

/* v fails (or misses) with what came instead of the answer: bytes, FIN, RST or
   silence, and the transcript. */
void talk_fail(const struct talk *t, struct verdict *v);
/* The transcript alone, as facts. */
void talk_tell(const struct talk *t, struct verdict *v);

#endif
