/* SPDX-License-Identifier: MIT */
/* waitpid(-1) is called only here and in processes that do nothing but reap: a
   second caller would take statuses that somebody else waits for. Watched pids
   stay in the list for good, and a pid may come again: its newest entry is the
   one that counts. Nothing is signalled or killed here. */
#include "linux/child_wait.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

struct watched {
    pid_t pid;
    bool ended;
    int status;
};

static struct watched *list;
static size_t n, room;

int child_watch(pid_t pid)
{
    if (n == room) {
        size_t more = room ? room * 2 : 8;
        struct watched *l = realloc(list, more * sizeof *l);

        if (!l)
            return -1;
        list = l;
        room = more;
    }
    list[n++] = (struct watched){ pid, false, 0 };
    return 0;
}

static void note_end(pid_t pid, int status)
{
    for (size_t i = n; i-- > 0;) /* the newest with that number */
        if (list[i].pid == pid && !list[i].ended) {
            list[i].ended = true;
            list[i].status = status;
            return;
        }
}

/* The only process that we trace is a sandbox's init, and that must not change
   what it does: the signal that has stopped it is delivered, ptrace(2). */
static void go_on(pid_t pid, int status)
{
    long sig = status >> 16 ? 0 : WSTOPSIG(status);

    (void)ptrace(PTRACE_CONT, pid, NULL, sig);
}

/* Returns the last result of waitpid(2): 0 if there are children that live, -1
   if there are no children. */
static pid_t collect(void)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (WIFSTOPPED(status))
            go_on(pid, status);
        else
            note_end(pid, status);
    }
    return pid;
}

void child_reap_all(void)
{
    (void)collect();
}

bool child_reap_everyone(struct deadline d)
{
    sigset_t child, before;
    bool none;

    /* SIGCHLD is blocked, so that none is missed between a look and the
       wait. */
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child, &before);
    while (!(none = collect() < 0) && !deadline_passed(d)) {
        int ms = deadline_left_ms(d);
        struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

        (void)sigtimedwait(&child, NULL, &t);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return none;
}

bool child_ended(pid_t pid, int *status)
{
    child_reap_all();
    for (size_t i = n; i-- > 0;)
        if (list[i].pid == pid) {
            *status = list[i].status;
            return list[i].ended;
        }
    return false;
}

const char *child_status_text(int status)
{
    static char text[48];

    if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "killed by SIG%s",
                 sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status))
                                                : "?");
    else
        snprintf(text, sizeof text, "status %d", WEXITSTATUS(status));
    return text;
}
