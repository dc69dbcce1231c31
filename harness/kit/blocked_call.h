/* SPDX-License-Identifier: MIT */
/* Which thread of the server sleeps in a call on a socket of its own: seen in
   /proc, without any filter on that call. */
#ifndef BLOCKED_CALL_H
#define BLOCKED_CALL_H

#include "fault/seccomp_filter.h"
#include "kit/context.h"

struct blocked_call {
    pid_t pid, tid;
    int fd; /* in that process */
};

/* Wait until a thread of the server sleeps in a call of that kind on the
   socket of that inode; 0: on any that listens for it. Returns how many do, and
   puts at most room of them into call; 0 at the deadline. A call of the kind
   must not be supervised: one that waits for its supervisor sleeps, too. */
size_t blocked_calls_wait(struct context *c, enum call kind,
                          unsigned long inode, struct blocked_call *call,
                          size_t room, struct deadline d);

/* Send sig to that thread, and wait until it has been delivered. False where
   it has not been by the deadline. */
bool blocked_call_signal(struct context *c, const struct blocked_call *call,
                         int sig);

#endif
