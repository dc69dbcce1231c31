/* SPDX-License-Identifier: MIT */
/* A pidfd of the process is opened first; then its pid is looked at. If the
   process ends in between and its pid goes to another, the pidfd still means
   the one that has ended, and the signal reaches nobody. pidfd_open(2). */
#include "linux/process_signal.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_STEPS = 4096, MOST_TRIES = 8 };

/* Follow the parents of pid up to this process. 1: it is among them; 0: it is
   not; -1: one of them has ended meanwhile, so that its children have another
   parent now. */
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

/* No pidfd names a thread before Linux 6.9. Its number is looked at while the
   process is held, and is that process's as long as it has not ended. */
static int send_to(int pidfd, pid_t pid, pid_t tid, int sig)
{
    if (tid)
        return (int)syscall(SYS_tgkill, pid, tid, sig);
    /* Some containers refuse pidfds. */
    return pidfd < 0 ? kill(pid, sig) : pidfd_send_signal(pidfd, sig, NULL, 0);
}

static int send_if_ours(pid_t pid, pid_t tid, int sig)
{
    int pidfd, rc, saved;

    errno = ESRCH;
    if (pid <= 1)
        return -1;
    pidfd = pidfd_open(pid, 0);
    if (pidfd < 0 && errno == ESRCH)
        return -1;
    if (descends(pid)) {
        rc = send_to(pidfd, pid, tid, sig);
        saved = errno;
    } else {
        rc = -1;
        saved = ESRCH;
    }
    if (pidfd >= 0)
        close(pidfd);
    errno = saved;
    return rc;
}

int process_signal(pid_t pid, int sig)
{
    return send_if_ours(pid, 0, sig);
}

int process_signal_thread(pid_t pid, pid_t tid, int sig)
{
    if (tid > 0)
        return send_if_ours(pid, tid, sig);
    errno = ESRCH;
    return -1;
}

void process_signal_all(const struct pid_list *l, int sig)
{
    for (size_t i = 0; i < l->n; i++)
        (void)process_signal(l->pid[i], sig);
}
