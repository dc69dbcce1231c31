/* SPDX-License-Identifier: MIT */
/* Becoming a daemon, in the steps of daemon(7), "SysV daemons". Every function
   reports failure to its caller; none prints or exits. */
#ifndef ECHO64_DAEMON_H
#define ECHO64_DAEMON_H

enum daemon_side { DAEMON_FAILED = -1, DAEMON_CHILD, DAEMON_STARTED,
                   DAEMON_DIED };

/* Set every signal to its default, and block none: what the starter had
   ignored or blocked came with exec(2). */
void daemon_reset_signals(void);

/* Close every descriptor above 2. Returns 0, or -1 with errno. */
int daemon_close_inherited(void);

/* Fork the daemon: in a session of its own, and not its leader, so that it has
   no terminal and can get none. Like fork(2) it returns in more than one
   process: DAEMON_CHILD in the daemon; in the starter DAEMON_STARTED once the
   daemon has called daemon_ready, or DAEMON_DIED if it ended without. In
   whichever process a step failed: DAEMON_FAILED with errno. The daemon keeps
   the starter's directory, umask and standard streams until daemon_ready. */
enum daemon_side daemon_detach(void);

/* The last steps: directory /, umask 0, /dev/null as standard streams; then
   let the starter go, with status 0. Returns 0, or -1 with errno. */
int daemon_ready(void);

/* Become this user for good, with its groups. Returns 0, or -1 with errno,
   ENOENT if there is no such user. */
int daemon_become(const char *user);

#endif
