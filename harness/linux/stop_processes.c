/* SPDX-License-Identifier: MIT */
/* kill(2) returns before the process has stopped, so each of its threads is
   looked at until all are stopped or have ended. Signals go through
   process_signal.h: a process that is not ours is never stopped. */
#include "linux/stop_processes.h"

#include "linux/process_signal.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool runs(pid_t pid, pid_t tid, void *unused)
{
    char state = procfs_thread_state(pid, tid);

    (void)unused;
    return state != '\0' && !strchr("TtZX", state);
}

/* Those that were stopped and not continued. Where there was no room for one,
   it only is not known to be stopped by us. */
static struct pid_list stopped;

bool is_stopped_here(pid_t pid)
{
    return pid_list_has(&stopped, pid);
}

int stop_processes(const struct pid_list *l, struct deadline d)
{
    struct pause pause = { 0 };

    /* It is the kernel's to do: who works without a pause is stopped once it is
       given a processor. */
    d.of_target = d.of_end = false;
    process_signal_all(l, SIGSTOP);
    for (size_t i = 0; i < l->n; i++)
        while (procfs_any_thread(l->pid[i], runs, NULL)) {
            if (deadline_passed(d)) {
                errno = ETIMEDOUT;
                return -1;
            }
            pause_until(&pause, d);
        }
    for (size_t i = 0; i < l->n; i++)
        if (!is_stopped_here(l->pid[i]))
            (void)pid_list_add(&stopped, l->pid[i]);
    return 0;
}

void continue_processes(const struct pid_list *l)
{
    size_t kept = 0;

    for (size_t i = 0; i < stopped.n; i++)
        if (!pid_list_has(l, stopped.pid[i]))
            stopped.pid[kept++] = stopped.pid[i];
    stopped.n = kept;
    process_signal_all(l, SIGCONT);
}
