/* SPDX-License-Identifier: MIT */
/* The rules are lists of what is known to be harmless. A call, a descriptor or
   a state that is on none of them counts as something that may go on: a program
   is then waited for to the end, which is never wrong. */
#include "stillness/stillness_rules.h"

#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

enum { NONE = -1, RELATIVE = -1, NS = 1000000000, PRIVATE = 128 };

/* They end by what somebody does, never by themselves. A limit that was set on
   a socket is the look's to find. */
static const long endless[] = {
    SYS_read,     SYS_readv,  SYS_recvfrom,      SYS_recvmsg, SYS_write,
    SYS_writev,   SYS_sendto, SYS_sendmsg,       SYS_splice,  SYS_tee,
    SYS_sendfile, SYS_accept, SYS_accept4,       SYS_wait4,   SYS_waitid,
    SYS_flock,    SYS_semop,  SYS_rt_sigsuspend,
#ifdef SYS_pause
    SYS_pause,
#endif
};

/* Calls with a limit in milliseconds: which argument; negative: none. */
static const struct {
    long number;
    int arg;
} milliseconds[] = {
#ifdef SYS_poll
    { SYS_poll, 2 },
#endif
#ifdef SYS_epoll_wait
    { SYS_epoll_wait, 3 },
#endif
    { SYS_epoll_pwait, 3 },
};

/* Calls with a pointer to a limit, which is relative; NULL: none. */
static const struct {
    long number;
    int arg;
    bool timeval;
} pointed[] = {
#ifdef SYS_select
    { SYS_select, 4, true },
#endif
    { SYS_pselect6, 4, false },        { SYS_ppoll, 2, false },
    { SYS_rt_sigtimedwait, 2, false }, { SYS_recvmmsg, 4, false },
    { SYS_semtimedop, 3, false },      { SYS_nanosleep, 0, false },
#ifdef SYS_epoll_pwait2
    { SYS_epoll_pwait2, 3, false },
#endif
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int futex_operation(const struct sleeper *t)
{
    return (int)t->arg[1] & 0x7f;
}

static bool is_futex_wait(const struct sleeper *t)
{
    int op = futex_operation(t);

    return t->number == SYS_futex &&
           (op == FUTEX_WAIT || op == FUTEX_LOCK_PI ||
            op == FUTEX_WAIT_BITSET || op == FUTEX_WAIT_REQUEUE_PI ||
            op == 13 /* FUTEX_LOCK_PI2 */);
}

static int futex_clock(const struct sleeper *t)
{
    int op = futex_operation(t);

    if (op == FUTEX_WAIT)
        return RELATIVE;
    return op == FUTEX_LOCK_PI || (t->arg[1] & FUTEX_CLOCK_REALTIME)
               ? CLOCK_REALTIME
               : CLOCK_MONOTONIC;
}

int sleeper_limit(const struct sleeper *t, int *clock, bool *timeval)
{
    *clock = RELATIVE;
    *timeval = false;
    for (size_t i = 0; i < COUNT(pointed); i++)
        if (pointed[i].number == t->number) {
            *timeval = pointed[i].timeval;
            return pointed[i].arg;
        }
    if (is_futex_wait(t)) {
        *clock = futex_clock(t);
        return 3;
    }
    if (t->number == SYS_clock_nanosleep) {
        if (t->arg[1] & TIMER_ABSTIME)
            *clock = (int)t->arg[0];
        return 2;
    }
    return NONE;
}

/* When it ends at the earliest, from now. */
static bool ends_later(const struct sleeper *t, int clock, int64_t left_ns)
{
    int64_t limit;

    if (!t->at_known)
        return false;
    if (t->at.tv_sec > INT64_MAX / NS - 1)
        return true;
    limit = t->at.tv_sec * NS + t->at.tv_nsec;
    return limit - (clock == RELATIVE ? t->age_ns : t->clock_ns) > left_ns;
}

static bool has_endless(long number)
{
    for (size_t i = 0; i < COUNT(endless); i++)
        if (endless[i] == number)
            return true;
    return false;
}

bool sleeper_stays(const struct sleeper *t, int64_t left_ns)
{
    bool timeval;
    int clock, arg;

    if (has_endless(t->number))
        return true;
    if (t->number == SYS_fcntl)
        return t->arg[1] == 7 /* F_SETLKW */ || t->arg[1] == 38; /* F_OFD_ */
    for (size_t i = 0; i < COUNT(milliseconds); i++)
        if (milliseconds[i].number == t->number) {
            int ms = (int)t->arg[milliseconds[i].arg];

            return ms < 0 || ms * INT64_C(1000000) - t->age_ns > left_ns;
        }
    if (is_futex_wait(t) && !(t->arg[1] & PRIVATE) && t->maps_shared)
        return false; /* whoever else maps it may wake it */
    arg = sleeper_limit(t, &clock, &timeval);
    if (arg == NONE)
        return false;
    return (t->arg[arg] == 0 && t->number != SYS_nanosleep &&
            t->number != SYS_clock_nanosleep) ||
           ends_later(t, clock, left_ns);
}

int64_t sleeper_lasts_ns(const struct sleeper *t)
{
    bool timeval;
    int clock, arg;
    int64_t limit;

    for (size_t i = 0; i < COUNT(milliseconds); i++)
        if (milliseconds[i].number == t->number) {
            int ms = (int)t->arg[milliseconds[i].arg];

            return ms > 0 ? ms * INT64_C(1000000) : 0;
        }
    arg = sleeper_limit(t, &clock, &timeval);
    if (arg == NONE || !t->at_known || t->at.tv_sec > INT64_MAX / NS - 1)
        return 0;
    limit = t->at.tv_sec * NS + t->at.tv_nsec;
    if (clock != RELATIVE)
        limit -= t->clock_ns;
    return limit > 0 ? limit : 0;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* fdinfo of a timerfd: "it_value: (seconds, nanoseconds)" until it expires, 0
   if it is not armed. */
static bool timer_ends_within(const char *info, int64_t left_ns)
{
    const char *at = strstr(info, "it_value: (");
    long long s, ns;

    if (!at || sscanf(at, "it_value: (%lld, %lld)", &s, &ns) != 2)
        return true;
    return (s || ns) && s <= left_ns / NS && s * NS + ns <= left_ns;
}

const char *descriptor_wakes(const char *link, const char *info,
                             bool is_special, int64_t left_ns)
{
    static const char *const harmless[] = {
        "anon_inode:[eventpoll]",
        "anon_inode:[eventfd]",
        "anon_inode:[signalfd]",
        "anon_inode:[pidfd]",
        "pidfd:[",
        "socket:[",
        "pipe:[",
    };
    static const char *const quiet[] = {
        "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
    };

    if (begins(link, "anon_inode:[timerfd]"))
        return timer_ends_within(info, left_ns) ? "a timerfd is armed" : NULL;
    for (size_t i = 0; i < COUNT(harmless); i++)
        if (begins(link, harmless[i]))
            return NULL;
    if (link[0] != '/')
        return "it holds a descriptor of another kind";
    for (size_t i = 0; i < COUNT(quiet); i++)
        if (strcmp(link, quiet[i]) == 0)
            return NULL;
    return is_special ? "it holds a device or a FIFO" : NULL;
}

static bool same_end(const struct address *a, const struct address *b)
{
    return address_port(a) == address_port(b) && address_same_host(a, b);
}

/* Bytes that have left s wait at its other end: whoever is to read them sleeps,
   or s would not still hold them. */
static bool wait_to_be_read(const struct socket_info *s,
                            const struct socket_info *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (same_end(&all[i].local, &s->remote) &&
            same_end(&all[i].remote, &s->local))
            return all[i].rqueue > 0;
    return false;
}

static bool queue_is_full(const struct socket_info *all, size_t n, int port)
{
    for (size_t i = 0; i < n; i++)
        if (SOCKDIAG_STATE(all[i].state) == SOCKDIAG_LISTEN &&
            address_port(&all[i].local) == port &&
            all[i].rqueue > all[i].wqueue)
            return true;
    return false;
}

const char *tcp_under_way(const struct socket_info *s, size_t n)
{
    enum { SYN_SENT = 2, SYN_RECV = 3, CLOSED = 7 };

    for (size_t i = 0; i < n; i++) {
        /* A listening socket that was shut down still tells its backlog. */
        if (SOCKDIAG_STATE(s[i].state) == SOCKDIAG_LISTEN ||
            SOCKDIAG_STATE(s[i].state) == SOCKDIAG_TIME_WAIT ||
            s[i].state == CLOSED)
            continue;
        if (s[i].state == SYN_SENT || s[i].state == SYN_RECV) {
            if (!queue_is_full(s, n,
                               address_port(s[i].state == SYN_SENT
                                                ? &s[i].remote
                                                : &s[i].local)))
                return "a connection is being made";
        } else if (s[i].wqueue && !wait_to_be_read(&s[i], s, n)) {
            return "bytes are under way";
        }
    }
    return NULL;
}

bool signals_under_way(const struct signals_seen *s)
{
    return s->pending & ~s->blocked & ~s->ignored;
}

bool signals_hide_alarm(const struct signals_seen *s, bool of_end)
{
    uint64_t may_act = of_end ? ~s->ignored : s->caught | s->blocked;

    return may_act & 1u << (14 - 1); /* SIGALRM */
}

bool timer_list_has_alarm(const char *text, int64_t left_ns)
{
    for (const char *at = text; (at = strstr(at, ", it_real_fn")); at++) {
        const char *in = strstr(at, "[in ");
        char *end;
        long long ns = in ? strtoll(in + 4, &end, 10) : 0;

        if (ns <= left_ns)
            return true;
    }
    return false;
}
