/* SPDX-License-Identifier: MIT */
/* What several files of lifecycle/ share. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "linux/process_signal.h"
#include "stillness/sleep_watch.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { LOOK_AGAIN_MS = 500 };

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
    if (errno == ESRCH) /* and has been waited for */
        verdict_skip(c->v, "the server has ended");
    else
        verdict_error(c->v, "cannot signal pid %d: %s", (int)c->subject.server,
                      strerror(errno));
    return false;
}

bool lifecycle_port_closed(struct context *c)
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

bool lifecycle_ends(struct context *c, pid_t pid)
{
    struct sleep_watch watch = { .began_ns = deadline_now_ns() };
    bool ended;

    while (!(ended = process_ended(c, pid)) && context_sleeps(c, &watch)) {
        struct pause pause = { 0 };

        pause_until(&pause, deadline_in(LOOK_AGAIN_MS));
    }
    return ended;
}
