/* SPDX-License-Identifier: MIT */
/* Once it serves, the daemon forks here and nowhere else. The workers share a
   process group of their own, so that one kill(2) reaches them all, and no list
   of them is kept. They are counted only where there is a limit: without one
   SIGCHLD is ignored and the kernel reaps (sigaction(2), SA_NOCLDWAIT), since
   every waitpid(2) walks over all workers that live. */
#include "workers.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    GRACE_S = 3,            /* for the workers, from SIGTERM on */
    STALLED_US = 500 * 1000 /* of it, for one whose client takes no byte */
};

static int limit;                  /* most workers at a time; 0: no limit */
static volatile sig_atomic_t live; /* workers not reaped; kept under a limit */
static pid_t group;                /* of the workers; 0 before the first */
static pid_t newest;               /* the last one that came into the group */
static int shared;                 /* others may be in our session */
static int connection;             /* in a worker: its socket */

static void on_child(int sig)
{
    int saved = errno;

    (void)sig;
    while (group > 0 && waitpid(-group, NULL, WNOHANG) > 0)
        live--;
    errno = saved;
}

/* Make the end of input come after what has been received: a read that blocks
   returns, and one that has not begun yet returns too. A flag would be missed
   between looking at it and reading. A write that blocks is made anew after the
   handler (SA_RESTART), and then has an end. Both calls may be made here
   (signal-safety(7)), and fail only if the peer has gone. */
static void on_end(int sig)
{
    static const struct timeval stalled = { .tv_usec = STALLED_US };
    int saved = errno;

    (void)sig;
    (void)shutdown(connection, SHUT_RD);
    (void)setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &stalled,
                     sizeof stalled);
    errno = saved;
}

/* It interrupts ppoll, which is all that it is for. */
static void on_wake(int sig)
{
    (void)sig;
}

static void set_handler(int sig, void (*handler)(int), int flags)
{
    struct sigaction sa = { .sa_handler = handler, .sa_flags = flags };

    (void)sigemptyset(&sa.sa_mask);
    (void)sigaction(sig, &sa, NULL); /* fails only for a bad signal number */
}

static void hold_signals(sigset_t *old)
{
    sigset_t held;

    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGCHLD);
    (void)sigaddset(&held, SIGTERM);
    (void)sigaddset(&held, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &held, old);
}

static void release_signals(const sigset_t *old)
{
    (void)sigprocmask(SIG_SETMASK, old, NULL);
}

void workers_init(int max, int shared_session)
{
    limit = max;
    shared = shared_session;
    set_handler(SIGCHLD, max > 0 ? on_child : SIG_IGN, SA_RESTART);
}

int workers_full(void)
{
    return limit > 0 && live >= limit;
}

void workers_wait(const volatile sig_atomic_t *stop)
{
    sigset_t old;

    if (!workers_full())
        return;
    hold_signals(&old);
    while (workers_full() && !*stop)
        (void)sigsuspend(&old);
    release_signals(&old);
}

/* Give up the number of a group that no worker is in any more. In a session of
   our own setpgid(2) notices that; in one that is shared the number may since
   have gone to a job of the user's, which a worker would join, and which would
   get the signals meant for the workers. The newest worker is asked for first:
   the other question walks over all that live. Neither reaps. */
static void forget_empty_group(void)
{
    int options = WEXITED | WNOHANG | WNOWAIT;
    siginfo_t info;

    if (shared && group > 0 &&
        waitid(P_PID, (id_t)newest, &info, options) < 0 &&
        waitid(P_PGID, (id_t)group, &info, options) < 0)
        group = 0;
}

/* Put a worker into the group. Where that has no member any more setpgid(2)
   refuses (also if the number has gone to a group of another session), and the
   worker founds a new one. A worker that has ended already needs no group.
   Returns 0, or -1 with errno. */
static int join(pid_t pid)
{
    if (group > 0 && (setpgid(pid, group) == 0 || errno == ESRCH)) {
        newest = pid;
        return 0;
    }
    if (setpgid(pid, pid) < 0)
        return errno == ESRCH ? 0 : -1;
    group = newest = pid;
    return 0;
}

/* The life of a worker. It never returns into the daemon's loop, and ends by
   _exit: what exit(3) runs is the daemon's (TLPI 25.4). */
static void work(int cfd, void (*serve)(int cfd), const sigset_t *old)
{
    connection = cfd;
    set_handler(SIGTERM, on_end, SA_RESTART);
    set_handler(SIGINT, on_end, SA_RESTART);
    release_signals(old);
    serve(cfd);
    _exit(0);
}

int workers_start(int cfd, void (*serve)(int cfd))
{
    sigset_t old;
    pid_t pid;
    int saved;

    /* Held until the worker has handlers of its own: it must neither run the
       daemon's nor lose a signal that comes in between. */
    hold_signals(&old);
    forget_empty_group();
    /* _Fork is fork(2) without what the library does around it: no handlers of
       pthread_atfork(3), no locks of malloc and stdio taken and made anew. So
       the child may make async-signal-safe calls alone (signal-safety(7)), and
       a worker makes none but those. fork would write to three pages of the
       library's in each, which the kernel would have to copy. _Fork is of
       POSIX.1-2024; glibc has it since 2.34, musl since 1.2.2. */
    pid = _Fork();
    if (pid == 0)
        work(cfd, serve, &old);
    saved = errno;
    if (pid > 0 && join(pid) < 0) {
        /* No worker may run on that could not be stopped with the group. It
           ends when it loses its connection; kill(2) might hit another process,
           if this one was reaped and its number given away. */
        saved = errno;
        (void)shutdown(cfd, SHUT_RDWR);
        (void)waitpid(pid, NULL, 0);
        pid = -1;
    }
    if (pid > 0 && limit > 0)
        live++;
    release_signals(&old);
    errno = saved;
    return pid < 0 ? -1 : 0;
}

/* Signal the group, if a worker is in it. As long as that worker is not reaped,
   which is done nowhere else, the number cannot have become another's. */
static void signal_group(int sig)
{
    pid_t pid;

    do
        pid = waitpid(-group, NULL, WNOHANG);
    while (pid > 0);
    if (pid == 0)
        (void)kill(-group, sig);
}

static struct timespec time_until(const struct timespec *end)
{
    struct timespec now, left;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    left.tv_sec = end->tv_sec - now.tv_sec;
    left.tv_nsec = end->tv_nsec - now.tv_nsec;
    if (left.tv_nsec < 0) {
        left.tv_sec--;
        left.tv_nsec += 1000000000;
    }
    return left;
}

/* Reap those that end until none is left, or the grace has passed. SIGCHLD is
   held but in ppoll: one that ends between the look and the wait is not
   missed. */
static void wait_for_grace(void)
{
    struct timespec end, left;
    sigset_t old;
    pid_t pid;

    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += GRACE_S;
    hold_signals(&old);
    (void)sigdelset(&old, SIGCHLD);
    for (;;) {
        do
            pid = waitpid(-group, NULL, WNOHANG);
        while (pid > 0);
        left = time_until(&end);
        if (pid < 0 || left.tv_sec < 0)
            break;
        (void)ppoll(NULL, 0, &left, &old);
    }
    release_signals(&old);
}

void workers_stop(void)
{
    if (group == 0)
        return;
    set_handler(SIGCHLD, on_wake, 0); /* from here none is reaped unseen */
    signal_group(SIGTERM);
    wait_for_grace();
    signal_group(SIGKILL);
    while (waitpid(-group, NULL, 0) > 0 || errno == EINTR)
        ;
}
