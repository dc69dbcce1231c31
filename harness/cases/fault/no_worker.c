/* SPDX-License-Identifier: MIT */
/* A client without a worker, and the descriptors that it may leave. */
#include "cases/fault/no_worker.h"

bool no_worker_answer(struct context *c, struct talk *t, const char *what,
                      int *served)
{
    if (talk_finish(t, wait_deadline(c))) {
        ++*served;
        return true;
    }
    if (t->trouble != TALK_SILENT)
        return true;
    verdict_expected(c->v, "the client that got no worker is served later or "
                           "sees a close");
    verdict_observed(c->v, "silence");
    verdict_fail(c->v, "a client was left in silence when %s", what);
    return false;
}

/* Descriptors more in now, which is taken, than in before; -1: decided. */
static long fds_more(struct context *c, const struct snapshot *before,
                     struct snapshot *now)
{
    enum idle settled;

    if (!server_wait_idle(c, before, now, &settled))
        return -1;
    return settled == IDLE_MORE ? audit_growth(&c->subject, before, now).fds
                                : 0;
}

/* How many descriptors more as many clients cost when nothing fails. */
static long fds_without_fault(struct context *c, const struct snapshot *now,
                              int clients)
{
    struct snapshot later = { .n = 0 };
    char why[160];
    long more;

    while (clients-- > 0)
        (void)client_served(c, UINT32_MAX, why, sizeof why);
    more = fds_more(c, now, &later);
    snapshot_free(&later);
    return more;
}

bool no_worker_fds_kept(struct context *c, const struct snapshot *before,
                        int clients, const char *what)
{
    struct snapshot now = { .n = 0 };
    long grown = fds_more(c, before, &now), usual = 0;

    if (grown > 0)
        usual = fds_without_fault(c, &now, clients);
    if (usual >= 0 && grown > usual) {
        struct leaked_fd leaked[4];
        size_t n = audit_leaked(&c->subject, before, &now, leaked, 4);

        verdict_expected(c->v, "%ld descriptors more, as without a fault",
                         usual);
        verdict_observed(c->v, "%ld more", grown);
        verdict_fail(c->v, "descriptors were lost %s", what);
        for (size_t i = 0; i < n; i++)
            verdict_fact(c->v, "pid %ld holds fd %d %s", leaked[i].pid,
                         leaked[i].fd, leaked[i].what);
    }
    snapshot_free(&now);
    return usual >= 0 && grown >= 0 && grown <= usual;
}
