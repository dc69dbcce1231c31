/* SPDX-License-Identifier: MIT */
/* Signals to what this process has started, and to nobody else. A pid that was
   read from /proc a moment ago may belong to another process by now, and a
   start that failed leaves 0, which kill(2) takes for the caller's own group. A
   signal sent here reaches a descendant of this process, or nobody. */
#ifndef PROCESS_SIGNAL_H
#define PROCESS_SIGNAL_H

#include "linux/procfs.h"

/* Send sig to pid. Returns 0, or -1 with errno: ESRCH where it has ended, is
   this process itself or does not descend from it; else as kill(2). */
int process_signal(pid_t pid, int sig);

/* Likewise to one thread of pid, as tgkill(2). */
int process_signal_thread(pid_t pid, pid_t tid, int sig);

/* Likewise to each process in l; those that have ended do not count. */
void process_signal_all(const struct pid_list *l, int sig);

#endif
