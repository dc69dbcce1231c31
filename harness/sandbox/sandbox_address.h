/* SPDX-License-Identifier: MIT */
/* The address that the target is to listen on or, if it is a client, to connect
   to. A sandbox is given the address if it lacks it; without isolation the
   machine must have it. */
#ifndef SANDBOX_ADDRESS_H
#define SANDBOX_ADDRESS_H

#include "sandbox/sandbox.h"

#include <stddef.h>

/* Let a server listen on ip (numeric) in the sandbox, and clients reach it
   there. Once for each sandbox, before anything is started. Returns 0, or -1
   with why in one line, which names ip. */
int sandbox_address(const struct sandbox *c, const char *ip, char *why,
                    size_t size);

#endif
