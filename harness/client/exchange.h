/* SPDX-License-Identifier: MIT */
/* What single clients do: a message out, its echo back, compared. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "base/frame.h"
#include "client/conn.h"
#include "result/verdict.h"

/* Send n bytes on fd while receiving, until n are back: never blocked by a
   server that sends before it reads on. Where the echo is not the same, v
   fails with what came: the bytes, FIN, RST or silence. */
bool exchange_bytes(int fd, const void *bytes, size_t n, struct deadline d,
                    struct verdict *v);

/* Likewise, but the bytes have been sent before; fd is where they come back. */
bool exchange_back(int fd, const void *bytes, size_t n, struct deadline d,
                   struct verdict *v);

/* Half-close, then FIN must come and no byte before it; else v fails. */
bool exchange_end(int fd, struct deadline d, struct verdict *v);

/* n bytes of the random stream seed. */
void exchange_random(unsigned char *bytes, size_t n, uint64_t seed);
/* Likewise, but of 64 printable characters, '0' to 'o': for cases that are not
   about the bytes. */
void exchange_text(unsigned char *bytes, size_t n, uint64_t seed);

#endif
