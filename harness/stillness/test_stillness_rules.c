/* SPDX-License-Identifier: MIT */
/* Each rule, both ways, on made-up observations. */
#include "stillness/stillness_rules.h"

#include "base/check.h"

#include <linux/futex.h>
#include <sys/syscall.h>

#define SECOND INT64_C(1000000000)

enum { PRIVATE = 128, ESTABLISHED = 1, SYN_RECV = 3, LISTEN = 10 };

static bool stays(long number, const struct sleeper *how)
{
    struct sleeper t = *how;

    t.number = number;
    return sleeper_stays(&t, 5 * SECOND);
}

static void a_call_without_a_limit_stays(void)
{
    struct sleeper t = { 0 };

    CHECK(stays(SYS_accept4, &t));
    CHECK(stays(SYS_recvfrom, &t));
    CHECK(stays(SYS_wait4, &t));
    CHECK(stays(SYS_rt_sigsuspend, &t));
}

static void an_unknown_call_does_not(void)
{
    struct sleeper t = { 0 };

    CHECK(!stays(SYS_connect, &t));
    CHECK(!stays(SYS_restart_syscall, &t));
    CHECK(!stays(SYS_close, &t));
    CHECK(!stays(425 /* io_uring_setup */, &t));
}

static void a_lock_of_a_file_stays_and_other_fcntls_do_not(void)
{
    struct sleeper t = { .arg = { 3, 7 /* F_SETLKW */ } };

    CHECK(stays(SYS_fcntl, &t));
    t.arg[1] = 6; /* F_SETLK */
    CHECK(!stays(SYS_fcntl, &t));
}

static void milliseconds(void)
{
    struct sleeper t = { .arg = { 3, 0, 64, (unsigned)-1 } };

    CHECK(stays(SYS_epoll_pwait, &t)); /* none */
    t.arg[3] = 2000;
    CHECK(!stays(SYS_epoll_pwait, &t)); /* 2 s of 5 */
    t.arg[3] = 60000;
    CHECK(stays(SYS_epoll_pwait, &t)); /* a minute of a new thread */
    t.age_ns = 58 * SECOND;
    CHECK(!stays(SYS_epoll_pwait, &t)); /* it may be nearly over */
}

static void a_pointed_limit(void)
{
    struct sleeper t = { .arg = { 1, 2, 0 } };

    CHECK(stays(SYS_ppoll, &t)); /* NULL: none */
    t.arg[2] = 4096;
    CHECK(!stays(SYS_ppoll, &t)); /* not read */
    t.at_known = true;
    t.at.tv_sec = 2;
    CHECK(!stays(SYS_ppoll, &t));
    t.at.tv_sec = 3600;
    CHECK(stays(SYS_ppoll, &t));
    t.age_ns = 3599 * SECOND;
    CHECK(!stays(SYS_ppoll, &t));
}

static void a_sleep_is_never_without_a_limit(void)
{
    struct sleeper t = { 0 };

    CHECK(!stays(SYS_nanosleep, &t));
    CHECK(!stays(SYS_clock_nanosleep, &t));
}

static void an_absolute_limit_is_compared_with_its_clock(void)
{
    struct sleeper t = { .arg = { CLOCK_REALTIME, TIMER_ABSTIME, 4096 },
                         .at = { 1000, 0 },
                         .at_known = true,
                         .age_ns = 3600 * SECOND,
                         .clock_ns = 900 * SECOND };
    bool timeval;
    int clock;

    CHECK_INT(
        (t.number = SYS_clock_nanosleep, sleeper_limit(&t, &clock, &timeval)),
        2);
    CHECK_INT(clock, CLOCK_REALTIME);
    CHECK(stays(SYS_clock_nanosleep, &t));
    t.clock_ns = 998 * SECOND;
    CHECK(!stays(SYS_clock_nanosleep, &t));
}

static void a_lock_between_threads(void)
{
    struct sleeper t = { .arg = { 4096, FUTEX_WAIT | PRIVATE, 1, 0 } };
    bool timeval;
    int clock;

    CHECK(stays(SYS_futex, &t));
    t.arg[1] = FUTEX_WAKE | PRIVATE;
    CHECK(!stays(SYS_futex, &t)); /* it does not sleep */
    t.arg[1] = FUTEX_WAIT_BITSET | PRIVATE | FUTEX_CLOCK_REALTIME;
    t.number = SYS_futex;
    CHECK_INT(sleeper_limit(&t, &clock, &timeval), 3);
    CHECK_INT(clock, CLOCK_REALTIME);
    t.arg[1] = FUTEX_WAIT_BITSET | PRIVATE;
    CHECK_INT(sleeper_limit(&t, &clock, &timeval), 3);
    CHECK_INT(clock, CLOCK_MONOTONIC);
    t.arg[3] = 4096;
    CHECK(!stays(SYS_futex, &t));
}

static void a_lock_between_processes(void)
{
    struct sleeper t = { .arg = { 4096, FUTEX_WAIT, 1, 0 } };

    CHECK(stays(SYS_futex, &t)); /* its memory is the target's own */
    t.maps_shared = true;
    CHECK(!stays(SYS_futex, &t)); /* anybody may hold that file */
    t.arg[1] |= PRIVATE;
    CHECK(stays(SYS_futex, &t));
}

static const char *wakes(const char *link, const char *info)
{
    return descriptor_wakes(link, info, false, 5 * SECOND);
}

static void harmless_descriptors(void)
{
    CHECK_STR(wakes("anon_inode:[eventpoll]", ""), NULL);
    CHECK_STR(wakes("anon_inode:[eventfd]", ""), NULL);
    CHECK_STR(wakes("pidfd:[12]", ""), NULL);
    CHECK_STR(wakes("socket:[12]", ""), NULL);
    CHECK_STR(wakes("/var/log/x.log", ""), NULL);
    CHECK_STR(descriptor_wakes("/dev/null", "", true, SECOND), NULL);
}

static void what_may_wake(void)
{
    CHECK(wakes("anon_inode:inotify", "") != NULL);
    CHECK(wakes("anon_inode:[io_uring]", "") != NULL);
    CHECK(wakes("anon_inode:[perf_event]", "") != NULL);
    CHECK(descriptor_wakes("/tmp/fifo", "", true, SECOND) != NULL);
    CHECK(descriptor_wakes("/dev/pts/1", "", true, SECOND) != NULL);
}

static void a_timerfd_wakes_when_it_expires_in_time(void)
{
    const char *link = "anon_inode:[timerfd]";

    CHECK_STR(wakes(link, "it_value: (0, 0)\n"), NULL); /* not armed */
    CHECK_STR(wakes(link, "it_value: (60, 5)\n"), NULL);
    CHECK_STR(wakes(link, "it_value: (9223372036, 5)\n"), NULL);
    CHECK(wakes(link, "it_value: (0, 5)\n") != NULL);
    CHECK(wakes(link, "it_value: (4, 999999999)\n") != NULL);
    CHECK(wakes(link, "") != NULL); /* not read */
}

static struct socket_info end(int state, int local, int remote, uint32_t rqueue,
                              uint32_t wqueue)
{
    struct socket_info s = { .state = state,
                             .rqueue = rqueue,
                             .wqueue = wqueue };

    (void)address_parse(&s.local, "127.0.0.1", local);
    (void)address_parse(&s.remote, "127.0.0.1", remote);
    return s;
}

static void bytes_that_are_not_there_are_under_way(void)
{
    struct socket_info s[2] = { end(ESTABLISHED, 7, 4000, 0, 64),
                                end(ESTABLISHED, 4000, 7, 0, 0) };

    CHECK(tcp_under_way(s, 2) != NULL);
    s[1].rqueue = 64; /* there, and not read */
    CHECK_STR(tcp_under_way(s, 2), NULL);
    s[0].wqueue = 0;
    CHECK_STR(tcp_under_way(s, 2), NULL);
    CHECK(tcp_under_way(s, 0) == NULL);
    s[0] = end(7 /* CLOSE */, 7, 0, 0, 128); /* it listened: its backlog */
    CHECK_STR(tcp_under_way(s, 1), NULL);
}

static void a_handshake_is_under_way_unless_the_queue_is_full(void)
{
    struct socket_info s[2] = { end(SYN_RECV, 7, 4000, 0, 0),
                                end(LISTEN, 7, 0, 1, 1) };

    CHECK(tcp_under_way(s, 2) != NULL);
    s[1].rqueue = 2; /* more than its backlog: no place for another */
    CHECK_STR(tcp_under_way(s, 2), NULL);
    s[0] = end(2 /* SYN_SENT */, 4000, 7, 0, 1);
    CHECK_STR(tcp_under_way(s, 2), NULL);
    s[1].rqueue = 0;
    CHECK(tcp_under_way(s, 2) != NULL);
}

static void signals(void)
{
    struct signals_seen s = { .pending = 1u << 14, .blocked = 1u << 14 };

    CHECK(!signals_under_way(&s));
    s.blocked = 0;
    CHECK(signals_under_way(&s));
    s.ignored = 1u << 14;
    CHECK(!signals_under_way(&s));
    s.ignored = 1u << 13;
    CHECK(!signals_hide_alarm(&s, false));
    CHECK(!signals_hide_alarm(&s, true));
    s.caught = 1u << 13;
    CHECK(signals_hide_alarm(&s, false));
    s.caught = 0;
    s.blocked = 1u << 13;
    CHECK(signals_hide_alarm(&s, false));
    s.blocked = s.ignored = 0; /* it would kill */
    CHECK(!signals_hide_alarm(&s, false));
    CHECK(signals_hide_alarm(&s, true));
}

static void alarms_of_the_list(void)
{
    const char *far = " #1: <0>, it_real_fn, S:01\n"
                      " # expires at 9-9 nsecs [in 9000000000 to 9000000000 "
                      "nsecs]\n";
    const char *other = " #1: <0>, hrtimer_wakeup, S:01\n"
                        " # expires at 9-9 nsecs [in 90 to 90 nsecs]\n";

    CHECK(!timer_list_has_alarm(far, 5 * SECOND));
    CHECK(timer_list_has_alarm(far, 10 * SECOND));
    CHECK(!timer_list_has_alarm(other, 5 * SECOND));
}

int main(void)
{
    a_call_without_a_limit_stays();
    an_unknown_call_does_not();
    a_lock_of_a_file_stays_and_other_fcntls_do_not();
    milliseconds();
    a_pointed_limit();
    a_sleep_is_never_without_a_limit();
    an_absolute_limit_is_compared_with_its_clock();
    a_lock_between_threads();
    a_lock_between_processes();
    harmless_descriptors();
    what_may_wake();
    a_timerfd_wakes_when_it_expires_in_time();
    bytes_that_are_not_there_are_under_way();
    a_handshake_is_under_way_unless_the_queue_is_full();
    signals();
    alarms_of_the_list();
    return check_result();
}
