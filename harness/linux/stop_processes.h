/* SPDX-License-Identifier: MIT */
/* Stop processes (SIGSTOP) and wait until they are stopped: what the caller
   does next is done before they run again. signal(7). */
#ifndef STOP_PROCESSES_H
#define STOP_PROCESSES_H

#include "base/deadline.h"
#include "linux/procfs.h"

/* Stop every process in l and wait until each of their threads is in state T.
   Those that end meanwhile do not count. Returns 0, or -1 with ETIMEDOUT:
   some may be stopped then. */
int stop_processes(const struct pid_list *l, struct deadline d);
/* SIGCONT to all of them. */
void continue_processes(const struct pid_list *l);
/* True from stop_processes to continue_processes: it is stopped, and will stay
   so until this process lets it go on. */
bool is_stopped_here(pid_t pid);

#endif
