/* SPDX-License-Identifier: MIT */
/* How a supervisor receives a call, and how it answers it, seccomp_unotify(2).
   All return 0, or -1 with errno (ENOENT: the call's process has gone). */
#ifndef NOTIFY_REPLY_H
#define NOTIFY_REPLY_H

#include "fault/seccomp_filter.h"

#include <stddef.h>

struct seccomp_notif;

/* Take the next call from listener; n has room for notify_reply_take_size()
 * bytes. */
int notify_reply_take(int listener, struct seccomp_notif *n, size_t size,
                      struct fault_call *c);
/* How many bytes the kernel may write: its structure may be longer than the one
   that we were compiled with. */
size_t notify_reply_take_size(void);

/* Let the kernel do the call. */
int notify_reply_continue(int listener, uint64_t id);
/* The call was done in the target's place and returns result, or fails with
   -result if that is negative. */
int notify_reply_result(int listener, uint64_t id, long result);
/* For notify_reply_fault in place of an error: a poll returns 0, as if its
   timeout had passed. */
enum { ANSWER_EXPIRED = -1 };
/* Fail the call with error (> 0), or with 0 let the kernel do it. EPIPE of a
   send comes with the SIGPIPE that the kernel would raise. */
int notify_reply_fault(int listener, const struct fault_call *c, int error);

/* True while the call waits for its answer. */
/* Its process first runs the handlers of the signals that pend there, and then
   makes the call anew, whatever SA_RESTART says. Only where one pends, is
   caught and not blocked: without, the number of the kernel's own error reaches
   the program. */
int notify_reply_anew(int listener, uint64_t id);
bool notify_reply_waits(int listener, uint64_t id);
/* True for a clone3(2) that makes a thread. The filter cannot see its flags,
   which lie in memory, and so reports it as if it were a fork. */
bool notify_reply_is_thread(const struct fault_call *c);

#endif
