/* SPDX-License-Identifier: MIT */
/* How many more processes this machine lets the caller start. */
#ifndef HOST_LIMITS_H
#define HOST_LIMITS_H

#include <stddef.h>

/* The least of kernel.pid_max, kernel.threads-max, RLIMIT_NPROC (unless
   root) and pids.max of the control groups that the caller is in, each less
   what runs; a thread counts as a process. which names the one that binds:
   "kernel.pid_max 32768, 120 in use". -1 when nothing could be read. */
long host_limits_processes(char *which, size_t size);

/* How often a control group of the caller's has refused a process, because its
   pids.max was reached: a number that grows. */
long host_limits_refusals(void);

/* How many descriptors a process may have that raises its own limit. */
long host_limits_files(void);

/* How many connections one client address can hold open to one server port:
   the width of the ephemeral range. */
long host_limits_ports(char *which, size_t size);

#endif
