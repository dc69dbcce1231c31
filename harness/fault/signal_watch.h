/* SPDX-License-Identifier: MIT */
/* Which handlers interrupt: /proc shows the signals that a process catches, but
   not whether what they interrupt is made again (SA_RESTART), which decides
   whether a call of it can fail with EINTR, signal(7). So each rt_sigaction(2)
   of the target is looked at when it is made. */
#ifndef SIGNAL_WATCH_H
#define SIGNAL_WATCH_H

#include "fault/seccomp_filter.h"

#include <stddef.h>

struct signal_action { /* as last asked for, by one process */
    pid_t pid;
    int sig;
    bool caught;         /* by a handler: neither ignored nor by default */
    bool restarts;       /* SA_RESTART */
    uint64_t program[2]; /* device and inode of what the process executed */
};

struct signal_watch { /* all zero: nothing is known */
    struct signal_action *action;
    size_t n, room;
    bool lost; /* there was no memory for one, or it could not be read */
};

void signal_watch_free(struct signal_watch *w);

/* On the supervisor's thread: c, a call of rt_sigaction, is about to be made.
   It may yet fail; then it has named no signal that can be caught. */
void signal_watch_note(struct signal_watch *w, const struct fault_call *c);

/* What signal_watch_note makes of it: pid asks for that. */
void signal_watch_add(struct signal_watch *w, const struct signal_action *a);

/* True if a handler of sig in pid, which runs that program, was installed
   without SA_RESTART. A handler is inherited by fork, and lost by exec: one of
   another process with the same program counts where all of those agree. */
bool signal_watch_interrupts(const struct signal_watch *w, pid_t pid, int sig,
                             const uint64_t program[2]);

#endif
