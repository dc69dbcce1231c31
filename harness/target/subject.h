/* SPDX-License-Identifier: MIT */
/* The server under test: start it, see when it listens, tell its processes
   apart, signal it, stop it. It is never connected to here. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "linux/sandbox.h"
#include "base/deadline.h"
#include "linux/procfs.h"
#include "network/sockdiag.h"
#include "target/command.h"

enum { SUBJECT_LISTENERS = 16, SUBJECT_WHY = 512,
       SUBJECT_OUTPUT_BYTES = 64 << 20 };

enum subject_starts { STARTS_UNKNOWN, STARTS_DETACHED, STARTS_FOREGROUND,
                      STARTS_ATTACHED };

struct subject {
    const struct target *target;
    struct sandbox *sandbox;
    int sd;                     /* sock_diag of the sandbox */
    char dir[288];              /* {dir} of this start */
    char logs[288];             /* valgrind's logs, one a process */
    struct address address;     /* where clients connect */
    pid_t start;                /* the start command; 0: attached */
    bool start_ended;
    int start_status;           /* as waitpid(2), once it has ended */
    int out, err;               /* what it prints; -1: attached */
    pid_t server;               /* the server process, by outer pid */
    unsigned long listener[SUBJECT_LISTENERS];  /* inodes */
    size_t nlisteners;
    long backlog;               /* of the smallest listen queue */
    enum subject_starts starts;
    struct pid_list not_ours;   /* our own processes in the same tree */
    int64_t put_off_ns;         /* its deadlines, by now */
    char why[SUBJECT_WHY];      /* of a failure: one line */
};

enum subject_up {
    SUBJECT_UP,         /* it listens */
    SUBJECT_DIED,       /* or never listened: the target's doing, exit 3 */
    SUBJECT_TROUBLE     /* the harness could not start anything, exit 4 */
};

/* How a start differs from the defined one; all zero: in nothing. */
struct subject_how {
    const char *ip, *port;      /* told to the command instead of where it is
                                   expected to listen; NULL: the same */
    bool no_address;            /* the address is left out */
    int (*pre_exec)(void *arg);    /* runs in the child last of all before exec:
                                   0, or -1 with errno; NULL: nothing */
    void *arg;
};

/* Start it, without waiting: SUBJECT_UP says only that the command runs. port:
   where it is expected to listen, and what {port} stands for. how may be NULL.
   subject_free in every case; s->why says what else happened. */
enum subject_up subject_launch(struct subject *s, const struct target *t,
                               struct sandbox *sandbox, int port,
                               const struct subject_how *how);
/* Wait until it listens where it was asked to; SUBJECT_DIED if it ended or the
   deadline passed. */
enum subject_up subject_wait(struct subject *s, struct deadline d);
/* Both. */
enum subject_up subject_start(struct subject *s, const struct target *t,
                              struct sandbox *sandbox, int port,
                              struct deadline d);
/* One look: does it listen there now? Fills listener, server and backlog. */
bool subject_find(struct subject *s);
/* Two of one kind in a sandbox: whatever runs now, not below s, is not s's. */
int subject_exclude_others(struct subject *s);

/* d has passed: put it off by as long as a process of the target has been ready
   to run and got no processor (15 s in all), which says nothing about the
   target. False if it has passed all the same. */
bool subject_put_off(struct subject *s, struct deadline *d);

/* Look at a server that runs already; it is never signalled. */
enum subject_up subject_attach(struct subject *s, const struct target *t,
                               struct sandbox *sandbox);

/* Wait until its start is over: every process of the target sleeps in the same
   call, its context switches unchanged in three looks. Then decide s->starts,
   detached if the start command has ended, and see anew which process is the
   server. */
void subject_wait_started(struct subject *s, struct deadline d);

/* Every process of the target, parents before children; appends. */
int subject_processes(const struct subject *s, struct pid_list *out);
/* Those of the server process and below. */
int subject_server_tree(const struct subject *s, struct pid_list *out);

/* Signal all of them; one that runs already (--connect) is never signalled. */
void subject_signal_all(const struct subject *s, int sig);

bool subject_listens(struct subject *s);    /* the listener is still there */
bool subject_ended(struct subject *s);      /* no process of it is alive */
/* The server process has gone, and no other of its own holds the listener. */
bool subject_gone(struct subject *s);

/* SIGTERM to the server process, then to what is left; true if all ended by
   themselves before the deadline. */
bool subject_terminate(struct subject *s, struct deadline d);

/* Close and free; ends nothing: that is the sandbox's. */
void subject_free(struct subject *s);

/* What it printed on stderr, or else on stdout; the last lines, printable or
   not; the caller frees; NULL when there is nothing. */
char *subject_said(const struct subject *s);

const char *subject_starts_name(enum subject_starts starts);

/* Set s->why, as printf. */
void subject_explain(struct subject *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Set s->why to where else it listens, or that it does not. */
void subject_tell_elsewhere(struct subject *s);
/* True if something listens where it was asked to, and a process of the target
   does not show us whether that is its own; s->why says so. */
bool subject_hides(struct subject *s);

#endif
