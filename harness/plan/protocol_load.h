/* SPDX-License-Identifier: MIT */
/* Protocols by name or by file. Those that have a name stand as files in
   protocols/, beside the fixtures; echo is built in. */
#ifndef PROTOCOL_LOAD_H
#define PROTOCOL_LOAD_H

#include "client/protocol.h"

/* Read the one that --protocol names: a NAME has neither slash nor dot. Returns
   0, or -1 with one line in why: "FILE:LINE:COLUMN: what is wrong". */
int protocol_load(struct protocol *p, const char *name, char *why, size_t size);

/* harness protocol [NAME]: list them, or print one as a file. Returns the exit
   status. */
int protocol_print(const char *name);

#endif
