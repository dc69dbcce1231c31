/* SPDX-License-Identifier: MIT */
/* The moment before a server waits: the call in which it would sleep is held,
   while what it would have to see comes to pass. */
#ifndef MOMENT_H
#define MOMENT_H

#include "fault/fault.h"
#include "kit/context.h"

/* The kinds of calls in which a server waits. */
#define MOMENT_CALLS                                                     \
    (CALL_BIT(CALL_ACCEPT) | CALL_BIT(CALL_POLL) | CALL_BIT(CALL_RECV) | \
     CALL_BIT(CALL_PAUSE))
enum { MOMENT_MOST = 256 };

/* False: decided (skip): valgrind delivers signals by itself. Likewise where
   its handlers are an interpreter's, which defers them: what is a MUST of
   others is then a SHOULD. Call it while the server is up. */
bool moment_can_be(struct context *c);
void moment_of_runtime(struct context *c);

/* From now on hold each call that may sleep: of every process that holds a
   listening socket, but for a start command that detaches its server... */
void moment_hold_listening(struct fault *f, struct context *c);
/* ...or of the server process alone. */
void moment_hold_server(struct fault *f, struct context *c);

/* Of the server process's calls that may sleep, from now on, the left-th alone.
   nth must live as long as f. */
struct moment_nth {
    const struct context *c;
    long left;
};
void moment_hold_nth(struct fault *f, struct moment_nth *nth);

/* Wait until the server's threads are asleep or held; the calls that are held
   go into held. Returns how many there are. */
size_t moment_settle(struct context *c, struct fault *f,
                     struct fault_call held[MOMENT_MOST]);

/* With the server's calls held: a client comes, leaves, and all that it was to
   the server is over; held is the next call in which the server waits. False:
   it makes none. */
bool moment_after_client(struct context *c, struct fault *f,
                         struct fault_call *held);
/* Likewise while the client stays: t, on which nothing was said. */
bool moment_beside_client(struct context *c, struct fault *f, struct talk *t,
                          struct fault_call *held);

enum moment {
    MOMENT_TAKEN,   /* its handler runs, and then the call is made */
    MOMENT_SENT,    /* blocked there, or not caught: it went to the process, and
                       the call is made, if its process is left */
    MOMENT_IGNORED, /* and the call is made */
    MOMENT_MISSED   /* the call was held no more */
};

/* sig to the process whose call is held, just before that. The call is not held
   afterwards. */
enum moment moment_signal(struct fault *f, const struct fault_call *held,
                          int sig);

/* "accept4 of the server (pid 12)", to say which call it was. */
void moment_text(struct context *c, const struct fault_call *held, char *text,
                 size_t size);

#endif
