/* SPDX-License-Identifier: MIT */
/* Linked into the programs for `make coverage` alone. gcov writes its counts in
   exit(3), and a process that leaves by _exit or dies of a signal would lose
   them: they are written here first. The link wraps the functions (ld --wrap);
   a process that handles SIGTERM itself replaces the handler below. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}

/* The first process of a cell waits here until it is killed. */
int __real_sigwaitinfo(const sigset_t *set, siginfo_t *info);
int __wrap_sigwaitinfo(const sigset_t *set, siginfo_t *info);

int __wrap_sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    __gcov_dump();
    __gcov_reset();
    return __real_sigwaitinfo(set, info);
}

static void on_term(int sig)
{
    __gcov_dump();
    (void)signal(sig, SIG_DFL);
    (void)raise(sig);
}

/* An ignored SIGTERM stays ignored. */
static void __attribute__((constructor)) catch_term(void)
{
    struct sigaction sa;

    if (sigaction(SIGTERM, NULL, &sa) < 0 || sa.sa_handler != SIG_DFL)
        return;
    sa.sa_handler = on_term;
    sa.sa_flags = 0;
    (void)sigaction(SIGTERM, &sa, NULL);
}
