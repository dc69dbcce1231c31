/* SPDX-License-Identifier: MIT */
/* daemon/: on a terminal, daemon(7) step 6. The process of the case becomes
   the leader of a session with a pseudo terminal, and starts the command in
   its foreground, as a shell does. It outlives the start command, because
   the end of a leader hangs up whatever has not left its session yet. */
#include "cases/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct terminal {
    int master, slave;          /* -1: closed */
};

static void terminal_close(struct terminal *t)
{
    if (t->slave >= 0)
        close(t->slave);
    if (t->master >= 0)
        close(t->master);
    t->slave = t->master = -1;
}

/* false: decided. */
static bool terminal_open(struct terminal *t, struct verdict *v)
{
    t->slave = -1;
    t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (t->master >= 0 && unlockpt(t->master) == 0)
        t->slave = ioctl(t->master, TIOCGPTPEER,
                         O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (t->slave < 0) {
        verdict_skip(v, "no pseudo terminal here: %s", strerror(errno));
        terminal_close(t);
        return false;
    }
    /* Its end is ours to survive. */
    (void)signal(SIGHUP, SIG_IGN);
    if (setsid() >= 0 && ioctl(t->slave, TIOCSCTTY, 0) == 0)
        return true;
    verdict_error(v, "cannot lead a session with a terminal: %s",
                  strerror(errno));
    terminal_close(t);
    return false;
}

/* In the child: the terminal as standard streams, and the foreground. */
static int take_foreground(void *arg)
{
    const struct terminal *t = arg;
    int rc;

    for (int fd = 0; fd < 3; fd++)
        if (dup2(t->slave, fd) < 0)
            return -1;
    (void)signal(SIGTTOU, SIG_IGN);     /* still in the background */
    rc = tcsetpgrp(0, getpgrp());
    (void)signal(SIGTTOU, SIG_DFL);
    return rc;
}

static bool up_on_terminal(struct context *c, struct terminal *t)
{
    *t = (struct terminal){ -1, -1 };
    return needs_detached(c) && terminal_open(t, c->v) &&
           daemon_up(c, take_foreground, t);
}

void daemon_no_terminal(struct context *c, struct verdict *v)
{
    struct terminal t;
    struct proc_stat st;

    if (up_on_terminal(c, &t)) {
        if (procfs_stat(c->subject.server, &st) < 0) {
            verdict_skip(v, "the server has ended");
        } else if (st.tty == 0) {
            verdict_pass(v);
        } else {
            verdict_expected(v, "no controlling terminal");
            verdict_observed(v, "its starter's terminal is its controlling "
                             "terminal");
            verdict_fail(v, "it keeps its starter's controlling terminal");
            daemon_tell(c);
        }
    }
    terminal_close(&t);
}

/* What happens when the line drops and the shell ends: the leader lets go of
   the terminal, for which the kernel sends SIGHUP to the foreground, and those
   who still have it open find it gone. ioctl_tty(2), TIOCNOTTY. */
static bool hang_up(struct terminal *t, struct verdict *v)
{
    int rc = ioctl(t->slave, TIOCNOTTY);

    if (rc < 0)
        verdict_error(v, "TIOCNOTTY: %s", strerror(errno));
    terminal_close(t);
    return rc == 0;
}

void daemon_survives_hangup(struct context *c, struct verdict *v)
{
    static const char after[] = "after its terminal was hung up";
    struct terminal t;
    char why[160];

    if (up_on_terminal(c, &t)) {
        if (!client_served(c, 0, why, sizeof why))
            verdict_skip(v, "it does not serve before the terminal is hung "
                         "up: %s", why);
        /* Twice: a handler may only have told it to end after this one. */
        else if (hang_up(&t, v) && must_serve(c, after)) {
            server_settle(c);
            if (must_serve(c, after))
                verdict_pass(v);
        }
        if (v->kind == VERDICT_FAIL)
            daemon_tell(c);
    }
    terminal_close(&t);
}
