/* SPDX-License-Identifier: MIT */
/* How many more processes this machine lets the caller start. */
#ifndef HOST_LIMITS_H
#define HOST_LIMITS_H

#include <stddef.h>

/* The smallest of kernel.pid_max, kernel.threads-max, RLIMIT_NPROC (unless
   root) and pids.max of the caller's control groups, each less what is in use;
   a thread counts as a process. which names it: "kernel.pid_max 32768, 120 in
   use". -1 if no limit could be read. */
long host_limits_processes(char *which, size_t size);

/* How often the caller's control groups have refused a process because pids.max
   was reached: a count that only grows. */
long host_limits_refusals(void);

/* How many descriptors a process may have once it has raised its soft limit. */
long host_limits_files(void);

/* How many connections one client address can hold open to one server port:
   the width of the ephemeral range. */
long host_limits_ports(char *which, size_t size);

#endif
