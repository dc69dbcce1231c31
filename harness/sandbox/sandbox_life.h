/* SPDX-License-Identifier: MIT */
/* A sandbox ends when its first process does, and somebody else may kill that,
   as the OOM killer does. What is seen then says nothing about the target. */
#ifndef SANDBOX_LIFE_H
#define SANDBOX_LIFE_H

#include "result/verdict.h"
#include "sandbox/sandbox.h"

/* True once the sandbox's first process has begun to end; why says what ended
   it, in one line. Ask after looking at the target and before concluding
   anything: if it is false, what was seen came before any such end. */
bool sandbox_is_over(const struct sandbox *c, char *why, size_t size);

/* If the sandbox is over, v becomes an error, whatever it was. */
void sandbox_is_over_error(const struct sandbox *c, struct verdict *v);

#endif
