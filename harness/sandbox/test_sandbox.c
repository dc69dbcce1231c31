/* SPDX-License-Identifier: MIT */
/* All descendants are ended, however they evade, and no one else. */
#include "sandbox/sandbox.h"

#include "base/check.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ENDED = 4000, MOST_FORKS = 100000 };

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

/* It forks and ends, its child forks and ends, and so on. Returns the number of
   its group, once nobody in it is our child by birth. */
static pid_t comet(void)
{
    static const struct timespec moment = { 0, 200000 };
    pid_t first = fork();

    if (first == 0) {
        (void)setsid();
        for (int i = 0; i < MOST_FORKS; i++) {
            if (fork() > 0)
                _exit(0);
            (void)nanosleep(&moment, NULL);
        }
        _exit(0);
    }
    (void)waitpid(first, NULL, 0);
    return first;
}

/* As many as have ended and were not waited for yet: to look at each of them
   takes longer than the living one lives. */
static void a_comet_among_many_that_have_ended(void)
{
    pid_t group;

    for (int i = 0; i < ENDED; i++)
        if (fork() == 0)
            _exit(0);
    group = comet();
    CHECK_INT(sandbox_kill_descendants(NULL), 0);
    CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
    CHECK_INT(kill(-group, SIGKILL), -1);
}

static void nobody_who_is_spared(void)
{
    struct pid_list spare = { NULL, 0, 0 };
    pid_t kept = sleeper(), other = sleeper();

    CHECK_INT(pid_list_add(&spare, kept), 0);
    CHECK_INT(sandbox_kill_descendants(&spare), 0);
    CHECK_INT(waitpid(other, NULL, WNOHANG), -1);
    CHECK_INT(waitpid(kept, NULL, WNOHANG), 0);
    CHECK_INT(kill(kept, SIGKILL), 0);
    CHECK_INT(waitpid(kept, NULL, 0), kept);
    pid_list_free(&spare);
}

int main(void)
{
    CHECK_INT(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    nobody_who_is_spared();
    a_comet_among_many_that_have_ended();
    return check_result();
}
