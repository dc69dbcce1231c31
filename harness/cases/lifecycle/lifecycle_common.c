/* SPDX-License-Identifier: MIT */
/* What several files of lifecycle/ share. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "linux/process_signal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

bool lifecycle_settled(struct context *c)
{
    struct snapshot now = { .n = 0 };
    char why[96];
    bool good;

    (void)simple_client_new(c, why, sizeof why);
    good = wait_idle(c, &now);
    snapshot_free(&now);
    return good;
}

bool lifecycle_signal(struct context *c, int sig)
{
    c->ends_it = sig == SIGTERM;
    if (process_signal(c->subject.server, sig) == 0)
        return true;
    verdict_error(c->v, "cannot signal pid %d: %s", (int)c->subject.server,
                  strerror(errno));
    return false;
}
