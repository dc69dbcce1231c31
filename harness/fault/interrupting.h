/* SPDX-License-Identifier: MIT */
/* Whether a call of a thread can fail with EINTR at all, signal(7): by a signal
   that is caught, that the thread lets in, and whose handler does not let the
   call be made again; and only where the call waits. Whatever cannot be, no
   server has to be ready for. */
#ifndef INTERRUPTING_H
#define INTERRUPTING_H

#include "fault/fault.h"

struct interrupting {
    bool restarting; /* any handler will do: the call has a time limit, so that
                        SA_RESTART does not count, or is a poll(2) */
    bool alarms;     /* also SIGALRM and its like: else they may be the time
                        limit that the program has set itself */
};

/* The signal of that kind that is most likely to be meant to come at any time,
   to thread tid of pid: SIGCHLD first. Never SIGTERM, SIGINT, SIGQUIT and
   SIGHUP, by which a server may well end, nor what the kernel sends for a
   fault. 0: none. f has CALL_SIGACTION among its calls. */
int interrupting_signal(struct fault *f, pid_t pid, pid_t tid,
                        struct interrupting of);

/* c can fail with EINTR: accept, recv and send on a socket that blocks, polls
   that wait. Also for a which, on the supervisor's thread. */
bool interrupting_can(struct fault *f, const struct fault_call *c);

/* c can fail with error at all, by what it is called on: a connection loses its
   peer, a file its disk; no socket does not close. Likewise. */
bool fault_possible(struct fault *f, const struct fault_call *c, int error);

#endif
