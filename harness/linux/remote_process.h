/* SPDX-License-Identifier: MIT */
/* Into another process: its descriptors and its memory. Needs the right to
   trace it, ptrace(2) PTRACE_MODE_ATTACH. */
#ifndef REMOTE_PROCESS_H
#define REMOTE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A copy of descriptor fd of the process that thread tid belongs to, or -1
   with errno. Close it at once: it keeps a socket open. */
int remote_fd(pid_t tid, int fd);
/* Whether such copies may be made here at all; else errno: EPERM where seccomp
   refuses pidfd_getfd(2), as in a container of Docker's that was not given
   CAP_SYS_PTRACE, or where Yama allows no tracing; ENOSYS. Starts a child. */
bool reach_copies(void);

/* Copy n bytes; returns the count, less where the rest is not mapped, or -1. */
ssize_t remote_read(pid_t tid, uint64_t address, void *to, size_t n);
ssize_t remote_write(pid_t tid, uint64_t address, const void *from, size_t n);

#endif
