/* SPDX-License-Identifier: MIT */
/* load/: connections that wait to be accepted. */
#include "cases/load/load.h"

#include "kit/acceptors.h"
#include "kit/client_pool.h"
#include "kit/stop_alone.h"
#include "kit/wait_idle.h"
#include "linux/stop_processes.h"

#include <errno.h>
#include <string.h>

enum { QUEUE = 16, BURST = 200 };

static void backlog(struct context *c)
{
    if (!server_up(c))
        return;
    if (!subject_shows_listeners(&c->subject)) {
        verdict_skip(c->v, "its listening socket cannot be seen from here");
        return;
    }
    verdict_expected(c->v, "a listen queue for %d connections or more", QUEUE);
    verdict_observed(c->v, "one for %ld", c->subject.backlog);
    if (c->subject.backlog >= QUEUE)
        verdict_pass(c->v);
    else
        verdict_fail(c->v, "the listen queue holds %ld", c->subject.backlog);
}

/* ---- load/burst ---- */

/* With the acceptors stopped: all connect, and each sends its frame. */
static bool fill_queue(struct context *c, struct client_pool *m, size_t n)
{
    if (client_pool_open(m, c, n) < 0) {
        verdict_error(c->v, "%zu connections: %s", n, strerror(errno));
        return false;
    }
    m->leave = true; /* one that serves one at a time serves all, too */
    client_pool_begin(m, 0);
    return load_queue_full(c, n);
}

static void judge_burst(struct context *c, struct client_pool *m,
                        struct verdict *v)
{
    size_t served = client_pool_receive(m);
    struct unserved u;
    size_t limit;

    if (served == m->n) {
        verdict_pass(v);
        return;
    }
    if (load_own_limit(c, m, &limit)) {
        verdict_fact(v, "its own limit: %zu clients at a time", limit);
        verdict_pass(v);
        return;
    }
    verdict_expected(v, "all %zu that waited in the listen queue are served",
                     m->n);
    verdict_observed(v, "%zu were%s; %ld still wait in the queue", served,
                     server_ended(c) ? ", then the server ended" : "",
                     queue_waiting(c));
    verdict_fail(v, "%zu of %zu that came in one burst were not served",
                 m->n - served, m->n);
    client_pool_unserved(m, &u);
    unserved_tell(&u, v);
}

static void burst(struct context *c)
{
    struct pid_list stopped = { NULL, 0, 0 };
    struct client_pool m = { .events = -1 };
    bool filled;

    if (!needs_own_start(c) || !server_up(c))
        return;
    wait_asleep(c); /* in the call that the stop is to meet */
    filled = halt_acceptors(c, &stopped) &&
             fill_queue(c, &m, load_queue_holds(c, BURST));
    continue_processes(&stopped);
    if (filled)
        judge_burst(c, &m, c->v);
    client_pool_close(&m);
    pid_list_free(&stopped);
    stop_alone_excuse(c, STOP_ALL);
}

static const struct test_case cases[] = {
    { "load/backlog", SHOULD, "the listen queue holds 16 or more", "listen(2)",
      backlog, 0,
      "The kernel's figure for the listening socket, by sock_diag; no client "
      "connects.",
      "listen(fd, 1), or 5 as in old books: further clients of a burst wait a "
      "second for their next SYN.",
      "listen(fd, SOMAXCONN).", .silent_too = true, .leaves_as_found = true },
    { "load/burst", MUST,
      "as many connections as the listen queue holds, opened while the server "
      "is stopped, are all served afterwards",
      "listen(2)", burst, 20,
      "SIGSTOP to every process that holds the listening socket, seen in state "
      "T; up to 200 connections, each with a frame; SIGCONT; every echo must "
      "come.",
      "One accept for each event of an edge-triggered listener: what came with "
      "the same edge stays in the queue.",
      "Accept until EAGAIN, or watch the listener by level.", .holds = 200 },
};

const struct case_table load_queue_cases = CASE_TABLE(cases);
