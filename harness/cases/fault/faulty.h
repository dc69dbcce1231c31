/* SPDX-License-Identifier: MIT */
/* What the files of the fault/ family share: a server whose system calls are
   supervised from its first one on, a fault on accept with a client waiting,
   and what "it lives" means. */
#ifndef FAULTY_H
#define FAULTY_H

#include "fault/fault.h"
#include "kit/backpressure.h"
#include "kit/context.h"

/* Start it supervised for calls (CALL_BIT); accepts on its listening socket
   are held from the start if hold_accept. NULL: decided (skip: supervision is
   not allowed here; error). */
struct fault *faulty_up(struct context *c, unsigned calls, bool hold_accept);
/* The same in two steps, between which more may be asked of the supervisor.
   NULL: decided (error). False: decided, and f has ended. */
struct fault *faulty_prepare(struct context *c, unsigned calls);
bool faulty_start(struct context *c, struct fault *f);
/* Release all calls, end the server, then the supervision. */
void faulty_stop(struct context *c, struct fault *f);
/* Call it when the server has ended. If v has failed, the same server is tried
   without any fault: one that echoes wrongly anyway is no case of this family
   (skip). */
void faulty_blame(struct context *c);
/* Call it when no fault has been given yet: what has failed is then no case of
   this family (skip). */
void faulty_too_soon(struct context *c);
/* Nothing was delivered: what has failed all the same is no case of this family
   (skip). */
void faulty_undelivered(struct context *c);
/* faulty_stop and faulty_blame. */
void faulty_down(struct context *c, struct fault *f);

/* With accept held: connect a client, wait until an accept is held, fail that
   one and, if n > 1, all others that are held and then n - 1 more with error;
   all further calls are done. With fds, which must live as long as f, the calls
   of a process that has closed a descriptor since are done too. t is the
   client, which has said nothing yet if the server accepts it so. false:
   decided (skip: it never makes such a call), and t is not connected. */
bool faulty_accept(struct context *c, struct fault *f, int error, long n,
                   struct fault_fds *fds, struct talk *t);

/* Its client says all that it will, if it has not yet. */
void faulty_say(struct talk *t);

/* It serves a new client: at once, or after a back-off within the deadline (to
   close the listener for a while is right), which may begin anew with each
   accept that f fails. Else v fails, with a text that begins with after. */
bool faulty_lives(struct context *c, struct fault *f, const char *after);

/* Wait until it is idle or has ended. Nothing is decided: if it has ended, the
   next client shows that. */
void faulty_wait_idle(struct context *c);

/* A client that did not read for a while reads all of p now: each byte must
   come back, once. False: the case fails; after says what was done to the
   server: "after SIGUSR1 interrupted its send". */
bool faulty_all_back(struct context *c, struct backpressure *p,
                     const char *after);

/* True if a fault was delivered. false: decided (skip). */
bool faulty_delivered(struct context *c, struct fault *f, enum call kind,
                      const char *what);

/* The cases of each file. */
extern const struct case_table fault_accept_cases, fault_accept_quiet_cases,
    fault_process_cases, fault_thread_cases, fault_stream_cases,
    fault_eintr_cases, fault_log_cases, fault_nth_cases;

#endif
