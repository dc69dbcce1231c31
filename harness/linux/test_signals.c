/* SPDX-License-Identifier: MIT */
/* Which signals are noticed, which stay ignored, and that a fault kills. */
#include "linux/signals.h"

#include "base/check.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOTHING = 100, WAIT_MS = 10000 };

/* By the raw system call: libc refuses two of the signals. */
static void dispose(int sig, void (*how)(int))
{
    const unsigned long action[4] = { (unsigned long)how };

    CHECK_INT(syscall(SYS_rt_sigaction, sig, action, NULL, _NSIG / 8), 0);
}

/* Another process sends sig to one that catches signals; returns what that
   noticed, or -1 where it was killed. how: its disposition before. then: one
   more signal after it, or 0. */
static int first_noticed(int sig, void (*how)(int), int then)
{
    int ready[2], status = 0;
    char byte = 0;
    pid_t pid;

    CHECK_INT(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {
        struct pollfd p;

        dispose(sig, how);
        if (signals_catch() < 0)
            _exit(NOTHING + 1);
        p = (struct pollfd){ .fd = signals_fd(), .events = POLLIN };
        (void)write(ready[1], &byte, 1);
        /* An ignored signal leaves no trace. The one that is sent after it
           shows that it would have arrived by now. */
        (void)poll(&p, 1, WAIT_MS);
        _exit(signals_come());
    }
    CHECK_INT(read(ready[0], &byte, 1), 1);
    CHECK_INT(kill(pid, sig), 0);
    if (then)
        CHECK_INT(kill(pid, then), 0);
    CHECK_INT(waitpid(pid, &status, 0), pid);
    (void)close(ready[0]);
    (void)close(ready[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int noticed(int sig, void (*how)(int))
{
    return first_noticed(sig, how, how == SIG_IGN ? SIGTERM : 0);
}

static bool has_another_default(int sig)
{
    static const int others[] = {
        SIGCHLD, SIGCONT, SIGURG,  SIGWINCH, SIGSTOP,
        SIGTSTP, SIGTTIN, SIGTTOU, SIGKILL,
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] == sig)
            return true;
    return false;
}

static void each_that_ends_a_process_is_noticed(void)
{
    for (int sig = 1; sig < _NSIG; sig++)
        if (!has_another_default(sig))
            CHECK_INT(noticed(sig, SIG_DFL), sig);
}

static void what_is_ignored_stays_so_but_what_a_shell_ignores(void)
{
    CHECK_INT(noticed(SIGHUP, SIG_IGN), SIGTERM);
    CHECK_INT(noticed(SIGUSR1, SIG_IGN), SIGTERM);
    CHECK_INT(noticed(SIGALRM, SIG_IGN), SIGTERM);
    CHECK_INT(noticed(SIGPIPE, SIG_IGN), SIGTERM);
    CHECK_INT(noticed(SIGINT, SIG_IGN), SIGINT);
    CHECK_INT(noticed(SIGQUIT, SIG_IGN), SIGQUIT);
    CHECK_INT(noticed(SIGTERM, SIG_IGN), SIGTERM);
    /* The two of libc's own, which posix_spawn(3) ignores for its children. */
    CHECK_INT(first_noticed(32, SIG_IGN, 0), 32);
    CHECK_INT(first_noticed(33, SIG_IGN, 0), 33);
}

/* SIGILL: a fault that no sanitizer reports. */
static void fault(void)
{
    __builtin_trap();
}

static void write_beyond_the_limit(void)
{
    const struct rlimit none = { 0, 0 };
    FILE *file = tmpfile();
    int ends[2];

    if (!file || pipe(ends) < 0 || setrlimit(RLIMIT_FSIZE, &none) < 0)
        _exit(NOTHING + 1);
    (void)close(ends[0]);
    if (write(fileno(file), "x", 1) != -1 || write(ends[1], "x", 1) != -1)
        _exit(NOTHING + 2);
}

static int status_of(void (*act)(void))
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        const struct rlimit none = { 0, 0 };

        (void)setrlimit(RLIMIT_CORE, &none);
        if (signals_catch() < 0)
            _exit(NOTHING + 1);
        act();
        _exit(signals_come() ? signals_come() : NOTHING);
    }
    CHECK_INT(waitpid(pid, &status, 0), pid);
    return status;
}

int main(void)
{
    int status;

    each_that_ends_a_process_is_noticed();
    what_is_ignored_stays_so_but_what_a_shell_ignores();
    status = status_of(fault);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGILL);
    status = status_of(write_beyond_the_limit);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == NOTHING);
    return check_result();
}
