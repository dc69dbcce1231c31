/* SPDX-License-Identifier: MIT */
/* The server under test, as one start of it. The files beside this one build on
   each other: subject_processes (which processes are its own),
   subject_listener, subject_lifecycle, subject_launch. None of them connects to
   it. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "base/deadline.h"
#include "linux/procfs.h"
#include "network/sockdiag.h"
#include "sandbox/sandbox.h"
#include "target/command.h"

enum {
    SUBJECT_LISTENERS = 128,
    SUBJECT_WHY = 512,
    SUBJECT_OUTPUT_BYTES = 64 << 20
};

enum subject_starts {
    STARTS_UNKNOWN,
    STARTS_DETACHED,
    STARTS_FOREGROUND,
    STARTS_ATTACHED
};

struct subject {
    const struct target *target;
    struct sandbox *sandbox;
    int sd;                 /* sock_diag of the sandbox */
    char dir[288];          /* {dir} of this start */
    char logs[288];         /* valgrind's logs, one a process */
    struct address address; /* where clients connect */
    pid_t start;            /* the start command; 0: attached */
    int exec_error;         /* errno of its exec, if that failed */
    bool start_ended;
    int start_status; /* as waitpid(2), once it has ended */
    int out, err;     /* what it prints; -1: attached */
    pid_t server;     /* the server process, by outer pid */
    bool server_told; /* it stands in the pid file */
    unsigned long listener[SUBJECT_LISTENERS]; /* inodes */
    size_t nlisteners;
    long backlog; /* of the smallest listen queue */
    enum subject_starts starts;
    struct pid_list not_ours; /* our own processes in the same tree */
    char why[SUBJECT_WHY];    /* of a failure: one line */
};

/* Call each for every TCP socket in one of states (sockdiag.h) whose local port
   is the one where clients connect, whoever holds it. Returns what
   sockdiag_each does. */
int subject_each_socket(const struct subject *s, unsigned states,
                        int (*each)(const struct socket_info *i, void *arg),
                        void *arg);

/* What it printed on stderr, or else on stdout; the last lines, printable or
   not; the caller frees; NULL when there is nothing. */
char *subject_said(const struct subject *s);
/* Likewise on stderr alone. */
char *subject_said_on_stderr(const struct subject *s);

const char *subject_starts_name(enum subject_starts starts);

/* What it was started with, the address where it was expected to listen; free
   with target_argv_free. NULL: it runs already, or no memory. */
char **subject_ran(const struct subject *s);

/* Set s->why, as printf. */
void subject_explain(struct subject *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
