/* SPDX-License-Identifier: MIT */
/* The process is held by a pidfd first, then looked at by its number. If it
   ends in between, and its number goes to another, the pidfd still names the
   one that has ended, and the signal reaches nobody. pidfd_open(2). */
#include "linux/process_signal.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

enum { MOST_STEPS = 4096, MOST_TRIES = 8 };

/* Climb from pid to this process. -1: one on the way has ended meanwhile, and
   its children have another parent now. */
static int climb(pid_t pid)
{
    pid_t self = getpid();

    for (int step = 0; step < MOST_STEPS && pid > 1; step++) {
        struct proc_stat st;

        if (procfs_stat(pid, &st) < 0)
            return step == 0 ? 0 : -1;
        if (st.ppid == self)
            return 1;
        pid = st.ppid;
    }
    return 0;
}

static bool descends(pid_t pid)
{
    int found = -1;

    for (int i = 0; i < MOST_TRIES && found < 0; i++)
        found = climb(pid);
    return found > 0;
}

int process_signal(pid_t pid, int sig)
{
    int pidfd, rc, saved;

    errno = ESRCH;
    if (pid <= 1)
        return -1;
    pidfd = pidfd_open(pid, 0);
    if (pidfd < 0 && errno == ESRCH)
        return -1;
    if (!descends(pid)) {
        rc = -1;
        saved = ESRCH;
    } else {
        /* Some containers refuse pidfds. */
        rc =
            pidfd < 0 ? kill(pid, sig) : pidfd_send_signal(pidfd, sig, NULL, 0);
        saved = errno;
    }
    if (pidfd >= 0)
        close(pidfd);
    errno = saved;
    return rc;
}

void process_signal_all(const struct pid_list *l, int sig)
{
    for (size_t i = 0; i < l->n; i++)
        (void)process_signal(l->pid[i], sig);
}
