/* SPDX-License-Identifier: MIT */
/* All of this is read from the client's memory and its sockets, and written
   there, while the supervisor holds the call. */
#include "cases/client/held_wait.h"

#include "fault/notify_reply.h"
#include "linux/remote_process.h"

#include <errno.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { MOST_POLLED = 64 };

/* ---- how long it would wait ---- */

/* The timespec or timeval (unit per second) at address in the client. */
static double time_at(const struct fault_call *c, uint64_t address, double unit)
{
    long t[2];

    if (address == 0)
        return WAIT_FOR_EVER;
    if (remote_read(c->pid, address, t, sizeof t) != (ssize_t)sizeof t)
        return WAIT_UNSEEN;
    return (double)t[0] + (double)t[1] / unit;
}

static double milliseconds(uint64_t arg)
{
    return (int)arg < 0 ? WAIT_FOR_EVER : (int)arg / 1e3;
}

static double poll_seconds(const struct fault_call *c)
{
    switch (c->number) {
#ifdef SYS_poll
    case SYS_poll:
        return milliseconds(c->args[2]);
    case SYS_select:
        return time_at(c, c->args[4], 1e6);
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait:
        return milliseconds(c->args[3]);
    case SYS_ppoll:
        return time_at(c, c->args[2], 1e9);
    case SYS_pselect6:
        return time_at(c, c->args[4], 1e9);
    default:
        return time_at(c, c->args[3], 1e9); /* epoll_pwait2 */
    }
}

/* SO_RCVTIMEO. */
static double recv_seconds(const struct fault_call *c)
{
    struct timeval t = { 0, 0 };
    socklen_t len = sizeof t;
    int fd = remote_fd(c->pid, (int)c->args[0]);
    double seconds = WAIT_FOR_EVER;

    if (fd < 0)
        return errno == EBADF ? WAIT_FOR_EVER : WAIT_UNSEEN;
    if (getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, &len) == 0 &&
        (t.tv_sec || t.tv_usec))
        seconds = (double)t.tv_sec + (double)t.tv_usec / 1e6;
    close(fd);
    return seconds;
}

/* ---- as if the time had passed ---- */

static void clear(const struct fault_call *c, uint64_t address, size_t n)
{
    static const unsigned char nothing[FD_SETSIZE / 8];

    if (address && n <= sizeof nothing)
        (void)remote_write(c->pid, address, nothing, n);
}

/* Nothing is ready: poll clears revents, select its sets. */
static void show_nothing(const struct fault_call *c)
{
    struct pollfd p[MOST_POLLED];
    size_t n = c->args[1], sets = (c->args[0] + 63) / 64 * 8;

    switch (c->number) {
#ifdef SYS_poll
    case SYS_poll:
    case SYS_select:
#endif
    case SYS_ppoll:
    case SYS_pselect6:
        break;
    default:
        return; /* epoll writes nothing */
    }
#ifdef SYS_poll
    if (c->number == SYS_select || c->number == SYS_pselect6) {
#else
    if (c->number == SYS_pselect6) {
#endif
        for (int i = 1; i <= 3; i++)
            clear(c, c->args[i], sets);
    } else if (n <= MOST_POLLED &&
               remote_read(c->pid, c->args[0], p, n * sizeof *p) > 0) {
        for (size_t i = 0; i < n; i++)
            p[i].revents = 0;
        (void)remote_write(c->pid, c->args[0], p, n * sizeof *p);
    }
}

void held_wait_expire(struct fault *f, const struct fault_call *c)
{
    if (c->kind == CALL_POLL) {
        show_nothing(c);
        (void)fault_answer(f, c, ANSWER_EXPIRED);
    } else {
        (void)fault_answer(f, c, EAGAIN);
    }
}

double held_wait_seconds(const struct fault_call *c)
{
    return c->kind == CALL_POLL ? poll_seconds(c) : recv_seconds(c);
}

double held_wait_alarm(const struct fault_call *c, double armed)
{
    if (c->number == SYS_setitimer)
        return c->args[1] ? time_at(c, c->args[1] + sizeof(struct timeval), 1e6)
                          : 0;
#ifdef SYS_alarm
    if (c->number == SYS_alarm)
        return (double)c->args[0];
#endif
    return armed;
}

bool held_wait_only_reads(const struct fault_call *c)
{
    struct pollfd p[MOST_POLLED];
    size_t n = c->args[1];
    bool is = n > 0 && n <= MOST_POLLED;

#ifdef SYS_poll
    if (c->number != SYS_poll && c->number != SYS_ppoll)
        return false;
#else
    if (c->number != SYS_ppoll)
        return false;
#endif
    if (is)
        is = remote_read(c->pid, c->args[0], p, n * sizeof *p) ==
             (ssize_t)(n * sizeof *p);
    for (size_t i = 0; is && i < n; i++)
        is = p[i].fd != 0 && (p[i].events & POLLIN) && !(p[i].events & POLLOUT);
    return is;
}
