/* SPDX-License-Identifier: MIT */
#include "linux/stop_processes.h"

#include "linux/process_signal.h"

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

int stop_processes(const struct pid_list *l, struct deadline d)
{
    struct pause pause = { 0 };

    process_signal_all(l, SIGSTOP);
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

void continue_processes(const struct pid_list *l)
{
    process_signal_all(l, SIGCONT);
}
