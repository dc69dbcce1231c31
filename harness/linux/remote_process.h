/* SPDX-License-Identifier: MIT */
/* Copies of another process's descriptors, and its memory. Needs the right to
   trace it, ptrace(2) PTRACE_MODE_ATTACH. */
#ifndef REMOTE_PROCESS_H
#define REMOTE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A copy of descriptor fd of the process that thread tid belongs to, or -1 with
   errno. Close it soon: while it is open, so is a target's connection. */
int remote_fd(pid_t tid, int fd);
/* True if remote_fd can work here at all, tried on a child that is forked for
   that. Else errno: EPERM if seccomp refuses pidfd_getfd(2), as in a Docker
   container without CAP_SYS_PTRACE, or if Yama allows no tracing; ENOSYS. */
bool remote_fd_works(void);

/* Copy n bytes; returns the count, less where the rest is not mapped, or -1. */
ssize_t remote_read(pid_t tid, uint64_t address, void *to, size_t n);
ssize_t remote_write(pid_t tid, uint64_t address, const void *from, size_t n);

#endif
