/* SPDX-License-Identifier: MIT */
/* SIGTERM, SIGHUP, SIGSTOP and SIGCONT: each goes to the server process alone;
   what its workers are told is its own affair. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/wait_idle.h"
#include "linux/stop_processes.h"
#include "kit/simple_client.h"
#include "linux/process_signal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { CLIENTS = 3, MOST_FACTS = 8 };

/* It has set up what it does at a signal once it has served somebody and
   sleeps. Whether that one was served is no matter. False: decided. */
static bool settled(struct context *c)
{
    struct snapshot now = { .n = 0 };
    char why[96];
    bool good;

    (void)simple_client_new(c, why, sizeof why);
    good = wait_idle(c, &now);
    snapshot_free(&now);
    return good;
}

static bool send_signal(struct context *c, int sig)
{
    if (process_signal(c->subject.server, sig) == 0)
        return true;
    verdict_error(c->v, "cannot signal pid %d: %s", (int)c->subject.server,
                  strerror(errno));
    return false;
}

/* ---- SIGTERM ---- */

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

static void name_listeners(struct context *c)
{
    struct pid_list l = { NULL, 0, 0 };

    if (subject_processes(&c->subject, &l) == 0)
        for (size_t i = 0; i < l.n && i < MOST_FACTS; i++)
            for (size_t k = 0; k < c->subject.nlisteners; k++)
                if (procfs_holds_socket(l.pid[i], c->subject.listener[k]))
                    verdict_fact(c->v, "pid %d holds the listening socket:"
                                 "[%lu]", (int)l.pid[i],
                                 c->subject.listener[k]);
    pid_list_free(&l);
}

void term_stops(struct context *c)
{
    pid_t server;

    if (!server_up(c) || !settled(c) || !send_signal(c, SIGTERM))
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
        verdict_observed(c->v, "the server process is gone, the listening socket "
                         "is not");
        verdict_fail(c->v, "SIGTERM ends it, but the port stays open");
        name_listeners(c);
    } else {
        verdict_pass(c->v);
    }
}

void term_leaves_nobody(struct context *c)
{
    struct pid_list all = { NULL, 0, 0 };
    int fd[CLIENTS];
    size_t left = 0;

    if (!server_up(c) || simple_client_stay_all(c, fd, CLIENTS) == 0)
        return;
    if (subject_server_tree(&c->subject, &all) < 0) {
        verdict_error(c->v, "cannot list processes: %s", strerror(errno));
    } else if (send_signal(c, SIGTERM)) {
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

/* ---- SIGHUP ---- */

/* One that takes it for "read your configuration" may close its listener for a
   moment. */
static bool serves_again(struct context *c, char *why, size_t size)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    while (!simple_client_new(c, why, size)) {
        if (server_ended(c) || deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}

void hangup(struct context *c)
{
    char why[96];

    if (!needs_detached(c) || !server_up(c) || !settled(c) ||
        !send_signal(c, SIGHUP))
        return;
    (void)signal_done(c, c->subject.server, SIGHUP);
    /* A flag that it sets may be seen at its next return from accept. */
    if (serves_again(c, why, sizeof why) && serves_again(c, why, sizeof why)) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "after SIGHUP a detached server serves on");
    verdict_observed(c->v, "a new client: %s%s", why, server_ended(c) ?
                     "; the server has ended" : "");
    verdict_fail(c->v, "SIGHUP ends its service");
}

/* ---- SIGSTOP, SIGCONT ---- */

static bool served_on(struct context *c, bool served, const char *who,
                      const char *why)
{
    if (served)
        return true;
    verdict_expected(c->v, "after SIGSTOP and SIGCONT %s is served", who);
    verdict_observed(c->v, "%s%s", why, server_ended(c) ?
                     "; the server has ended" : "");
    verdict_fail(c->v, "after SIGSTOP and SIGCONT %s was not served", who);
    return false;
}

/* One that was served before, one that came while it was stopped, a new one;
   each leaves before the next, for those that serve one at a time. */
static bool all_served(struct context *c, int *old, int *waiting)
{
    char why[96];
    bool good = served_on(c, simple_client_again(c, *old, why, sizeof why),
                          "a client from before", why);

    clients_close(old, 1);
    good = good && served_on(c, simple_client_again(c, *waiting, why, sizeof why),
                             "a client that came while it was stopped", why);
    clients_close(waiting, 1);
    return good && served_on(c, simple_client_new(c, why, sizeof why), "a new client",
                             why);
}

void stop_continue(struct context *c)
{
    struct pid_list server = { NULL, 0, 0 };
    int old = -1, waiting = -1;

    if (!server_up(c) || !settled(c) || (old = simple_client_stay(c)) < 0)
        return;
    if (pid_list_add(&server, c->subject.server) < 0) {
        verdict_error(c->v, "no memory");
    } else if (stop_processes(&server, wait_deadline(c)) < 0) {
        continue_processes(&server);
        verdict_error(c->v, "SIGSTOP: pid %d did not stop",
                      (int)c->subject.server);
    } else {
        waiting = simple_client_open(c);
        continue_processes(&server);
        if (waiting >= 0 && all_served(c, &old, &waiting))
            verdict_pass(c->v);
    }
    clients_close(&old, 1);
    clients_close(&waiting, 1);
    pid_list_free(&server);
}
