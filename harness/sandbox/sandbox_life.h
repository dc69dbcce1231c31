/* SPDX-License-Identifier: MIT */
/* A sandbox ends with its first process, whoever ends that: the OOM killer
   does. What is seen then says nothing about the target. */
#ifndef SANDBOX_LIFE_H
#define SANDBOX_LIFE_H

#include "result/verdict.h"
#include "sandbox/sandbox.h"

/* True once the sandbox's first process has begun to end; why says what ended
   it, in one line. Asked before anything is concluded from what was seen:
   whatever its end did to others was after that. */
bool sandbox_is_over(const struct sandbox *c, char *why, size_t size);

/* Where the sandbox is over, v becomes an error, whatever it was. */
void sandbox_is_over_error(const struct sandbox *c, struct verdict *v);

#endif
