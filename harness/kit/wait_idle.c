/* SPDX-License-Identifier: MIT */
/* A server is idle when no thread of its processes is in state R or D and what
   they hold is the same in three looks. Sleep alone does not show it: between
   two steps of its work a process sleeps too. Nothing is signalled here. */
#include "kit/wait_idle.h"

#include "linux/child_wait.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ACT_MS = 1000, LOOKS = 3 };

void server_let_act(struct context *c)
{
    struct deadline d = deadline_in(ACT_MS);
    struct pause pause = { 0 };

    while (!deadline_passed(d) &&
           any_thread_of(&c->subject, subject_processes, "RD"))
        pause_until(&pause, d);
}

bool server_runs(struct context *c)
{
    return any_thread_of(&c->subject, subject_server_tree, "R");
}

static bool asleep(const struct snapshot *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (any_thread(s->process[i].pid, "RD"))
            return false;
    return true;
}

static bool unchanged(const long was[4], const struct snapshot *s)
{
    return was[0] == (long)s->n && was[1] == s->threads && was[2] == s->fds &&
           was[3] == s->sockets;
}

bool wait_idle(struct context *c, struct snapshot *now)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    for (int same = 0; same < LOOKS;) {
        long was[4] = { (long)now->n, now->threads, now->fds, now->sockets };

        if (server_ended(c)) {
            verdict_skip(c->v, "the server has ended");
            return false;
        }
        if (any_thread_of(&c->subject, subject_processes, "RD") &&
            !deadline_passed(d)) {
            same = 0; /* too early to look closer: snapshot.h */
            pause_until(&pause, d);
            continue;
        }
        if (snapshot_take(now, &c->subject, SNAPSHOT_FDS) < 0) {
            verdict_error(c->v, "cannot look at the server's processes: %s",
                          strerror(errno));
            return false;
        }
        same = !asleep(now) ? 0 : unchanged(was, now) ? same + 1 : 1;
        if (deadline_passed(d))
            break;
        if (same < LOOKS)
            pause_until(&pause, d);
    }
    return true;
}

void wait_asleep(struct context *c)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    int same = 0;

    while (same < LOOKS && !deadline_passed(d)) {
        same =
            any_thread_of(&c->subject, subject_processes, "RD") ? 0 : same + 1;
        pause_until(&pause, d);
    }
}

void wait_read(struct context *c, int fd)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct socket_info end = { .rqueue = 0 };
    int back = 0;

    while (!deadline_passed(d)) {
        if (ioctl(fd, FIONREAD, &back) == 0 && back > 0)
            return;
        if (!server_end(c, fd, &end) || (end.inode && end.rqueue == 0))
            return;
        pause_until(&pause, d);
    }
}

bool signal_done(struct context *c, pid_t pid, int sig)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    int same = 0;

    for (;;) {
        child_reap_all();
        if (!procfs_alive(pid))
            return true;
        same = procfs_pends(pid, sig) || any_thread(pid, "RD") ? 0 : same + 1;
        if (same >= LOOKS)
            return true;
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
}

static bool await_end(struct context *c, pid_t pid, bool reaped)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct proc_stat st;

    for (;;) {
        child_reap_all();
        if (procfs_stat(pid, &st) < 0 || (!reaped && procfs_is_zombie(&st)))
            return true;
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
}

bool process_gone(struct context *c, pid_t pid)
{
    return await_end(c, pid, true);
}

bool process_ended(struct context *c, pid_t pid)
{
    return await_end(c, pid, false);
}

bool all_ended(struct context *c)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    while (!subject_ended(&c->subject)) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}
