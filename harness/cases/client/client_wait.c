/* SPDX-License-Identifier: MIT */
/* A server that never answers. No time goes by: the wait for the reply is held
   by the supervisor, its timeout is read, and it is answered as if the timeout
   had passed. */
#include "cases/client/client.h"

#include "fault/fault.h"
#include "fault/notify_reply.h"
#include "linux/remote_process.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_POLLED = 64,
    MOST_WAITS = 100,
    FOR_EVER = -1,
    UNSEEN = -2,
    TAKES_TURN_MS = 1,
    REAL_WAITS = 3
};

/* One of its calls, held. */
struct wait {
    struct fault_call call;
    double seconds; /* FOR_EVER: no timeout; UNSEEN: it cannot be read */
};

/* ---- how long it would wait ---- */

/* The timespec or timeval (unit per second) at address in the client. */
static double time_at(const struct fault_call *c, uint64_t address, double unit)
{
    long t[2];

    if (address == 0)
        return FOR_EVER;
    if (remote_read(c->pid, address, t, sizeof t) != (ssize_t)sizeof t)
        return UNSEEN;
    return (double)t[0] + (double)t[1] / unit;
}

static double milliseconds(uint64_t arg)
{
    return (int)arg < 0 ? FOR_EVER : (int)arg / 1e3;
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
    double seconds = FOR_EVER;

    if (fd < 0)
        return errno == EBADF ? FOR_EVER : UNSEEN;
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

static void expire(struct fault *f, const struct wait *w)
{
    if (w->call.kind == CALL_POLL) {
        show_nothing(&w->call);
        (void)fault_answer(f, &w->call, ANSWER_EXPIRED);
    } else {
        (void)fault_answer(f, &w->call, EAGAIN);
    }
}

/* ---- which calls are held ---- */

struct moment { /* tells whether the line has left the client */
    const struct peer *peer;
    uint64_t before; /* bytes that came before it */
};

/* Bytes received, as the kernel counts them: what the client does next comes
   after them. */
static uint64_t received(const struct peer *p)
{
    struct tcp_info info = { 0 };
    socklen_t len = sizeof info;

    if (p->fd < 0 || getsockopt(p->fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
        return 0;
    return info.tcpi_bytes_received;
}

/* A poll for reading alone, and not of stdin. One that asks for more may wait
   for something else. */
static bool only_reads(const struct fault_call *c)
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

/* A thread may wait for the reply already before the line is sent. */
static bool waits_in_poll(const struct fault_call *c, void *arg)
{
    const struct moment *m = arg;

    if (poll_seconds(c) == 0)
        return false;
    return received(m->peer) > m->before || only_reads(c);
}

static bool waits_in_recv(const struct fault_call *c, void *unused)
{
    struct fault_socket blocking = { .blocking = true };

    (void)unused;
    return !(c->number == SYS_recvfrom && (c->args[3] & MSG_DONTWAIT)) &&
           fault_is_connected(c, &blocking);
}

/* ---- the case ---- */

/* The client's next wait after its line has come. False at the deadline, or
   once the client has ended. */
static bool next_wait(struct session *d, struct fault *f, struct wait *w)
{
    struct deadline end = deadline_in(d->place.timeout_ms);

    while (!d->ended && !deadline_passed(end)) {
        bool held = fault_wait_held(f, CALL_POLL, deadline_in(0), &w->call) ||
                    fault_wait_held(f, CALL_RECV, deadline_in(0), &w->call);

        session_step(d, held ? 0 : TAKES_TURN_MS);
        if (!held || bytes_find(&d->peer.got, 0, "hello\n", 6) < 0)
            continue;
        w->seconds = w->call.kind == CALL_POLL ? poll_seconds(&w->call)
                                               : recv_seconds(&w->call);
        return true;
    }
    return false;
}

static bool is_alarm(const struct fault_call *c, void *arg)
{
    double *armed = arg;

    if (c->number == SYS_setitimer)
        *armed = c->args[1]
                     ? time_at(c, c->args[1] + sizeof(struct timeval), 1e6)
                     : 0;
#ifdef SYS_alarm
    else if (c->number == SYS_alarm)
        *armed = (double)c->args[0];
#endif
    return false; /* seen; never held */
}

/* Of what may end the wait, the part that cannot be read here; NULL: none. */
static const char *unseen(const struct wait *w, double timer, double alarm)
{
    if (w->seconds == UNSEEN)
        return w->call.kind == CALL_POLL
                   ? "timeout cannot be read here, process_vm_readv(2)"
                   : "socket cannot be copied here, pidfd_getfd(2)";
    if (timer == CLIENT_UNSEEN)
        return "timer cannot be copied here, pidfd_getfd(2)";
    if (alarm == UNSEEN)
        return "alarm cannot be read here, process_vm_readv(2)";
    return NULL;
}

/* Answer one wait. False: decided. */
static bool answer_wait(struct context *c, struct session *d, struct fault *f,
                        const struct wait *w, double alarm)
{
    struct proc_stat st;
    const char *part;
    double timer;

    if (w->seconds > 0) {
        verdict_figure(c->v, "timeout_seconds", w->seconds);
        expire(f, w);
        return true;
    }
    timer = w->call.kind == CALL_POLL ? client_ring(w->call.pid) : 0;
    if (timer > 0) {
        verdict_figure(c->v, "timer_seconds", timer);
        (void)fault_answer(f, &w->call, 0);
        return true;
    }
    if (alarm > 0) {
        verdict_figure(c->v, "alarm_seconds", alarm);
        (void)fault_answer(f, &w->call, 0);
        session_signal(d, SIGALRM);
        return true;
    }
    part = unseen(w, timer, alarm);
    if (part) {
        verdict_skip(c->v, "its %s: how long it waits is not seen", part);
        return false;
    }
    if (procfs_stat(d->client.start, &st) == 0 && st.threads > 1) {
        verdict_skip(c->v, "one of its threads waits for the reply without a "
                           "timeout; whether another one watches is not seen");
        return false;
    }
    return client_fails(c, d, "the wait for the reply has a timeout",
                        "it waits for the reply without a timeout (%s)",
                        w->call.kind == CALL_POLL ? "poll" : "recv");
}

/* While it ends, none of its calls may be held. */
static void let_be(struct fault *f)
{
    fault_release(f, CALL_POLL);
    fault_release(f, CALL_RECV);
}

/* Wait after wait has been answered as expired. They may be slices of one long
   wait whose end the client reads from a clock, which cannot be moved. So let
   the time really pass. False: decided. */
static bool ends_by_clock(struct context *c, struct session *d, struct fault *f)
{
    let_be(f);
    for (int i = 0; i < REAL_WAITS && !d->ended; i++)
        (void)session_wait(d, session_has_ended, NULL, false);
    return d->ended ||
           client_fails(c, d, "once the time has passed it ends",
                        "%d of its waits were answered as expired, %.0f s "
                        "went by, and it goes on: %s",
                        MOST_WAITS, REAL_WAITS * d->place.timeout_ms / 1e3,
                        session_state(d, MET_NOT));
}

/* Answer its waits as expired until it ends. False: decided. */
static bool let_time_pass(struct context *c, struct session *d, struct fault *f,
                          const double *alarm)
{
    double first = 0, last = 0;
    struct wait w;
    int waits = 0;

    for (; waits < MOST_WAITS && next_wait(d, f, &w); waits++) {
        if (!answer_wait(c, d, f, &w, *alarm))
            return false;
        first = waits ? first : w.seconds;
        last = w.seconds;
    }
    if (d->ended)
        return true;
    if (waits == MOST_WAITS && last >= first)
        return ends_by_clock(c, d, f);
    if (waits == 0)
        verdict_skip(c->v, "it waits for the reply in no call that can be "
                           "held");
    else if (waits == MOST_WAITS)
        verdict_skip(c->v,
                     "it keeps a clock of its own: its waits go from "
                     "%.4f s to %.4f s",
                     first, last);
    else
        return client_fails(c, d, "once the time has passed it ends",
                            "its wait was answered as expired, and it goes "
                            "on: %s",
                            session_state(d, MET_NOT));
    return false;
}

static void never_answer(struct context *c, struct session *d, struct fault *f)
{
    struct moment m = { .peer = &d->peer };
    double alarm = 0;

    client_ready(d);
    fault_hold(f, CALL_TIMER, is_alarm, &alarm);
    m.before = received(&d->peer);
    fault_hold(f, CALL_POLL, waits_in_poll, &m);
    fault_hold(f, CALL_RECV, waits_in_recv, NULL);
    d->peer.limit = d->peer.got.n;
    session_type(d, "hello\n", 6);
    if (let_time_pass(c, d, f, &alarm)) {
        let_be(f);
        if (bytes_find(&d->peer.got, 0, "hello\n", 6) < 0)
            verdict_skip(c->v, "the client did not send 'hello': %s",
                         session_state(d, MET));
        else if (client_reports(c, d, "without an answer", true))
            verdict_pass(c->v);
    }
    let_be(f);
}

static void no_answer(struct context *c)
{
    struct fault *f = fault_begin(CALL_BIT(CALL_POLL) | CALL_BIT(CALL_RECV) |
                                  CALL_BIT(CALL_TIMER));
    struct session_how how = { .filter = f ? fault_filter(f) : NULL };
    struct session d;

    if (!f) {
        verdict_error(c->v, "cannot supervise its system calls: %s",
                      strerror(errno));
        return;
    }
    if (session_begin(
            &d,
            &(struct session_place){ .target = &c->target,
                                     .sandbox = c->sandbox,
                                     .port = c->port,
                                     .timeout_ms = plan_timeout_ms(c->plan) },
            &how) == SUBJECT_UP) {
        never_answer(c, &d, f);
    } else if (needs_supervision(c, f, d.client.why)) {
        verdict_error(c->v, "the client did not start: %s", d.client.why);
    }
    /* Without a supervisor its calls would fail: it ends first. */
    session_end(&d);
    fault_end(f);
}

static const struct test_case cases[] = {
    { "client/no-answer", SHOULD, "the wait for a reply has an end", "UNP 14.2",
      no_answer, 30,
      "The server never answers. The wait is held by a supervisor, its timeout "
      "is read (poll, select, epoll, SO_RCVTIMEO, alarm, timerfd), and it is "
      "answered as if that had passed: no time goes by, but where it waits "
      "again and again.",
      "recv on a blocking socket without SO_RCVTIMEO.",
      "setsockopt(SO_RCVTIMEO), or poll with a timeout before recv." },
};

const struct case_table client_wait_cases = CASE_TABLE(cases);
