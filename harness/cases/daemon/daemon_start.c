/* SPDX-License-Identifier: MIT */
/* daemon/start-returns: the start command leaves the daemon behind. */
#include "cases/daemon/daemon.h"

#include "linux/child_wait.h"

void daemon_start_returns(struct context *c)
{
    struct subject *s = &c->subject;

    if (!needs_detached(c) || !server_up(c))
        return;
    if (s->start_ended && s->start_status == 0) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "the start command returns with status 0");
    verdict_observed(c->v, "%s", s->start_ended ?
                     child_status_text(s->start_status) :
                     "it has not returned");
    verdict_fail(c->v, "the start command %s%s", s->start_ended ? "ended: " :
                 "has not returned", s->start_ended ?
                 child_status_text(s->start_status) : "");
    daemon_tell_printed(c);
}
