/* SPDX-License-Identifier: MIT */
/* The starter forks a child; the child makes a session, forks the daemon and
   ends; the daemon prepares and says so. The starter learns it from a pipe
   whose writing end in the end the daemon alone holds: a byte means success,
   end of file that it is gone. */
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

void daemon_reset_signals(void)
{
    struct sigaction sa = {.sa_handler = SIG_DFL};
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigemptyset(&sa.sa_mask);
    /* Refused for SIGKILL, SIGSTOP and those that libc keeps to itself. */
    for (int sig = 1; sig < NSIG; sig++)
        (void)sigaction(sig, &sa, NULL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* For kernels before 5.9. Closing in mid-walk is safe: the kernel looks for the
   next higher number each time. */
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

/* Neither way depends on the limit of descriptors: it may be a billion, and it
   may have been lowered below one that is open. */
int daemon_close_inherited(void)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0)
        return 0;
#endif
    return close_listed();
}

/* In the starter: wait for the daemon's word. A daemon whose word cannot be
   heard finds the pipe closed, and ends. */
static enum daemon_side await_word(int fd, pid_t child)
{
    char word;
    ssize_t n = read_some(fd, &word, 1);
    int saved = errno;

    (void)close(fd);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    errno = saved;
    if (n < 0)
        return DAEMON_FAILED;
    return n > 0 ? DAEMON_STARTED : DAEMON_DIED;
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
    (void)close(pipe_fd[0]);
    if (setsid() < 0)
        return DAEMON_FAILED;
    pid = fork();
    if (pid < 0)
        return DAEMON_FAILED;
    if (pid > 0)
        _exit(0);
    ready_fd = pipe_fd[1];
    return DAEMON_CHILD;
}

int daemon_ready(void)
{
    int null;
    int status;

    (void)umask(0);
    if (chdir("/") < 0)
        return -1;
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return -1;
    /* stderr last: until then a failure can be told there. */
    for (int fd = 0; fd <= 2; fd++)
        if (dup2(null, fd) < 0)
            return -1;
    (void)close(null);
    status = write_full(ready_fd, "", 1);
    (void)close(ready_fd);
    return status;
}

int daemon_become(const char *user)
{
    const struct passwd *pw;

    errno = 0;
    pw = getpwnam(user);
    if (pw == NULL) {
        if (errno == 0)
            errno = ENOENT;
        return -1;
    }
    /* In this order: after setuid there is no right to the other two. */
    if (initgroups(pw->pw_name, pw->pw_gid) < 0 || setgid(pw->pw_gid) < 0 ||
        setuid(pw->pw_uid) < 0)
        return -1;
    if (pw->pw_uid != 0 && setuid(0) == 0) {
        errno = EPERM; /* the way back is still open: this is no protection */
        return -1;
    }
    return 0;
}
