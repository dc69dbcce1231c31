/* SPDX-License-Identifier: MIT */
/* SIGTERM to the server process alone: it ends, and so does all of it. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/backpressure.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "linux/child_wait.h"
#include "linux/remote_process.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 3, MOST_FACTS = 8, STALLED_MS = 30000 };

static void name_process(struct context *c, pid_t pid)
{
    struct proc_stat st;

    if (procfs_stat(pid, &st) == 0)
        verdict_fact(c->v, "pid %d [%d] (%s, state %c, parent %d)%s is there",
                     (int)pid, (int)procfs_inner_pid(pid), st.comm, st.state,
                     (int)st.ppid,
                     pid == c->subject.server ? ", the server," : "");
}

static void name_holders(struct context *c, unsigned long listener)
{
    struct pid_list l = { NULL, 0, 0 };

    if (subject_holders(&c->subject, listener, &l) == 0)
        for (size_t i = 0; i < l.n && i < MOST_FACTS; i++)
            verdict_fact(c->v, "pid %d holds the listening socket:[%lu]",
                         (int)l.pid[i], listener);
    pid_list_free(&l);
}

static void term_stops(struct context *c)
{
    pid_t server;

    if (!server_up(c) || !lifecycle_settled(c) || !lifecycle_signal(c, SIGTERM))
        return;
    server = c->subject.server;
    if (!process_ended(c, server)) {
        verdict_expected(c->v, "the server process ends at SIGTERM");
        verdict_observed(c->v, "it is still there%s",
                         subject_listens(&c->subject) ? " and listens" : "");
        verdict_fail(c->v, "SIGTERM does not end it");
        name_process(c, server);
    } else if (!lifecycle_port_closed(c)) {
        verdict_expected(c->v, "after SIGTERM nobody listens on its port");
        verdict_observed(c->v,
                         "the server process is gone, the listening socket "
                         "is not");
        verdict_fail(c->v, "SIGTERM ends it, but the port stays open");
        for (size_t k = 0; k < c->subject.nlisteners; k++)
            name_holders(c, c->subject.listener[k]);
    } else {
        verdict_pass(c->v);
    }
}

/* Add who holds the client's connection: one that was forked twice is not below
   the server. */
static int add_worker(struct context *c, int fd, struct pid_list *all)
{
    struct pid_list holders = { NULL, 0, 0 };
    size_t n = server_holders(c, fd, &holders);
    int rc = 0;

    for (size_t i = 0; i < n && rc == 0; i++)
        if (!pid_list_has(all, holders.pid[i]))
            rc = pid_list_add(all, holders.pid[i]);
    pid_list_free(&holders);
    return rc;
}

/* The server, all below it, and the workers of these clients. */
static int find_all(struct context *c, const struct talk t[CLIENTS],
                    struct pid_list *all)
{
    int rc = subject_server_tree(&c->subject, all);

    for (int i = 0; i < CLIENTS && rc == 0; i++)
        rc = add_worker(c, t[i].fd, all);
    return rc;
}

static void term_leaves_nobody(struct context *c)
{
    struct pid_list all = { NULL, 0, 0 };
    struct talk t[CLIENTS];
    size_t left = 0;

    if (!server_up(c) || simple_client_stay_all(c, t, CLIENTS) == 0)
        return;
    if (find_all(c, t, &all) < 0) {
        verdict_error(c->v, "cannot list processes: %s", strerror(errno));
    } else if (lifecycle_signal(c, SIGTERM)) {
        /* The first that stays takes the whole deadline, the others none. */
        for (size_t i = 0; i < all.n; i++)
            if (left ? procfs_alive(all.pid[i])
                     : !process_ended(c, all.pid[i])) {
                name_process(c, all.pid[i]);
                left++;
            }
        if (left) {
            verdict_expected(c->v, "after SIGTERM to the server process nobody "
                                   "stays, although clients are connected");
            verdict_observed(c->v, "%zu of %zu processes stay", left, all.n);
            verdict_fail(c->v, "%zu processes stay after SIGTERM", left);
        } else {
            verdict_pass(c->v);
        }
    }
    clients_leave(t, CLIENTS);
    pid_list_free(&all);
}

/* ---- with a client that does not read ---- */

static bool ends_by(struct context *c, struct deadline d)
{
    int64_t from = deadline_now_ns();
    struct pause pause = { 0 };

    for (;;) {
        child_reap_all();
        if (!procfs_alive(c->subject.server))
            return true;
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
        context_slept(c, &from);
    }
}

/* Whether the kernel will give the connection up by itself: tcp(7),
   TCP_USER_TIMEOUT. That is no call which could be seen to sleep for a time. */
static bool kernel_gives_up(struct context *c, int fd)
{
    struct pid_list l = { NULL, 0, 0 };
    struct socket_info end;
    unsigned timeout_ms = 0;

    if (!server_end(c, fd, &end) ||
        subject_holders(&c->subject, end.inode, &l) < 0)
        return false;
    for (size_t i = 0; i < l.n && !timeout_ms; i++) {
        int theirs = procfs_fd_of_socket(l.pid[i], end.inode);
        int copy = theirs < 0 ? -1 : remote_fd(l.pid[i], theirs);
        socklen_t n = sizeof timeout_ms;

        if (copy < 0)
            continue;
        if (getsockopt(copy, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, &n) <
            0)
            timeout_ms = 0;
        close(copy);
    }
    pid_list_free(&l);
    return timeout_ms > 0;
}

/* At once where it is proven that it will not within the time. */
static bool ends_in_time(struct context *c, int fd)
{
    struct deadline d = deadline_in(STALLED_MS);
    bool ended = ends_by(c, deadline_of_end(STALLED_MS));

    if (!ended && deadline_was_proven() && kernel_gives_up(c, fd))
        ended = ends_by(c, d);
    return ended;
}

/* It does not end either with a client that is there and says nothing. */
static bool waits_for_anybody(struct context *c, void *unused)
{
    struct talk t;
    bool waits;

    (void)unused;
    if (!server_discard(c) || server_try(c, NULL) != SUBJECT_UP ||
        !simple_client_stay(c, &t))
        return false;
    waits =
        lifecycle_signal(c, SIGTERM) && !process_ended(c, c->subject.server);
    talk_leave(&t);
    return waits;
}

static void excuse_if_it_never_ends(struct context *c)
{
    struct verdict aside;

    if (context_try(c, &aside, waits_for_anybody, NULL))
        verdict_excuse(c->v, "nor does SIGTERM end it with a client that says "
                             "nothing: see lifecycle/term-stops and "
                             "lifecycle/term-leaves-nobody");
    verdict_free(&aside);
}

static void judge_stalled(struct context *c, const struct backpressure *p)
{
    int64_t began = deadline_now_ns();
    pid_t server = c->subject.server;

    verdict_figure(c->v, "sent_bytes", (double)p->sent);
    if (!lifecycle_signal(c, SIGTERM))
        return;
    if (ends_in_time(c, p->fd)) {
        verdict_figure(c->v, "seconds",
                       (double)(deadline_now_ns() - began) / 1e9);
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v,
                     "the server process ends within %d s of SIGTERM, "
                     "although a client does not read",
                     STALLED_MS / 1000);
    verdict_observed(c->v, "it is still there%s",
                     subject_listens(&c->subject) ? " and listens" : "");
    verdict_fail(c->v, "a client that does not read keeps it from ending");
    name_process(c, server);
}

static void term_stalled_reader(struct context *c)
{
    struct backpressure p;
    struct talk t;

    if (!needs_pipelining(c) || !server_up(c) || !lifecycle_settled(c) ||
        !simple_client_open(c, &t))
        return;
    if (backpressure_begin_requests(&p, c, &t) < 0)
        verdict_error(c->v, "no memory");
    else if (backpressure_send(&p, BACKPRESSURE_MOST) == BACKPRESSURE_ENDED)
        verdict_skip(c->v,
                     "it ends the connection of a client that does not "
                     "read: %s after %zu bytes",
                     p.ended, p.sent);
    else
        judge_stalled(c, &p);
    backpressure_free(&p);
    talk_reset(&t);
    if (verdict_has_failed(c->v))
        excuse_if_it_never_ends(c);
}

static const struct test_case cases[] = {
    { "lifecycle/term-stops", MUST,
      "after SIGTERM the port is closed and the process gone", "daemon(7)",
      term_stops, 0,
      "SIGTERM to the server process at rest; it ends, and sock_diag knows "
      "its listening socket no more.",
      "SIGTERM is ignored or blocked; or its handler sets a flag that is looked "
      "at before accept: what comes between the look and the call, or where "
      "accept is restarted (SA_RESTART), is noticed with the next client only.",
      "Leave SIGTERM at its default; or keep it blocked but in ppoll(2) or "
      "pselect(2), by their mask; or poll the listening socket beside a "
      "signalfd(2), or a pipe that the handler writes to." },
    { "lifecycle/term-leaves-nobody", SHOULD,
      "with clients connected too: no worker stays", "daemon(7)",
      term_leaves_nobody, 0,
      "Three clients stay; SIGTERM to the server process; it, every process "
      "below it, and who holds a client's connection, must end.",
      "The parent ends and forgets its children, who wait for their clients.",
      "SIGTERM to each worker, by a list from which those are taken out that "
      "were reaped (kill(0, SIGTERM) would meet the starter, too, whose group "
      "it may be); wait for them with a limit, then end." },
    { "lifecycle/term-stalled-reader", SHOULD,
      "SIGTERM ends it within 30 s although a client does not read", "UNP 6.8",
      term_stalled_reader, 3000,
      "A client sends until its connection takes nothing (or 32 MiB) and does "
      "not read; SIGTERM to the server process, which must end within 30 s, or "
      "is proven to wait without an end.",
      "At SIGTERM it waits until every client is served, and this one never "
      "is: send(2) blocks, or EPOLLOUT never comes.",
      "A limit: alarm(2), SO_SNDTIMEO or a deadline of the loop, and then "
      "close what is left." },
};

const struct case_table lifecycle_term_cases = CASE_TABLE(cases);
