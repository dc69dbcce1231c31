/* SPDX-License-Identifier: MIT */
/* fork and exec with a pipe between them: the child writes errno into it if
   anything fails, and a successful exec closes it. So spawn() blocks until the
   child runs the command or has failed. The child never returns into the
   caller's code; the parent asks for its status by child_wait.h. */
#include "linux/spawn.h"

#include "linux/child_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void spawn_cloexec_all(void)
{
    if (syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    for (int fd = 3; fd < 1024; fd++) /* a kernel before 5.11 */
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void default_signals(void)
{
    /* The kernel's struct sigaction, all zero: SIG_DFL. By the raw call, since
       libc keeps two signals to itself that a caller may have ignored. */
    static const unsigned long plain[4];
    sigset_t none;

    for (int sig = 1; sig < _NSIG; sig++) /* refused for KILL and STOP */
        (void)syscall(SYS_rt_sigaction, sig, plain, NULL, _NSIG / 8);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int standard_streams(const struct spawn *s)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(s->in >= 0 ? s->in : null, 0) < 0 ||
        dup2(s->out >= 0 ? s->out : null, 1) < 0 ||
        dup2(s->err >= 0 ? s->err : null, 2) < 0)
        return -1;
    return 0;
}

/* In the child; never returns. If anything fails, its errno goes up the pipe,
   which a successful exec closes. */
static void become(const struct spawn *s, int tell)
{
    int error;

    default_signals();
    /* If there can be no further mount namespace, the command shares ours. */
    if (s->own_mounts)
        (void)unshare(CLONE_NEWNS);
    umask(022);
    (void)setpgid(0, 0);
    if (s->without)
        (void)unsetenv(s->without); /* fails only for a name that holds a = */
    if (s->tmpdir)
        (void)setenv("TMPDIR", s->tmpdir, 1); /* without memory exec fails
                                                 too */
    if (standard_streams(s) == 0) {
        spawn_cloexec_all();
        if (!s->pre_exec || s->pre_exec(s->pre_exec_arg) == 0)
            (void)execvp(s->argv[0], s->argv);
    }
    error = errno;
    (void)write(tell, &error, sizeof error);
    _exit(127);
}

pid_t spawn(const struct spawn *s, int *exec_failed)
{
    int tell[2], error = 0;
    pid_t pid;

    *exec_failed = 0;
    if (pipe2(tell, O_CLOEXEC) < 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        close(tell[0]);
        become(s, tell[1]);
    }
    if (pid < 0)
        error = errno;
    else
        (void)child_watch(pid);
    close(tell[1]);
    if (pid > 0 && read(tell[0], &error, sizeof error) == sizeof error)
        *exec_failed = 1;
    close(tell[0]);
    errno = error;
    return pid > 0 && !*exec_failed ? pid : -1;
}

int spawn_capture(long limit_bytes)
{
    int fd = memfd_create("output", MFD_CLOEXEC | MFD_ALLOW_SEALING), saved;

    if (fd < 0)
        return -1;
    /* It has its full length from the start, as a hole, and cannot grow. */
    if (ftruncate(fd, limit_bytes) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

char *spawn_captured(int fd, long most_bytes)
{
    char *text = calloc(1, (size_t)most_bytes + 1);
    /* The writer shares this offset, so it is the end of what was written. But
       a writer that opened the file anew, as shells do with /dev/stderr, has
       left it at 0. */
    off_t end = lseek(fd, 0, SEEK_CUR);
    off_t from = end > most_bytes ? end - most_bytes : 0;

    if (!text)
        return NULL;
    if (pread(fd, text, (size_t)most_bytes, from) < 0)
        text[0] = '\0';
    for (off_t i = 0; i < end - from; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    return text; /* what was not written reads as NULs */
}
