/* SPDX-License-Identifier: MIT */
/* The start command returns, and not too early: as long as listen(2) is held,
   the start command must not return. It is watched until it sleeps in a call
   that waits for something, with no other process of the target running that
   could wake it, or until the deadline. */
#include "cases/daemon/daemon.h"

#include "fault/socket_look.h"
#include "linux/child_wait.h"

#include <sys/syscall.h>
#include <unistd.h>

enum { LOOKS = 4 };

static void start_returns(struct context *c)
{
    struct subject *s = &c->subject;

    if (!server_up(c))
        return;
    if (s->start_ended && s->start_status == 0) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "the start command returns with status 0");
    verdict_observed(c->v, "%s",
                     s->start_ended ? child_status_text(s->start_status)
                                    : "it has not returned");
    verdict_fail(c->v, "the start command %s%s",
                 s->start_ended ? "ended: " : "has not returned",
                 s->start_ended ? child_status_text(s->start_status) : "");
    server_tell_printed(c);
}

/* On the supervisor's thread. Sockets for syslog and the like do not count. */
bool daemon_is_inet(const struct fault_call *call, void *arg)
{
    (void)arg;
    return !socket_is_unix(call->pid, (int)call->args[0]);
}

/* Whether a process in that call waits for an event, not for time to pass. */
static bool is_waiting(long call)
{
    switch (call) {
    case SYS_wait4:
    case SYS_waitid:
    case SYS_rt_sigsuspend:
    case SYS_rt_sigtimedwait:
    case SYS_futex:
    case SYS_flock:
    case SYS_fcntl:
#ifdef SYS_pause
    case SYS_pause:
#endif
        return true;
    default:
        switch (call_kind((int)call)) {
        case CALL_RECV:
        case CALL_POLL:
        case CALL_ACCEPT:
            return true;
        default:
            return false;
        }
    }
}

/* The context switches of all processes but the held one; -1 if one of them
   runs. */
static long long sleepers(struct context *c, pid_t held)
{
    struct pid_list l = { NULL, 0, 0 };
    struct proc_stat st;
    long long sum = 0;

    if (subject_processes(&c->subject, &l) < 0)
        return -1;
    for (size_t i = 0; i < l.n && sum >= 0; i++) {
        if (l.pid[i] == held)
            continue;
        if (procfs_stat(l.pid[i], &st) < 0 || st.state == 'R' ||
            st.state == 'D')
            sum = -1;
        else
            sum += procfs_switches(l.pid[i]) + 1;
    }
    pid_list_free(&l);
    return sum;
}

void daemon_wait_others(struct context *c, pid_t held)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    long long before = -1;
    int same = 0;

    while (same < LOOKS && !deadline_passed(d)) {
        long long now = sleepers(c, held);

        same = now >= 0 && now == before ? same + 1 : 0;
        before = now;
        pause_until(&pause, d);
    }
}

enum start_seen daemon_watch_start(struct context *c, pid_t held)
{
    struct subject *s = &c->subject;
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    long long before = -1;
    int same = 0;

    if (held == s->start)
        return START_WAITS; /* it is in that call itself */
    do {
        bool known;
        long long now = sleepers(c, held);
        long call;

        if (subject_start_ended(s))
            return START_GONE;
        call = procfs_syscall(s->start, &known);
        same = now >= 0 && now == before && is_waiting(call) ? same + 1 : 0;
        before = now;
        if (same >= LOOKS)
            return START_WAITS;
        pause_until(&pause, d);
    } while (!deadline_passed(d));
    return START_THERE;
}

static void judge(struct context *c, const struct fault_call *held)
{
    enum start_seen seen = daemon_watch_start(c, held->pid);

    /* START_THERE: neither asleep nor gone at the deadline, so it looks again
       and again, and waits. */
    if (seen != START_GONE) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "the start command waits while the server has not "
                           "yet done listen(2)");
    verdict_observed(c->v,
                     "pid %d [%d] is in listen(2), and the start "
                     "command, pid %d, has returned: %s",
                     (int)held->pid, (int)procfs_inner_pid(held->pid),
                     (int)c->subject.start,
                     child_status_text(c->subject.start_status));
    verdict_fail(c->v, "the start command returns before the server listens");
}

static void ready_on_return(struct context *c)
{
    struct supervised s;
    struct fault_call held;

    if (!supervised_begin(c, CALL_LISTEN, &s))
        return;
    fault_hold(s.fault, CALL_LISTEN, daemon_is_inet, NULL);
    if (supervised_launch(c, &s)) {
        if (fault_wait_held(s.fault, CALL_LISTEN, wait_deadline(c), &held))
            judge(c, &held);
        else if (subject_find(&c->subject))
            verdict_skip(c->v, "it listens, but makes no call of listen(2)");
        else
            verdict_error(c->v, "it does not come up, and makes no call of "
                                "listen(2)");
    }
    (void)supervised_end(c, &s);
}

static const struct test_case cases[] = {
    { "daemon/start-returns", MUST, "the start command returns, status 0",
      "daemon(7) 15", start_returns, 0,
      "The start command is waited for until everything that it started "
      "sleeps.",
      "fork, and wait(&status) in the parent: it returns when the server ends.",
      "Let the parent end with status 0 as soon as the daemon says that it is "
      "ready." },
    { "daemon/ready-on-return", SHOULD,
      "the start command returns only once the server listens",
      "daemon(7) 14-15", ready_on_return, 40,
      "listen(2) is held by seccomp; meanwhile the start command must not "
      "return: it is seen asleep, waiting for something (read, wait, poll), or "
      "is still there after --timeout, as one that looks again and again.",
      "daemon(0, 0), and then socket, bind and listen: whoever connects when "
      "the start command has returned may be refused.",
      "Listen before the fork, or let the parent read a byte from a pipe that "
      "the daemon writes when it listens." },
};

const struct case_table daemon_ready_cases = CASE_TABLE(cases);
