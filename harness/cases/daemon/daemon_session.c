/* SPDX-License-Identifier: MIT */
/* daemon/: the session that it is in, and the terminal that it was started on,
   daemon(7) steps 6 to 8. */
#include "cases/daemon/daemon.h"

#include "linux/pty.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- its session ---- */

static bool up_and_known(struct context *c, struct proc_stat *st)
{
    if (!daemon_up(c, NULL, NULL))
        return false;
    if (procfs_stat(c->subject.server, st) == 0)
        return true;
    verdict_skip(c->v, "the server has ended");
    return false;
}

static void new_session(struct context *c)
{
    struct proc_stat st;

    if (!up_and_known(c, &st))
        return;
    if (st.session != getsid(0)) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "another session than its starter's");
    verdict_observed(c->v, "session %d, its starter's", (int)st.session);
    verdict_fail(c->v, "it stays in its starter's session");
    daemon_tell(c);
}

static void not_session_leader(struct context *c)
{
    struct proc_stat st;

    if (!up_and_known(c, &st))
        return;
    if (st.session != c->subject.server) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "it leads no session");
    verdict_observed(c->v,
                     "it leads session %d: a terminal that it opens "
                     "becomes its controlling terminal",
                     (int)st.session);
    verdict_fail(c->v, "it leads its session");
    daemon_tell(c);
}

/* ---- on a terminal ---- */

/* The process of the case becomes the leader of a session with a pseudo
   terminal, and starts the command in its foreground, as a shell does. It
   outlives the start command, because the end of a leader hangs up whatever has
   not left its session yet. */

/* false: decided. */
static bool open_terminal(struct pty *t, struct verdict *v)
{
    const char *step;

    if (pty_open(t, &step) == 0)
        return true;
    if (strcmp(step, "session") == 0)
        verdict_error(v, "cannot lead a session with a terminal: %s",
                      strerror(errno));
    else
        verdict_skip(v, "no %s here: %s", step, strerror(errno));
    return false;
}

static bool up_on_terminal(struct context *c, struct pty *t)
{
    *t = (struct pty){ -1, -1 };
    return open_terminal(t, c->v) && daemon_up(c, pty_take, t);
}

static void no_terminal(struct context *c)
{
    struct pty t;
    struct proc_stat st;

    if (up_on_terminal(c, &t)) {
        if (procfs_stat(c->subject.server, &st) < 0) {
            verdict_skip(c->v, "the server has ended");
        } else if (st.tty == 0) {
            verdict_pass(c->v);
        } else {
            verdict_expected(c->v, "no controlling terminal");
            verdict_observed(c->v, "its starter's terminal is its controlling "
                                   "terminal");
            verdict_fail(c->v, "it keeps its starter's controlling terminal");
            daemon_tell(c);
        }
    }
    pty_close(&t);
}

/* What happens when a line drops and its shell ends: the leader lets go of the
   terminal, for which the kernel sends SIGHUP to the foreground, and the
   terminal is gone for all that still have it open. ioctl_tty(2), TIOCNOTTY. */
static bool hang_up(struct pty *t, struct verdict *v)
{
    int rc = ioctl(t->slave, TIOCNOTTY);

    if (rc < 0)
        verdict_error(v, "TIOCNOTTY: %s", strerror(errno));
    pty_close(t);
    return rc == 0;
}

static void survives_hangup(struct context *c)
{
    static const char after[] = "after its terminal was hung up";
    struct pty t;
    char why[160];

    if (up_on_terminal(c, &t)) {
        if (!client_served(c, 0, why, sizeof why))
            verdict_skip(c->v,
                         "it does not serve before the terminal is hung "
                         "up: %s",
                         why);
        /* Twice: a handler may have set a flag that ends it only after this
           one. */
        else if (hang_up(&t, c->v) && must_serve(c, after)) {
            server_wait_started(c);
            if (must_serve(c, after))
                verdict_pass(c->v);
        }
        if (c->v->kind == VERDICT_FAIL)
            daemon_tell(c);
    }
    pty_close(&t);
}

static const struct test_case cases[] = {
    { "daemon/new-session", MUST, "its session is not its starter's",
      "daemon(7) 6", new_session, 0,
      "The session of the server process, in /proc/PID/stat.",
      "fork, and no setsid; or setsid in a process that leads its group "
      "(EPERM), unchecked.",
      "fork, _exit in the parent, setsid in the child; look at its result." },
    { "daemon/no-terminal", MUST,
      "started on a terminal, it has no controlling terminal", "daemon(7) 6",
      no_terminal, 0,
      "Started in the foreground of a pseudo terminal; then tty_nr in "
      "/proc/PID/stat.",
      "fork, and no setsid: Ctrl-C in that terminal ends the daemon.",
      "setsid in the child." },
    { "daemon/not-session-leader", SHOULD,
      "it cannot gain a controlling terminal: it leads no session",
      "daemon(7) 7-8", not_session_leader, 0,
      "The session of the server process, in /proc/PID/stat, is not its own "
      "pid.",
      "daemon(3), or fork and setsid: one fork is not enough.",
      "Fork again after setsid, and _exit in the parent." },
    { "daemon/survives-hangup", MUST,
      "it serves on after the terminal is hung up", "daemon(7) 6",
      survives_hangup, 0,
      "A session leader owns a pseudo terminal, starts the command in its "
      "foreground and outlives it; then it lets go of the terminal, which is "
      "closed. New clients come.",
      "nohup is left to the user: without setsid, SIGHUP ends the server when "
      "he logs out.",
      "setsid; and /dev/null as standard streams: a write to a terminal that "
      "is gone is an error." },
};

const struct case_table daemon_session_cases = CASE_TABLE(cases);
