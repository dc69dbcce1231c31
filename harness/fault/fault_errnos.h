/* SPDX-License-Identifier: MIT */
/* Which errors the man pages name for each kind of call. */
#ifndef FAULT_ERRNOS_H
#define FAULT_ERRNOS_H

#include "fault/seccomp_filter.h"

/* The calls that fault/nth-call walks: those by which a server starts and
   serves. */
enum { FAULT_WALKED = 10 };
extern const enum call fault_walked[FAULT_WALKED];

/* True if name ("accept") is one of those calls. */
bool fault_walks(const char *name);

/* The i-th error of a kind of call, or 0 beyond the last. Those that only a
   mistake in the program itself brings about (EBADF, EFAULT, ENOTSOCK, EINVAL)
   come last, and only if mistakes is set. */
int fault_errno(enum call kind, size_t i, bool mistakes);
/* The errno of that name ("EMFILE"), or 0. */
int fault_errno_called(const char *name);

#endif
