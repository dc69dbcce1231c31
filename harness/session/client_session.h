/* SPDX-License-Identifier: MIT */
/* A client under test between its user and its server, both played by this
   process: the client runs in the sandbox, its standard streams are pipes or a
   terminal, and a scripted peer listens where it is told to connect. One loop
   serves all of it and writes down what happens, in order. A wait ends on what
   can be seen: bytes, a state of the client's or of its socket, its end. */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include "base/bytes.h"
#include "linux/pty.h"
#include "session/peer.h"
#include "session/transcript.h"
#include "target/subject_launch.h"
#include "target/subject_lifecycle.h"
#include "target/subject_listener.h"
#include "target/subject_processes.h"

struct seccomp_filter;

struct session_place { /* the same for all sessions of a case */
    const struct target *target;
    struct sandbox *sandbox;
    int port;
    double timeout_ms; /* of one wait */
};

struct session_how {  /* all zero: pipes, and a server */
    bool terminal;    /* all three streams are one */
    const char *out;  /* stdout is this file, not a pipe */
    bool no_server;   /* nobody listens */
    const char *port; /* told to it instead of the real one, or NULL */
    const char *ip;   /* likewise */
    bool no_address;  /* it is told none */
    struct seccomp_filter
        *filter; /* its system calls are supervised, or NULL */
};

/* Why a wait ended. */
enum met {
    MET,         /* what was waited for is there */
    MET_ENDED,   /* the client has ended without it */
    MET_ASKS,    /* it sleeps in a read of its stdin, which is empty,
                    and would do so for ever */
    MET_FLOODED, /* it prints or sends without end */
    MET_NOT      /* the deadline passed */
};

struct session {
    struct session_place place;
    struct transcript log;
    struct peer peer;
    struct subject client;
    struct pty tty;
    int in, out, err;   /* our ends; -1: closed. On a terminal all go
                           over its master, which is out */
    struct bytes typed; /* for its stdin */
    size_t typed_done;
    bool closing;               /* its input ends after what is typed */
    struct bytes printed, said; /* stdout and stderr, as far as they are kept */
    size_t floods;              /* bytes beyond what is kept */
    bool ended;
    int status; /* as waitpid(2), once it has ended */
    int pidfd;
    long long sum;    /* of session_at_rest: the last look, */
    int looks;        /* and how many in a row were like it */
    int sleeping;     /* how many in a row saw it asleep */
    const char *step; /* what session_begin could not do */
};

/* Start the client. SUBJECT_UP: it runs; else d->client.why. session_end in
   every case. */
enum subject_up session_begin(struct session *d,
                              const struct session_place *place,
                              const struct session_how *how);
/* Kill it and all that it started, wait for that, and free. */
void session_end(struct session *d);

/* Wait until it has connected, or sleeps before it does. This may take several
   times the deadline of one wait, as long as an interpreter is at work on its
   start. */
enum met session_come_up(struct session *d);

/* Its user types; nothing waits. On a terminal a line has 4,095 bytes at
   most. */
void session_type(struct session *d, const void *bytes, size_t n);
/* Let its input end after what was typed: EOF of the pipe, ^D on a terminal. */
void session_end_input(struct session *d);
/* Send a signal to the client alone, and note it in the transcript. */
void session_signal(struct session *d, int sig);

/* Serve both sides until is_met returns true, or until it will not any more:
   see enum met. If the client has ended, all that it printed has been read.
   MET_ASKS is returned only if asks is set. */
enum met session_wait(struct session *d,
                      bool (*is_met)(struct session *d, const void *arg),
                      const void *arg, bool asks);
/* Serve once what there is to serve, after waiting ms at most for it. */
void session_step(struct session *d, int ms);

/* ---- what can be waited for ---- */

bool session_has_ended(struct session *d, const void *unused);
bool session_connected(struct session *d, const void *unused);
/* All its processes sleep: several looks in a row with the same counts of
   context switches, or, where a timer wakes it all the time, many that saw it
   asleep. */
bool session_sleeps(struct session *d, const void *unused);
/* Likewise, and nothing that was typed or sent is still to be read by it. */
bool session_at_rest(struct session *d, const void *unused);
/* One look at whether it would wait for its next line for ever. */
bool session_asks(struct session *d);

/* "ended with status 1", "sleeps in read of its stdin", "still runs": for
   evidence; a static buffer. */
const char *session_state(struct session *d, enum met met);
/* Tell the session as facts of the verdict, what it said on stderr included. */
void session_tell(struct session *d, struct verdict *v);

#endif
