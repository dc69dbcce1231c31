/* SPDX-License-Identifier: MIT */
#include "linux/remote_process.h"

#include "linux/procfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/uio.h>
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
