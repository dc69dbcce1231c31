/* SPDX-License-Identifier: MIT */
/* The slave is opened by the master's descriptor (TIOCGPTPEER), not by its name
   in /dev/pts, over which a sandbox may have mounted. It becomes the
   controlling terminal of this process's session before the child is forked,
   which can then take the foreground. Nothing is read or written here. */
#include "linux/pty.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void pty_close(struct pty *t)
{
    if (t->slave >= 0)
        close(t->slave);
    if (t->master >= 0)
        close(t->master);
    t->slave = t->master = -1;
}

/* As long as there is a group of this process's number it cannot lead a
   session, setsid(2): be of a child's meanwhile. The parent's may be of another
   pid namespace, and then has no number here. */
static int lead_session(void)
{
    pid_t child = fork();
    int rc;

    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            (void)pause();
    }
    if (child < 0)
        return -1;
    rc = setpgid(child, child) < 0 || setpgid(0, child) < 0 || setsid() < 0 ? -1
                                                                            : 0;
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    return rc;
}

int pty_open(struct pty *t, const char **step)
{
    *step = "pseudo terminal";
    t->slave = -1;
    t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (t->master < 0 || unlockpt(t->master) < 0)
        return -1;
    t->slave = ioctl(t->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (t->slave < 0)
        return -1;
    *step = "session";
    /* The end of the terminal must not end this process. */
    (void)signal(SIGHUP, SIG_IGN);
    if (getsid(0) != getpid() && lead_session() < 0) /* before the first */
        return -1;
    return ioctl(t->slave, TIOCSCTTY, 0);
}

int pty_take(void *arg)
{
    const struct pty *t = arg;
    int rc;

    for (int fd = 0; fd < 3; fd++)
        if (dup2(t->slave, fd) < 0)
            return -1;
    (void)signal(SIGTTOU, SIG_IGN); /* or it would stop us: we are in the
                                       background */
    rc = tcsetpgrp(0, getpgrp());
    (void)signal(SIGTTOU, SIG_DFL);
    return rc;
}
