/* SPDX-License-Identifier: MIT */
/* The start that the cases of daemon/ share, and the facts that they tell about
   the server afterwards: its process, what it printed, who holds a descriptor.
   They come from /proc and from the output that was kept; nothing is
   signalled. */
#include "cases/daemon/daemon.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

bool daemon_up(struct context *c, int (*pre_exec)(void *arg), void *arg)
{
    struct subject_how how = { .pre_exec = pre_exec, .arg = arg };
    enum subject_up up;

    up = server_try(c, &how);
    if (up == SUBJECT_UP && !server_ended(c))
        return true;
    if (up == SUBJECT_UP || (up == SUBJECT_DIED && subject_ended(&c->subject)))
        verdict_skip(c->v, "the server has ended%s%s",
                     c->subject.why[0] ? ": " : "", c->subject.why);
    else
        verdict_error(c->v, "the server did not come up: %s", c->subject.why);
    server_tell_printed(c);
    return false;
}

void daemon_tell(struct context *c)
{
    pid_t pid = c->subject.server;
    struct proc_stat st;
    char tty[32] = "none";

    if (procfs_stat(pid, &st) < 0) {
        verdict_fact(c->v, "the server, pid %d, has ended", (int)pid);
        return;
    }
    if (st.tty)
        snprintf(tty, sizeof tty, "device %u:%u", major((dev_t)st.tty),
                 minor((dev_t)st.tty));
    verdict_fact(c->v,
                 "the server: pid %d [%d] (%s), parent %d, session %d, "
                 "controlling terminal %s",
                 (int)pid, (int)procfs_inner_pid(pid), st.comm, (int)st.ppid,
                 (int)st.session, tty);
}

enum { MOST_TOLD = 8, LOOK_AGAIN_MS = 1000 };

/* told: how many were told before. Returns how many this process has. */
static int tell_one(struct context *c, pid_t pid, const char *what, int told)
{
    struct fd_list fds = { NULL, 0, 0 };
    struct proc_stat st;
    int n = 0;

    if (procfs_stat(pid, &st) == 0 && procfs_fds(pid, &fds) == 0)
        for (size_t i = 0; i < fds.n; i++)
            if (strcmp(fds.fd[i].what, what) == 0 && told + n++ < MOST_TOLD)
                verdict_fact(c->v, "pid %d [%d] (%s) holds fd %d: %s", (int)pid,
                             (int)procfs_inner_pid(pid), st.comm, fds.fd[i].fd,
                             what);
    fd_list_free(&fds);
    return n;
}

int daemon_tell_holders(struct context *c, const char *what)
{
    struct pid_list l = { NULL, 0, 0 };
    int n = 0;

    if (subject_processes(&c->subject, &l) == 0)
        for (size_t i = 0; i < l.n; i++)
            n += tell_one(c, l.pid[i], what, n);
    pid_list_free(&l);
    if (n > MOST_TOLD)
        verdict_fact(c->v, "and %d more", n - MOST_TOLD);
    return n;
}

bool daemon_is_above(const struct subject *s, pid_t above, pid_t process)
{
    struct pid_list own = { NULL, 0, 0 };
    struct proc_stat st = { .ppid = process };
    bool is = above == process; /* also where it was left out of the list, since
                                   its parent is just ending */

    if (subject_processes(s, &own) == 0)
        while (!is && pid_list_has(&own, st.ppid)) {
            is = st.ppid == above;
            if (procfs_stat(st.ppid, &st) < 0)
                break;
        }
    pid_list_free(&own);
    return is;
}

bool daemon_is_of_server(struct context *c, pid_t pid)
{
    struct subject *s = &c->subject;
    struct deadline d = deadline_in(LOOK_AGAIN_MS);
    struct pause pause = { 0 };

    while (pid != s->start && !daemon_is_above(s, pid, s->server)) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
        while (!subject_find(s) && !deadline_passed(d))
            pause_until(&pause, d);
    }
    return true;
}
