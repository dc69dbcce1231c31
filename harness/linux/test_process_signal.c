/* SPDX-License-Identifier: MIT */
/* A signal reaches what this process has started, and nobody else. */
#include "linux/process_signal.h"

#include "base/check.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that does nothing, and ends with its parent. */
static pid_t sleeper(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            (void)pause();
    }
    return pid;
}

static void no_group_and_not_the_first(void)
{
    static const pid_t never[] = { 0, -1, -2, 1 };

    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        errno = 0;
        CHECK_INT(process_signal(never[i], SIGTERM), -1);
        CHECK_INT(errno, ESRCH);
    }
    CHECK_INT(process_signal(getpid(), SIGTERM), -1);
}

static void a_child_and_a_grandchild(void)
{
    int ends[2], status = 0;
    pid_t child, below = 0;

    CHECK_INT(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        below = sleeper();
        (void)!write(ends[1], &below, sizeof below);
        (void)waitpid(below, &status, 0);
        _exit(WIFSIGNALED(status) ? WTERMSIG(status) : 99);
    }
    CHECK_INT(read(ends[0], &below, sizeof below), sizeof below);
    CHECK_INT(process_signal(below, SIGUSR1), 0);
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK_INT(WEXITSTATUS(status), SIGUSR1);
    CHECK_INT(process_signal(child, SIGTERM), -1); /* it has been waited for */
    close(ends[0]);
    close(ends[1]);
}

/* A sibling is not a descendant, no more than a stranger's process is. */
static void no_relative_of_another_kind(void)
{
    pid_t sibling = sleeper(), other = fork();
    int status = 0;

    if (other == 0)
        _exit(process_signal(sibling, SIGTERM) == 0 ||
              process_signal(getppid(), SIGTERM) == 0);
    CHECK_INT(waitpid(other, &status, 0), other);
    CHECK_INT(status, 0);
    CHECK_INT(waitpid(sibling, &status, WNOHANG), 0);
    CHECK_INT(process_signal(sibling, SIGKILL), 0);
    CHECK_INT(waitpid(sibling, &status, 0), sibling);
}

int main(void)
{
    no_group_and_not_the_first();
    a_child_and_a_grandchild();
    no_relative_of_another_kind();
    return check_result();
}
