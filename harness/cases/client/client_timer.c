/* SPDX-License-Identifier: MIT */
/* A timer can be a descriptor among those that are polled, timerfd_create(2):
   then the poll needs no timeout of its own. */
#include "cases/client/client.h"

#include "linux/procfs.h"
#include "linux/remote_process.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* The seconds left of the timer that is descriptor fd, which then expires at
   once; 0: it is not armed; CLIENT_UNSEEN. */
static double ring(pid_t pid, int fd)
{
    static const struct itimerspec now = { .it_value = { .tv_nsec = 1 } };
    struct itimerspec left = { .it_value = { 0, 0 } };
    int timer = remote_fd(pid, fd);
    double seconds = 0;

    if (timer < 0)
        return errno == EBADF ? 0 : CLIENT_UNSEEN;
    if (timerfd_gettime(timer, &left) == 0)
        seconds =
            (double)left.it_value.tv_sec + (double)left.it_value.tv_nsec / 1e9;
    if (seconds > 0 && timerfd_settime(timer, 0, &now, NULL) < 0)
        seconds = 0;
    close(timer);
    return seconds;
}

double client_ring(pid_t pid)
{
    struct fd_list l = { NULL, 0, 0 };
    double longest = 0;
    bool unseen = false;

    if (procfs_fds(pid, &l) == 0)
        for (size_t i = 0; i < l.n; i++)
            if (strcmp(l.fd[i].what, "anon_inode:[timerfd]") == 0) {
                double seconds = ring(pid, l.fd[i].fd);

                longest = seconds > longest ? seconds : longest;
                unseen |= seconds < 0;
            }
    fd_list_free(&l);
    return unseen && longest == 0 ? CLIENT_UNSEEN : longest;
}
