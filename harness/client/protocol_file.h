/* SPDX-License-Identifier: MIT */
/* A protocol from its file, as harness-protocol(5) describes it. */
#ifndef PROTOCOL_FILE_H
#define PROTOCOL_FILE_H

#include "client/protocol.h"

enum { PROTOCOL_FILE_BYTES = 65536 };

/* Read the n bytes of a file. Returns 0, or -1 with "LINE:COLUMN: what is
   wrong" in why; both count from 1, the column in bytes. */
int protocol_parse(struct protocol *p, const char *name, const char *text,
                   size_t n, char *why, size_t size);

/* The protocol of one exchange, from the two strings, as they would stand
   between quotes in a file. Returns 0, or -1 with "--send: COLUMN: what" or
   "--receive: ..." in why. */
int protocol_of_strings(struct protocol *p, const char *sent,
                        const char *received, char *why, size_t size);

/* The file of echo. */
extern const char protocol_echo_text[];

#endif
