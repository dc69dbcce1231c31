/* SPDX-License-Identifier: MIT */
/* Arguments that are numbers came with the notification; a time stands in the
   memory of its process, which sleeps. poll(2), select(2), epoll_wait(2),
   wait(2), sigtimedwait(2), semop(2), msgop(2), recv(2). */
#include "fault/call_waits.h"

#include "fault/socket_look.h"
#include "linux/procfs.h"
#include "linux/remote_process.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* A struct timeval or timespec at address; NULL is for ever. */
static bool time_is_0(pid_t pid, uint64_t address)
{
    int64_t time[2];

    return address &&
           remote_read(pid, address, time, sizeof time) == sizeof time &&
           time[0] == 0 && time[1] == 0;
}

static bool poll_waits(const struct fault_call *c)
{
    switch (c->number) {
#ifdef SYS_poll
    case SYS_poll:
        return (int)c->args[2] != 0;
#endif
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait:
        return (int)c->args[3] != 0;
#ifdef SYS_select
    case SYS_select:
#endif
    case SYS_pselect6:
        return !time_is_0(c->pid, c->args[4]);
    case SYS_ppoll:
        return !time_is_0(c->pid, c->args[2]);
    case SYS_epoll_pwait2:
        return !time_is_0(c->pid, c->args[3]);
    default:
        return true;
    }
}

static bool pause_waits(const struct fault_call *c)
{
    switch (c->number) {
    case SYS_wait4:
        return !(c->args[2] & WNOHANG);
    case SYS_waitid:
        return !(c->args[3] & WNOHANG);
    case SYS_rt_sigtimedwait:
        return !time_is_0(c->pid, c->args[2]);
    case SYS_semtimedop:
        return !time_is_0(c->pid, c->args[3]);
    case SYS_msgrcv:
        return !(c->args[4] & IPC_NOWAIT);
    default:
        return true;
    }
}

static bool read_waits(const struct fault_call *c)
{
    char name[32], what[64];
    uint64_t flags = c->number == SYS_recvfrom  ? c->args[3]
                     : c->number == SYS_recvmsg ? c->args[2]
                                                : 0;

    snprintf(name, sizeof name, "fd/%d", (int)c->args[0]);
    return !(flags & MSG_DONTWAIT) &&
           procfs_link(c->pid, name, what, sizeof what) && what[0] != '/' &&
           socket_blocks(c->pid, (int)c->args[0]);
}

static bool poll_is_timed(const struct fault_call *c)
{
    switch (c->number) {
#ifdef SYS_poll
    case SYS_poll:
        return (int)c->args[2] >= 0;
#endif
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait:
        return (int)c->args[3] >= 0;
    case SYS_ppoll:
        return c->args[2] != 0;
    case SYS_epoll_pwait2:
        return c->args[3] != 0;
    default: /* select, pselect6 */
        return c->args[4] != 0;
    }
}

static bool pause_is_timed(const struct fault_call *c)
{
    switch (c->number) {
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
        return true;
    case SYS_rt_sigtimedwait:
        return c->args[2] != 0;
    case SYS_semtimedop:
        return c->args[3] != 0;
    default:
        return false;
    }
}

bool call_is_timed(const struct fault_call *c)
{
    switch (c->kind) {
    case CALL_ACCEPT:
    case CALL_RECV:
        return socket_time_limit(c->pid, (int)c->args[0], SO_RCVTIMEO);
    case CALL_POLL:
        return poll_is_timed(c);
    case CALL_PAUSE:
        return pause_is_timed(c);
    default:
        return false;
    }
}

bool call_waits(const struct fault_call *c)
{
    switch (c->kind) {
    case CALL_ACCEPT:
        return socket_blocks(c->pid, (int)c->args[0]);
    case CALL_RECV:
        return read_waits(c);
    case CALL_POLL:
        return poll_waits(c);
    case CALL_PAUSE:
        return pause_waits(c);
    default:
        return false;
    }
}

/* A struct timespec at address. */
static double seconds_at(pid_t pid, uint64_t address)
{
    int64_t time[2];

    if (!address || remote_read(pid, address, time, sizeof time) != sizeof time)
        return 0;
    return (double)time[0] + (double)time[1] / 1e9;
}

static double milliseconds(uint64_t arg)
{
    return (int)arg > 0 ? (int)arg / 1e3 : 0;
}

double call_lasts_s(const struct fault_call *c)
{
    switch (c->number) {
    case SYS_nanosleep:
        return seconds_at(c->pid, c->args[0]);
    case SYS_clock_nanosleep:
        return c->args[1] & TIMER_ABSTIME ? 0 : seconds_at(c->pid, c->args[2]);
#ifdef SYS_poll
    case SYS_poll:
        return milliseconds(c->args[2]);
#endif
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait:
        return milliseconds(c->args[3]);
    case SYS_ppoll:
        return seconds_at(c->pid, c->args[2]);
    default:
        return 0;
    }
}
