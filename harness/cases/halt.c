/* SPDX-License-Identifier: MIT */
#include "cases/halt.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The state of a thread: the letter behind the name, which may hold anything,
   brackets too. 0 for one that has ended. */
static char thread_state(pid_t pid, int tid)
{
    char buf[512], *end;

    if (procfs_read(buf, sizeof buf, "%d/task/%d/stat", pid, tid) <= 0)
        return 0;
    end = strrchr(buf, ')');
    return end && end[1] == ' ' ? end[2] : 0;
}

static bool all_stopped(pid_t pid)
{
    int fd = procfs_file("%d/task", pid);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;
    bool stopped = true;

    if (!d) {
        if (fd >= 0)
            close(fd);
        return true;    /* it has ended */
    }
    while (stopped && (e = readdir(d))) {
        int tid = atoi(e->d_name);
        char state = tid > 0 ? thread_state(pid, tid) : 0;

        stopped = state == 0 || strchr("TtZX", state);
    }
    closedir(d);
    return stopped;
}

int halt(const struct pid_list *l, struct deadline d)
{
    struct pause pause = { 0 };

    for (size_t i = 0; i < l->n; i++)
        kill(l->pid[i], SIGSTOP);
    for (size_t i = 0; i < l->n; i++)
        while (!all_stopped(l->pid[i])) {
            if (deadline_passed(d)) {
                errno = ETIMEDOUT;
                return -1;
            }
            pause_until(&pause, d);
        }
    return 0;
}

void halt_end(const struct pid_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        kill(l->pid[i], SIGCONT);
}

static bool can_accept(const struct subject *s, pid_t pid)
{
    for (size_t i = 0; i < s->nlisteners; i++)
        if (procfs_holds_socket(pid, s->listener[i]))
            return true;
    return false;
}

/* Append those that can accept and are not in l yet. Returns how many, or
   -1. */
static int more_acceptors(struct context *c, struct pid_list *l)
{
    struct pid_list all = { NULL, 0, 0 };
    int n = subject_processes(&c->subject, &all);

    for (size_t i = 0; n >= 0 && i < all.n; i++)
        if (!pid_list_has(l, all.pid[i]) &&
            can_accept(&c->subject, all.pid[i]))
            n = pid_list_add(l, all.pid[i]) < 0 ? -1 : n + 1;
    pid_list_free(&all);
    return n;
}

bool halt_acceptors(struct context *c, struct pid_list *l)
{
    struct deadline d = wait_deadline(c);
    int more;

    /* One that was not stopped yet may have forked another since. */
    while ((more = more_acceptors(c, l)) > 0)
        if (halt(l, d) < 0) {
            verdict_error(c->v, "SIGSTOP: not all of %zu processes stopped",
                          l->n);
            return false;
        }
    if (more == 0 && l->n > 0)
        return true;
    if (more == 0 && server_ended(c))
        verdict_skip(c->v, "the server has ended");
    else
        verdict_error(c->v, "no process is seen that holds the listening "
                      "socket");
    return false;
}
