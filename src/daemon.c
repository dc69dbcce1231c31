/* SPDX-License-Identifier: MIT */
/* How the daemon leaves its starter, in the order of daemon(7). The starter is
   the command that the user waits for: it forks the intermediate child and
   waits for a word. The intermediate child founds a session, forks the daemon
   and ends. The daemon prepares itself, gives the word and stays. The word
   comes by a pipe whose only writing end the daemon holds in the end: if it
   dies, the starter meets the end of file and does not wait for ever. */
#include "daemon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

static int ready_fd = -1; /* in the daemon: the pipe to its starter */

/* The word is one byte: more could be cut in two by a short write. It is READY,
   or else the errno of what failed (those of setsid and fork are below 256). */
enum { READY = 0 };

void daemon_reset_signals(void)
{
    struct sigaction sa = { .sa_handler = SIG_DFL };
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigemptyset(&sa.sa_mask);
    /* A signal that is ignored, or blocked, stays so across exec(2): a starter
       that ignores SIGCHLD, as some do, would leave us without children to
       wait for, and one that blocks SIGTERM with a daemon that none can stop.
       Refused for SIGKILL, SIGSTOP and those that libc keeps to itself. */
    for (int sig = 1; sig < NSIG; sig++)
        (void)sigaction(sig, &sa, NULL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* For kernels before 5.9, which have no close_range(2). Closing in mid-walk is
   safe: the kernel looks for the next higher number each time. */
static int close_listed(void)
{
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;

    if (dir == NULL)
        return -1;
    while ((entry = readdir(dir)) != NULL) {
        int fd = atoi(entry->d_name);

        if (fd > 2 && fd != dirfd(dir))
            (void)close(fd);
    }
    return closedir(dir);
}

/* A descriptor kept by mistake keeps what it leads to: a pipe whose reader
   waits for its end, a file system that cannot be unmounted, a port. Neither
   way depends on the limit of descriptors: it may be a billion, and it may have
   been lowered below one that is open. */
int daemon_close_inherited(void)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0)
        return 0;
#endif
    return close_listed();
}

/* In the starter: wait for the word. If we are killed first, the daemon finds a
   pipe that nobody reads, and ends. */
static enum daemon_side await_word(int fd, pid_t child)
{
    unsigned char word = READY;
    ssize_t n = read_some(fd, &word, 1);
    int saved = errno;

    (void)close(fd);
    /* The intermediate child, which ends at once. Left alone it would be a
       zombie of whoever runs us by exec. */
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    errno = n < 0 ? saved : word;
    if (n < 0 || word != READY)
        return DAEMON_FAILED;
    return n > 0 ? DAEMON_STARTED : DAEMON_DIED;
}

/* The life of the intermediate child: it returns in the daemon alone. setsid
   has freed it of the terminal, but it leads a session, and a leader that opens
   a terminal gets it as its own (setsid(2), credentials(7)). So the daemon is
   its child, which leads no session. It ends by _exit: exit would run the
   handlers of atexit(3) and write out the buffers of stdio, copies of its
   parent's, a second time (TLPI 25.4). */
static void found_session(int word_fd)
{
    unsigned char word;
    pid_t pid = -1;

    if (setsid() >= 0)
        pid = fork();
    if (pid == 0)
        return;
    if (pid > 0)
        _exit(EXIT_SUCCESS);
    word = (unsigned char)errno;
    (void)write_full(word_fd, &word, 1); /* if it fails, the starter meets end
                                            of file */
    _exit(EXIT_FAILURE);
}

enum daemon_side daemon_detach(void)
{
    int pipe_fd[2];
    pid_t pid;

    if (pipe2(pipe_fd, O_CLOEXEC) < 0)
        return DAEMON_FAILED;
    pid = fork();
    if (pid < 0)
        return DAEMON_FAILED;
    if (pid > 0) {
        (void)close(pipe_fd[1]); /* or end of file would never come */
        return await_word(pipe_fd[0], pid);
    }
    (void)close(pipe_fd[0]); /* or the end of its reader would go unnoticed */
    found_session(pipe_fd[1]);
    ready_fd = pipe_fd[1];
    return DAEMON_CHILD;
}

int daemon_ready(void)
{
    const unsigned char word = READY;
    int null;
    int status;

    /* The mode of each file is what its open asks for; and no directory is kept
       from being removed, no file system from being unmounted. */
    (void)umask(0);
    if (chdir("/") < 0)
        return -1;
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return -1;
    /* What writes to stdout or stderr by mistake must not meet a terminal that
       is gone, or a connection that got the number. stderr is the last: until
       then a failure can be told there. */
    for (int fd = 0; fd <= 2; fd++)
        if (dup2(null, fd) < 0)
            return -1;
    (void)close(null);
    status = write_full(ready_fd, &word, 1);
    (void)close(ready_fd);
    return status;
}

int daemon_become(const char *user)
{
    const struct passwd *pw;

    errno = 0; /* to tell "no such user" from "could not look" */
    pw = getpwnam(user);
    if (pw == NULL) {
        if (errno == 0)
            errno = ENOENT;
        return -1;
    }
    /* In this order, since after setuid there is no right to the other two. The
       groups too: with those of root, its files would stay open to us (TLPI
       38.2). As root setuid also changes the saved number, so that there is no
       way back: setuid(2). */
    if (initgroups(pw->pw_name, pw->pw_gid) < 0 || setgid(pw->pw_gid) < 0 ||
        setuid(pw->pw_uid) < 0)
        return -1;
    if (pw->pw_uid != 0 && setuid(0) == 0) {
        errno = EPERM; /* the way back is still open: this is no protection */
        return -1;
    }
    return 0;
}
