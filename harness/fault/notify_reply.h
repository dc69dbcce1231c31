/* SPDX-License-Identifier: MIT */
/* How a supervisor is told of a call, and what it says to it,
   seccomp_unotify(2). All return 0, or -1 with errno (ENOENT: its process has
   gone). */
#ifndef NOTIFY_REPLY_H
#define NOTIFY_REPLY_H

#include "fault/seccomp_filter.h"

#include <stddef.h>

struct seccomp_notif;

/* Take the next call from listener; n has room for notify_reply_take_size()
 * bytes. */
int notify_reply_take(int listener, struct seccomp_notif *n, size_t size,
                      struct fault_call *c);
/* The kernel's structure may be longer than that which we were compiled
   with. */
size_t notify_reply_take_size(void);

/* Let the kernel do it as it was asked for. */
int notify_reply_continue(int listener, uint64_t id);
/* It was done in the target's place: result is its value, or -errno. */
int notify_reply_result(int listener, uint64_t id, long result);
/* For notify_reply_fault instead of an error: a poll whose time went by. */
enum { ANSWER_EXPIRED = -1 };
/* Let it fail with error (> 0); 0: let it be done. EPIPE of a send comes with
   the SIGPIPE that the kernel would raise. */
int notify_reply_fault(int listener, const struct fault_call *c, int error);

/* True while the call is there to be answered. */
bool notify_reply_waits(int listener, uint64_t id);
/* A clone3(2) of a thread: its flags lie in memory, so that it came through
   the filter as if it were a fork. */
bool notify_reply_is_thread(const struct fault_call *c);

#endif
