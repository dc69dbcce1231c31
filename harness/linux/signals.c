/* SPDX-License-Identifier: MIT */
/* The raw system calls are used throughout: libc's own refuse the two signals
   that libc uses itself, but anybody can send those, and they end a process
   like all others. */
#include "linux/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SET_BYTES = _NSIG / 8, WORD_BITS = 8 * sizeof(unsigned long) };

/* The kernel's own forms of sigset_t and struct sigaction. */
struct set {
    unsigned long word[SET_BYTES / sizeof(unsigned long)];
};
struct action {
    unsigned long handler, others[3];
};

static int fd = -1;
static int first; /* the first signal that came, or 0 */

static void add(struct set *s, int sig)
{
    s->word[(sig - 1) / WORD_BITS] |= 1UL << (sig - 1) % WORD_BITS;
}

/* True for all signals but those with another default action, signal(7). */
static bool ends_a_process(int sig)
{
    static const int others[] = {
        SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (sig == others[i])
            return false;
    return true;
}

static bool is_ignored(int sig)
{
    struct action now;

    return syscall(SYS_rt_sigaction, sig, NULL, &now, SET_BYTES) == 0 &&
           now.handler == (unsigned long)SIG_IGN;
}

/* glibc's posix_spawn(3), and so make(1), starts its children with these two
   ignored, and libc offers no way to change that: nobody has asked for it. */
static void unignore_hidden(void)
{
    static const int hidden[] = { 32, 33 };
    const struct action by_default = { 0 };

    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (is_ignored(hidden[i]))
            (void)syscall(SYS_rt_sigaction, hidden[i], &by_default, NULL,
                          SET_BYTES);
}

int signals_block(int also)
{
    struct set set;

    memset(&set, 0, sizeof set);
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGQUIT, SIG_DFL);
    (void)signal(SIGTERM, SIG_DFL);
    (void)signal(SIGCHLD, SIG_DFL); /* ignored, it loses statuses */
    unignore_hidden();
    if (also)
        add(&set, also);
    /* A signal that is ignored and blocked would still become readable. */
    for (int sig = 1; sig < _NSIG; sig++)
        if (ends_a_process(sig) && !is_ignored(sig))
            add(&set, sig);
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, SET_BYTES) < 0)
        return -1;
    return (int)syscall(SYS_signalfd4, -1, &set, SET_BYTES,
                        SFD_CLOEXEC | SFD_NONBLOCK);
}

int signals_catch(void)
{
    fd = signals_block(0);
    return fd < 0 ? -1 : 0;
}

int signals_fd(void)
{
    return fd;
}

/* These two are raised by a write of our own as well, which then fails: that
   says enough. */
static bool by_a_write(const struct signalfd_siginfo *si)
{
    return (si->ssi_signo == SIGPIPE || si->ssi_signo == SIGXFSZ) &&
           si->ssi_pid == (unsigned)getpid();
}

int signals_come(void)
{
    struct signalfd_siginfo si;

    while (first == 0 && fd >= 0 && read(fd, &si, sizeof si) == sizeof si)
        if (!by_a_write(&si))
            first = (int)si.ssi_signo;
    return first;
}
