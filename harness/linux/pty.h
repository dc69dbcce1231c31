/* SPDX-License-Identifier: MIT */
/* A pseudo terminal for a command under test. This process leads a session
   whose controlling terminal it is, and gives its foreground to the command
   that it starts, as a shell does. */
#ifndef PTY_H
#define PTY_H

struct pty {
    int master, slave; /* -1: closed */
};

/* Returns 0, or -1 with errno and, in *step, what could not be done: "pseudo
   terminal" (this machine has none) or "session". From then on SIGHUP is
   ignored here. pty_close in either case. */
int pty_open(struct pty *t, const char **step);
void pty_close(struct pty *t);

/* In the child, last before exec: the terminal as standard streams, and the
   foreground. Returns 0, or -1 with errno. arg is the struct pty. */
int pty_take(void *arg);

#endif
