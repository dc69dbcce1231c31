/* SPDX-License-Identifier: MIT */
/* SIGHUP, SIGSTOP and SIGCONT: each goes to the server process alone; what its
   workers are told is its own affair. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "linux/stop_processes.h"

#include <signal.h>

/* ---- SIGHUP ---- */

/* A server that takes SIGHUP for "read your configuration" may close its
   listener for a moment. */
static bool serves_again(struct context *c, char *why, size_t size)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    while (!simple_client_new(c, why, size)) {
        if (server_ended(c) || deadline_was_proven() || deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}

static void hangup(struct context *c)
{
    char why[96];

    if (!needs_detached(c) || !server_up(c) || !lifecycle_settled(c) ||
        !lifecycle_signal(c, SIGHUP))
        return;
    (void)signal_done(c, c->subject.server, SIGHUP);
    /* Twice: a flag that its handler sets may be seen only at its next return
       from accept. */
    if (serves_again(c, why, sizeof why) && serves_again(c, why, sizeof why)) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "after SIGHUP a detached server serves on");
    verdict_observed(c->v, "a new client: %s%s", why,
                     server_ended(c) ? "; the server has ended" : "");
    verdict_fail(c->v, "SIGHUP ends its service");
}

/* ---- SIGSTOP, SIGCONT ---- */

static bool served_on(struct context *c, bool served, const char *who,
                      const char *why)
{
    if (served)
        return true;
    verdict_expected(c->v, "after SIGSTOP and SIGCONT %s is served", who);
    verdict_observed(c->v, "%s%s", why,
                     server_ended(c) ? "; the server has ended" : "");
    verdict_fail(c->v, "after SIGSTOP and SIGCONT %s was not served", who);
    return false;
}

/* One that was served before, one that came while it was stopped, a new one;
   each leaves before the next, for those that serve one at a time. */
static bool all_served(struct context *c, struct talk *old,
                       struct talk *waiting)
{
    char why[96];
    bool good = served_on(c, simple_client_again(c, old, why, sizeof why),
                          "a client from before", why);

    talk_leave(old);
    good =
        good && served_on(c, simple_client_again(c, waiting, why, sizeof why),
                          "a client that came while it was stopped", why);
    talk_leave(waiting);
    return good && served_on(c, simple_client_new(c, why, sizeof why),
                             "a new client", why);
}

static void stop_continue(struct context *c)
{
    struct pid_list server = { NULL, 0, 0 };
    struct talk old, waiting;

    if (!server_up(c) || !lifecycle_settled(c) || !simple_client_stay(c, &old))
        return;
    client_init(c, &waiting, 0);
    wait_asleep(c); /* in the call that the stop is to meet */
    if (pid_list_add(&server, c->subject.server) < 0) {
        verdict_error(c->v, "no memory");
    } else if (stop_processes(&server, wait_deadline(c)) < 0) {
        continue_processes(&server);
        verdict_error(c->v, "SIGSTOP: pid %d did not stop",
                      (int)c->subject.server);
    } else {
        bool came = simple_client_open(c, &waiting);

        continue_processes(&server);
        if (came && all_served(c, &old, &waiting))
            verdict_pass(c->v);
    }
    talk_leave(&old);
    talk_leave(&waiting);
    pid_list_free(&server);
}

static const struct test_case cases[] = {
    { "lifecycle/hangup", SHOULD, "a detached server survives SIGHUP",
      "daemon(7)", hangup, 0,
      "SIGHUP to the server process; when it has acted on it, new clients are "
      "served.",
      "SIGHUP stays at its default, which ends the process.",
      "Ignore it, or read the configuration anew." },
    { "lifecycle/stop-continue", MUST,
      "after SIGSTOP and SIGCONT it serves on, old and new connections",
      "signal(7)", stop_continue, 0,
      "SIGSTOP to the server process, seen in state T, and a client comes; "
      "SIGCONT. One from before, that one and a new one are served.",
      "epoll_wait fails with EINTR after SIGCONT, handlers or not, and is "
      "treated as fatal.",
      "if (n < 0 && errno == EINTR) continue;" },
};

const struct case_table lifecycle_signals_cases = CASE_TABLE(cases);
