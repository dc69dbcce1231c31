/* SPDX-License-Identifier: MIT */
/* The parent forks once, passes signals on, and waits for the child, whose
   status it returns. All other processes, all work and all reports are the
   child's, which the kernel kills when the parent ends (PR_SET_PDEATHSIG). */
#include "run/own_process.h"

#include "base/status.h"
#include "linux/host_limits.h"
#include "linux/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Pass signals on until the child has ended. Its number stays its own until it
   is waited for, which is done only here. */
static int follow(pid_t child, int signals, int *passed_on)
{
    struct pollfd news = { .fd = signals, .events = POLLIN };
    struct signalfd_siginfo si;
    int status = 0;

    for (;;) {
        pid_t ended = waitpid(child, &status, WNOHANG);

        if (ended == child || (ended < 0 && errno != EINTR))
            return status;
        (void)poll(&news, 1, -1);
        while (read(signals, &si, sizeof si) == sizeof si)
            if (si.ssi_signo != SIGCHLD) {
                (void)kill(child, (int)si.ssi_signo);
                if (*passed_on == 0)
                    *passed_on = (int)si.ssi_signo;
            }
    }
}

static int begin(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ||
        prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        _exit(1); /* the parent has gone, or orphans cannot be adopted here */
    return OWN_PROCESS_GO;
}

int own_process(int *passed_on)
{
    pid_t parent = getpid(), child;
    int signals = signals_block(SIGCHLD), status;
    char which[512];

    *passed_on = 0;
    child = signals < 0 ? -1 : fork();
    if (child == 0) {
        close(signals);
        return begin(parent);
    }
    if (child < 0) {
        int saved = errno;

        (void)host_limits_processes(which, sizeof which);
        fprintf(stderr, "harness: cannot fork: %s (%s)\n", strerror(saved),
                which);
        return STATUS_TROUBLE;
    }
    status = follow(child, signals, passed_on);
    close(signals);
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    fprintf(stderr,
            "harness: the process that does its work was killed by "
            "SIG%s\n",
            sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status))
                                           : "?");
    return STATUS_TROUBLE;
}
