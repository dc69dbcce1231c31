/* SPDX-License-Identifier: MIT */
#include "run/own_process.h"

#include "base/status.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* All that ends a process, and SIGCHLD; those of job control stay as they
   are. */
static void hold_signals(sigset_t *held)
{
    static const int kept[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT };

    (void)signal(SIGCHLD, SIG_DFL);     /* ignored, it loses the status */
    sigfillset(held);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        sigdelset(held, kept[i]);
    (void)sigprocmask(SIG_BLOCK, held, NULL);
}

/* The number stays the child's until it is waited for, here. */
static int follow(pid_t child, int signals)
{
    struct signalfd_siginfo si;
    int status = 0;

    for (;;) {
        pid_t ended = waitpid(child, &status, WNOHANG);

        if (ended == child || (ended < 0 && errno != EINTR))
            return status;
        if (read(signals, &si, sizeof si) == sizeof si &&
            si.ssi_signo != SIGCHLD)
            (void)kill(child, (int)si.ssi_signo);
    }
}

static int begin(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ||
        prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        _exit(1);       /* it has gone already, or nothing can be owned here */
    return OWN_PROCESS_GO;
}

int own_process(void)
{
    pid_t parent = getpid(), child;
    int signals, status;
    sigset_t held;

    hold_signals(&held);
    signals = signalfd(-1, &held, SFD_CLOEXEC);
    child = signals < 0 ? -1 : fork();
    if (child == 0) {
        close(signals);
        return begin(parent);
    }
    if (child < 0) {
        fprintf(stderr, "harness: cannot fork: %s\n", strerror(errno));
        return STATUS_TROUBLE;
    }
    status = follow(child, signals);
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    fprintf(stderr, "harness: the process that does its work was killed by "
            "SIG%s\n", sigabbrev_np(WTERMSIG(status)) ?
            sigabbrev_np(WTERMSIG(status)) : "?");
    return STATUS_TROUBLE;
}
