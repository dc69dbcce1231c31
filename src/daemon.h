/* SPDX-License-Identifier: MIT */
/* Becoming a daemon, in the steps of daemon(7), "SysV daemons". Every function
   reports failure to its caller: none prints, and none ends the process of a
   caller. */
#ifndef ECHO64_DAEMON_H
#define ECHO64_DAEMON_H

enum daemon_side {
    DAEMON_FAILED = -1, /* in the starter: there is no daemon, see errno */
    DAEMON_CHILD,       /* in the daemon */
    DAEMON_STARTED,     /* in the starter: the daemon has called daemon_ready */
    DAEMON_DIED         /* in the starter: the daemon has ended without */
};

/* Set every signal to its default, and block none: what the starter had
   ignored or blocked came with exec(2). Cannot fail. */
void daemon_reset_signals(void);

/* Close every descriptor above 2. Returns 0, or -1 with errno. */
int daemon_close_inherited(void);

/* Fork the daemon: in a session of its own, and not its leader, so that it has
   no terminal and can get none. Like fork(2) it returns in two processes, the
   starter and the daemon, and says in which. In the starter it blocks until the
   daemon has called daemon_ready, or there is none: DAEMON_FAILED if a step of
   this function failed, with its errno, in whichever process it was. The
   daemon keeps the starter's directory, umask and standard streams until
   daemon_ready. Of starter and daemon only one may end by exit(3), the other by
   _exit(2): handlers of atexit(3) and buffers of stdio were copied. */
enum daemon_side daemon_detach(void);

/* In the daemon, the last steps: directory /, umask 0, /dev/null as standard
   streams; then let the starter go: its daemon_detach returns DAEMON_STARTED.
   Returns 0; or -1 with errno, EPIPE (if SIGPIPE is ignored) where the starter
   has gone. */
int daemon_ready(void);

/* Become this user for good, with its groups. Returns 0, or -1 with errno:
   ENOENT if there is no such user, EPERM if this process may not become it or
   could go back; some of the change may have been made then. */
int daemon_become(const char *user);

#endif
