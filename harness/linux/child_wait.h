/* SPDX-License-Identifier: MIT */
/* The one place where this process waits for its children: those that it
   started, whose status somebody will ask for, and those that it adopted as a
   subreaper, which only have to be reaped. */
#ifndef CHILD_WAIT_H
#define CHILD_WAIT_H

#include "base/deadline.h"

#include <stdbool.h>
#include <sys/types.h>

/* Keep the status of pid when it ends. Returns 0, or -1 with ENOMEM. */
int child_watch(pid_t pid);
/* Collect every child that has ended, without blocking. */
void child_reap_all(void);
/* Wait until this process has no child any more. False at the deadline. */
bool child_reap_everyone(struct deadline d);
/* True once pid, watched, has ended; *status as waitpid(2) gives it. */
bool child_ended(pid_t pid, int *status);
/* "status 1", "killed by SIGSEGV": for messages; a static buffer. */
const char *child_status_text(int status);

#endif
