/* SPDX-License-Identifier: MIT */
/* Calls that were never made, of this very process: what their arguments say of
   whether they sleep, and of the time they do. */
#include "fault/call_waits.h"

#include "base/check.h"
#include "linux/procfs.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct fault_call call(enum call kind, int number)
{
    return (
        struct fault_call){ .kind = kind, .number = number, .pid = getpid() };
}

static struct fault_call with(enum call kind, int number, int i, uint64_t arg)
{
    struct fault_call c = call(kind, number);

    c.args[i] = arg;
    return c;
}

static void says(struct fault_call c, bool waits, bool timed)
{
    CHECK(call_waits(&c) == waits);
    if (waits)
        CHECK(call_is_timed(&c) == timed);
}

static uint64_t at(const void *p)
{
    return (uint64_t)(uintptr_t)p;
}

static void a_poll_by_its_time(void)
{
    static const struct timespec none = { 0, 0 }, some = { 1, 0 };

    says(with(CALL_POLL, SYS_ppoll, 2, 0), true, false);
    says(with(CALL_POLL, SYS_ppoll, 2, at(&none)), false, false);
    says(with(CALL_POLL, SYS_ppoll, 2, at(&some)), true, true);
    says(with(CALL_POLL, SYS_pselect6, 4, 0), true, false);
    says(with(CALL_POLL, SYS_pselect6, 4, at(&none)), false, false);
    says(with(CALL_POLL, SYS_pselect6, 4, at(&some)), true, true);
    says(with(CALL_POLL, SYS_epoll_pwait, 3, (uint64_t)-1), true, false);
    says(with(CALL_POLL, SYS_epoll_pwait, 3, 0), false, false);
    says(with(CALL_POLL, SYS_epoll_pwait, 3, 500), true, true);
}

static void a_pause_by_what_it_waits_for(void)
{
    static const struct timespec none = { 0, 0 };

    says(call(CALL_PAUSE, SYS_rt_sigsuspend), true, false);
    says(call(CALL_PAUSE, SYS_wait4), true, false);
    says(with(CALL_PAUSE, SYS_wait4, 2, WNOHANG), false, false);
    says(with(CALL_PAUSE, SYS_waitid, 3, WNOHANG | WEXITED), false, false);
    says(call(CALL_PAUSE, SYS_nanosleep), true, true);
    says(call(CALL_PAUSE, SYS_rt_sigtimedwait), true, false);
    says(with(CALL_PAUSE, SYS_rt_sigtimedwait, 2, at(&none)), false, false);
    says(call(CALL_PAUSE, SYS_semop), true, false);
    says(call(CALL_PAUSE, SYS_semtimedop), true, false);
    says(with(CALL_PAUSE, SYS_semtimedop, 3, at(&none)), false, false);
    says(call(CALL_PAUSE, SYS_msgrcv), true, false);
    says(with(CALL_PAUSE, SYS_msgrcv, 4, IPC_NOWAIT), false, false);
}

static void a_sleep_by_its_length(void)
{
    static const struct timespec hour = { 3600, 0 };
    struct fault_call c = with(CALL_PAUSE, SYS_nanosleep, 0, at(&hour));

    CHECK(call_lasts_s(&c) == 3600);
    c = with(CALL_PAUSE, SYS_clock_nanosleep, 2, at(&hour));
    CHECK(call_lasts_s(&c) == 3600);
    c.args[1] = TIMER_ABSTIME;
    CHECK(call_lasts_s(&c) == 0);
    c = with(CALL_POLL, SYS_epoll_pwait, 3, 90000);
    CHECK(call_lasts_s(&c) == 90);
    c = with(CALL_POLL, SYS_epoll_pwait, 3, (uint64_t)-1);
    CHECK(call_lasts_s(&c) == 0);
    c = with(CALL_POLL, SYS_ppoll, 2, 0);
    CHECK(call_lasts_s(&c) == 0);
}

static void a_read_by_its_descriptor(void)
{
    int ends[2], file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    struct fault_call c;

    CHECK(pipe(ends) == 0);
    says(with(CALL_RECV, SYS_read, 0, (uint64_t)ends[0]), true, false);
    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    says(with(CALL_RECV, SYS_read, 0, (uint64_t)ends[0]), false, false);
    says(with(CALL_RECV, SYS_read, 0, (uint64_t)file), false, false);
    close(ends[0]);
    close(ends[1]);
    close(file);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    c = with(CALL_RECV, SYS_recvfrom, 0, (uint64_t)ends[0]);
    says(c, true, false);
    c.args[3] = MSG_DONTWAIT;
    says(c, false, false);
    close(ends[0]);
    close(ends[1]);
}

static void no_other_call_waits(void)
{
    says(call(CALL_CLOSE, SYS_close), false, false);
    says(call(CALL_FORK, SYS_clone), false, false);
}

int main(void)
{
    CHECK(procfs_open() >= 0);
    a_poll_by_its_time();
    a_pause_by_what_it_waits_for();
    a_sleep_by_its_length();
    a_read_by_its_descriptor();
    no_other_call_waits();
    return check_result();
}
