/* SPDX-License-Identifier: MIT */
/* With which errors the man pages let a call fail. */
#ifndef FAULT_ERRNOS_H
#define FAULT_ERRNOS_H

#include "fault/seccomp_filter.h"

/* The calls that fault/nth-call walks: those that a server makes to become one
   and to serve. */
enum { FAULT_WALKED = 10 };
extern const enum call fault_walked[FAULT_WALKED];

/* True if that name ("accept") is one of theirs. */
bool fault_walks(const char *name);

/* The i-th error of a kind of call, or 0 beyond the last. Those that only a
   mistake in the program itself brings about (EBADF, EFAULT, ENOTSOCK, EINVAL)
   come last, and only if mistakes is set. */
int fault_errno(enum call kind, size_t i, bool mistakes);
/* The number of that name ("EMFILE"), or 0. */
int fault_errno_called(const char *name);

#endif
