/* SPDX-License-Identifier: MIT */
/* By pidfd_getfd(2) and process_vm_readv(2), which do not stop the other
   process and need no ptrace attachment. pidfd_open(2) refuses the number of a
   thread that is not the main one: then the process it belongs to is opened.
   remote_fd_works forks a child, which only waits for the end of a pipe and
   leaves by _exit. */
#include "linux/remote_process.h"

#include "linux/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int remote_fd(pid_t tid, int fd)
{
    int pidfd = pidfd_open(tid, 0), copy, saved;

    if (pidfd < 0)
        pidfd = pidfd_open(procfs_process_of(tid), 0);
    if (pidfd < 0)
        return -1;
    copy = pidfd_getfd(pidfd, fd, 0);
    saved = errno;
    close(pidfd);
    errno = saved;
    return copy;
}

/* In the child: wait until the parent closes its end of the pipe. */
static void wait_for_end(const int ends[2])
{
    char byte;

    close(ends[1]);
    while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
        ;
    _exit(0);
}

bool remote_fd_works(void)
{
    int ends[2], copy = -1, saved;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    child = fork();
    if (child == 0)
        wait_for_end(ends);
    if (child > 0)
        copy = remote_fd(child, ends[0]);
    saved = errno;
    close(ends[0]);
    close(ends[1]);
    if (copy >= 0)
        close(copy);
    if (child > 0)
        (void)waitpid(child, NULL, 0);
    errno = saved;
    return copy >= 0;
}

ssize_t remote_read(pid_t tid, uint64_t address, void *to, size_t n)
{
    struct iovec local = { to, n };
    struct iovec remote = { (void *)(uintptr_t)address, n };

    return process_vm_readv(tid, &local, 1, &remote, 1, 0);
}

ssize_t remote_write(pid_t tid, uint64_t address, const void *from, size_t n)
{
    struct iovec local = { (void *)(uintptr_t)from, n };
    struct iovec remote = { (void *)(uintptr_t)address, n };

    return process_vm_writev(tid, &local, 1, &remote, 1, 0);
}
