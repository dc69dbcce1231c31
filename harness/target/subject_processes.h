/* SPDX-License-Identifier: MIT */
/* The processes of a subject. */
#ifndef SUBJECT_PROCESSES_H
#define SUBJECT_PROCESSES_H

#include "target/subject.h"

/* Append every process of the target, parents before children, to out, which
   the caller frees in either case. Returns 0, or -1 with ENOMEM. */
int subject_processes(const struct subject *s, struct pid_list *out);
/* Likewise those of the server process and below. */
int subject_server_tree(const struct subject *s, struct pid_list *out);
/* Likewise those that hold the socket of that inode, as far as they may be
   looked at. Nobody holds inode 0, which is what sock_diag says of a connection
   that is not accepted yet, or not open any more. */
int subject_holders(const struct subject *s, unsigned long inode,
                    struct pid_list *out);

/* True if one of pid's threads is in one of these states; false if it has
   ended. */
bool any_thread(pid_t pid, const char *states);

/* Likewise for all processes that a function lists: subject_processes, or
   subject_server_tree. */
typedef int subject_lister(const struct subject *s, struct pid_list *out);
bool any_thread_of(const struct subject *s, subject_lister *processes,
                   const char *states);

/* The processor time of all of them so far, in nanoseconds: also of those that
   have ended and were waited for, times(2). It comes in steps of a hundredth of
   a second. Of a crowd of more than 512 only what was waited for is known. */
int64_t subject_processor_ns(const struct subject *s);

/* Look whether the start command has ended; start_status is known from then on.
   One that is attached has none, which never ends. */
bool subject_start_ended(struct subject *s);
bool subject_ended(struct subject *s); /* no process of it is alive */

/* Signal all of them; one that runs already (--connect) is never signalled. */
void subject_signal_all(const struct subject *s, int sig);

#endif
