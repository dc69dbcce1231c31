/* SPDX-License-Identifier: MIT */
/* SIGTERM to the server process alone: it ends, and so does all of it. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { CLIENTS = 3, MOST_FACTS = 8 };

static bool port_closed(struct context *c)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    while (subject_listens(&c->subject)) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}

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
    } else if (!port_closed(c)) {
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

static void term_leaves_nobody(struct context *c)
{
    struct pid_list all = { NULL, 0, 0 };
    int fd[CLIENTS];
    size_t left = 0;

    if (!server_up(c) || simple_client_stay_all(c, fd, CLIENTS) == 0)
        return;
    if (subject_server_tree(&c->subject, &all) < 0) {
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
    clients_close(fd, CLIENTS);
    pid_list_free(&all);
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
      "Three clients stay; SIGTERM to the server process; every process below "
      "it, and it, must end.",
      "The parent ends and forgets its children, who wait for their clients.",
      "SIGTERM to each worker, by a list from which those are taken out that "
      "were reaped (kill(0, SIGTERM) would meet the starter, too, whose group "
      "it may be); wait for them with a limit, then end." },
};

const struct case_table lifecycle_term_cases = CASE_TABLE(cases);
