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
   and no call is held before that is asked for. Returns NULL with errno; else
   fault_end in every case. */
struct fault *fault_begin(unsigned calls);
struct seccomp_filter *fault_filter(struct fault *f);

/* Wait until the start has shown whether the target runs under supervision.
   False if it does not, with errno as from seccomp_filter_take_listener. */
bool fault_works(struct fault *f);

/* From now on hold every call of kind for which `which` returns true (NULL:
   every one). It runs on the supervisor's thread and must not block. */
void fault_hold(struct fault *f, enum call kind,
                bool (*which)(const struct fault_call *c, void *arg),
                void *arg);
/* Fail the next n calls of kind that which accepts (n < 0: all of them) with
   error, at once. */
void fault_fail(struct fault *f, enum call kind, int error, long n,
                bool (*which)(const struct fault_call *c, void *arg),
                void *arg);
/* Of the calls of kind that which accepts, fail the n-th from now on (1: the
   next) with error. */
void fault_fail_nth(struct fault *f, enum call kind, int error, long n,
                    bool (*which)(const struct fault_call *c, void *arg),
                    void *arg);
/* Do every call of kind, CALL_RECV or CALL_SEND, on a connected TCP socket in
   the target's place, with so many bytes at most; a call that would block waits
   until it can be done. If to names a socket (CALL_SEND only), this is done for
   calls on that socket alone, and their bytes go to its descriptor, which must
   not block and stay open until fault_release. */
void fault_shorten(struct fault *f, enum call kind, size_t bytes,
                   struct short_io_capture to);
/* None of these any more; what is held goes on. */
void fault_release(struct fault *f, enum call kind);
/* Of no kind any more; what is held goes on, but for one call (NULL: none). */
void fault_release_but(struct fault *f, const struct fault_call *held);

/* Wait until a call of kind is held. False at the deadline, or once no
   supervised process is left. */
bool fault_wait_held(struct fault *f, enum call kind, struct deadline d,
                     struct fault_call *held);
/* Puts at most room of the calls that are held now into held, and returns how
   many there are. */
size_t fault_list_held(struct fault *f, struct fault_call *held, size_t room);
/* Answer a held call: fail it with error, or with error 0 let the kernel do it.
   EPIPE comes with its SIGPIPE, as from the kernel, unless the call suppresses
   that. False if its process has gone meanwhile. */
bool fault_answer(struct fault *f, const struct fault_call *held, int error);

/* sig, which was sent before, arrives just before a held call: its handler
   runs, and then the call is made, as if it were the first time. False, and the
   call is held still, where sig is not caught, or is blocked or does not pend
   there: in that very thread, or in its process if it has no other. */
bool fault_let_in(struct fault *f, const struct fault_call *held, int sig);

/* How many calls of kind have been made so far. */
long fault_made(struct fault *f, enum call kind);
/* The thread that has made all of them since the last fault_hold, fault_fail or
   fault_release of that kind. 0: none was made; -1: by several. */
pid_t fault_caller(struct fault *f, enum call kind);
long fault_injected(struct fault *f, enum call kind);
/* The last fault that was delivered, and to whom: "pid 12 had ECONNRESET from
   recv; 2 delivered in all". False: none was. */
bool fault_last(struct fault *f, char *text, size_t size);

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
/* A call on a listening socket; arg is not used. */
bool fault_is_listening(const struct fault_call *c, void *arg);
struct fault_own {      /* arg of fault_is_own */
    char exe[4096];     /* the server's; "": not known */
    bool begun;         /* a process of that executable has made a call */
    uint64_t valgrinds; /* address of the instruction by which valgrind makes
                           its own calls; 0: none */
};

/* A call of the server, or of what it executes later; but not of a program that
   was executed on the way to the server (a shell, env), and none of valgrind's
   own. Nor a read or write by which a process wakes itself, as from a signal
   handler: on a pipe of which it holds both ends, on an eventfd or the like, on
   a socketpair. No kernel fails those. */
bool fault_is_own(const struct fault_call *c, void *arg);

struct fault_fds { /* arg of fault_is_short_of_fds, {0} at first */
    int n;
    struct {
        pid_t pid;
        size_t open;
    } of[64];
};

/* A call on a listening socket by a process that has at least as many
   descriptors open as when it was first asked about: one that has closed a
   spare descriptor would get its connection in spite of EMFILE. */
bool fault_is_short_of_fds(const struct fault_call *c, void *arg);

/* Release all calls and stop the supervisor. Supervised calls that the target
   makes from here on fail, so it must have ended, or end with its sandbox
   next. */
void fault_end(struct fault *f);

#endif
