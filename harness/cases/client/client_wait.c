/* SPDX-License-Identifier: MIT */
/* A server that never answers. No time goes by: the wait for the reply is held
   by the supervisor, its timeout is read, and it is answered as if the timeout
   had passed. */
#include "cases/client/client.h"
#include "cases/client/held_wait.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

enum { MOST_WAITS = 100, TAKES_TURN_MS = 1, REAL_WAITS = 3 };

/* One of its calls, held. */
struct wait {
    struct fault_call call;
    double seconds; /* as held_wait_seconds */
};

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

/* A thread may wait for the reply already before the line is sent. */
static bool waits_in_poll(const struct fault_call *c, void *arg)
{
    const struct moment *m = arg;

    if (held_wait_seconds(c) == 0)
        return false;
    return received(m->peer) > m->before || held_wait_only_reads(c);
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
        w->seconds = held_wait_seconds(&w->call);
        return true;
    }
    return false;
}

static bool is_alarm(const struct fault_call *c, void *arg)
{
    double *armed = arg;

    *armed = held_wait_alarm(c, *armed);
    return false; /* seen; never held */
}

/* Of what may end the wait, the part that cannot be read here; NULL: none. */
static const char *unseen(const struct wait *w, double timer, double alarm)
{
    if (w->seconds == WAIT_UNSEEN)
        return w->call.kind == CALL_POLL
                   ? "timeout cannot be read here, process_vm_readv(2)"
                   : "socket cannot be copied here, pidfd_getfd(2)";
    if (timer == CLIENT_UNSEEN)
        return "timer cannot be copied here, pidfd_getfd(2)";
    if (alarm == WAIT_UNSEEN)
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
        held_wait_expire(f, &w->call);
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
      "setsockopt(SO_RCVTIMEO), after which recv fails with EAGAIN, or poll "
      "with a timeout before recv; then a message and status 1." },
};

const struct case_table client_wait_cases = CASE_TABLE(cases);
