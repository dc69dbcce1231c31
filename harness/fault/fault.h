/* SPDX-License-Identifier: MIT */
/* The supervisor of a target's system calls: count them, hold one until
   something else has happened, answer it with an errno, or let it be; in the
   unmodified program and in all that it forks or executes. One thread takes
   the notifications; the case decides. seccomp_unotify(2). */
#ifndef FAULT_H
#define FAULT_H

#include "base/deadline.h"
#include "fault/seccomp_filter.h"
#include "fault/short_io.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct fault;

/* Prepare to supervise the kinds in calls (CALL_BIT). The start is
       struct subject_how how = { .pre_exec = seccomp_filter_install,
                                  .arg = fault_filter(f) };
   and nothing of those kinds is held until it is asked for. NULL with errno.
   fault_end in every case where it is not NULL. */
struct fault *fault_begin(unsigned calls);
struct seccomp_filter *fault_filter(struct fault *f);

/* True once the target runs under supervision. Else, after the start, why not,
   errno: as seccomp_filter_install. */
bool fault_works(struct fault *f);

/* Hold every call of kind from now on that which accepts (NULL: all). It runs
   on the supervisor's thread and must not block. */
void fault_hold(struct fault *f, enum call kind,
                bool (*which)(const struct fault_call *c, void *arg),
                void *arg);
/* Fail the next n such calls with error at once; n < 0: all. */
void fault_fail(struct fault *f, enum call kind, int error, long n,
                bool (*which)(const struct fault_call *c, void *arg),
                void *arg);
/* Fail the n-th call of kind from now on (1: the next) that which accepts with
   error. */
void fault_fail_nth(struct fault *f, enum call kind, int error, long n,
                    bool (*which)(const struct fault_call *c, void *arg),
                    void *arg);
/* Do every such call on a connected TCP socket in the target's place, with so
   many bytes at most; one that would block waits until it can be done. Only
   for CALL_RECV and CALL_SEND. Where to names a socket, it is on that one
   alone, for CALL_SEND alone: the bytes go to a descriptor that must not block,
   and stay open until fault_release. */
void fault_shorten(struct fault *f, enum call kind, size_t bytes,
                   struct short_io_capture to);
/* None of these any more; what is held goes on. */
void fault_release(struct fault *f, enum call kind);

/* Wait until a call of kind is held. False at the deadline, or once no
   supervised process is left. */
bool fault_wait_held(struct fault *f, enum call kind, struct deadline d,
                     struct fault_call *held);
/* Let it fail with error, or (error 0) be done as it was asked for. EPIPE comes
   with its SIGPIPE, as from the kernel, where that was not suppressed. False
   if its process has gone meanwhile. */
bool fault_answer(struct fault *f, const struct fault_call *held, int error);

/* Calls of that kind made so far, and those among them that were failed. */
long fault_made(struct fault *f, enum call kind);
long fault_injected(struct fault *f, enum call kind);

/* With CALL_SIGACTION among the calls: as signal_watch_interrupts. Also for a
   which, on the supervisor's thread. */
bool fault_signal_interrupts(struct fault *f, pid_t pid, int sig,
                             const uint64_t program[2]);

/* ---- which: for fault_hold and fault_fail ---- */

struct fault_socket { /* arg of fault_is_connected */
    int peer_port;    /* of the client; 0: of any */
    bool blocking;    /* only a socket without O_NONBLOCK */
};

/* A call on a connected TCP socket. */
bool fault_is_connected(const struct fault_call *c, void *arg);
/* A call on a listening TCP socket; arg is not looked at. */
bool fault_is_listening(const struct fault_call *c, void *arg);
struct fault_own {      /* arg of fault_is_own */
    char exe[4096];     /* the server's; "": not known */
    bool begun;         /* a process with that has made a call */
    uint64_t valgrinds; /* the place where valgrind makes calls of its
                           own, which it is linked to; 0: none */
};

/* A call of the server, or of what it executes later, not of what was executed
   on the way to it: a shell, env, a chooser of versions; nor of valgrind's. And
   no read or write
   by which a process wakes itself, as from a handler of signals: of a pipe
   whose both ends it holds, of an eventfd and its like, of a socketpair, which
   no kernel fails. */
bool fault_is_own(const struct fault_call *c, void *arg);

struct fault_fds { /* arg of fault_is_short_of_fds, {0} at first */
    int n;
    struct {
        pid_t pid;
        size_t open;
    } of[64];
};

/* Likewise, and its process has as many descriptors open as when it was first
   asked about, or more: one that has closed a spare descriptor would get its
   connection in spite of EMFILE. */
bool fault_is_short_of_fds(const struct fault_call *c, void *arg);

/* Release all and stop: what the target does from here on is not seen, so the
   sandbox must end next. */
void fault_end(struct fault *f);

#endif
