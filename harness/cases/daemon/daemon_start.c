/* SPDX-License-Identifier: MIT */
/* daemon/start-returns: the start command leaves the daemon behind. */
#include "cases/daemon/daemon.h"

#include "linux/child_wait.h"

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

static const struct test_case cases[] = {
    { "daemon/start-returns", MUST, "the start command returns, status 0",
      "daemon(7) 15", start_returns, 0,
      "The start command is waited for until everything that it started "
      "sleeps.",
      "fork, and wait(&status) in the parent: it returns when the server ends.",
      "Let the parent end with status 0 as soon as the daemon says that it is "
      "ready." },
};

const struct case_table daemon_start_cases = CASE_TABLE(cases);
