/* SPDX-License-Identifier: MIT */
/* The sandbox's first process is a child of this process, so child_wait.h has
   its status. That comes late: only once all others in its pid namespace have
   been reaped. So /proc is asked as well whether it has begun to end. Nothing
   is ended here. */
#include "sandbox/sandbox_life.h"

#include "base/deadline.h"
#include "linux/child_wait.h"
#include "linux/procfs.h"

#include <stdio.h>

enum { STATUS_MS = 2000 };

bool sandbox_is_over(const struct sandbox *c, char *why, size_t size)
{
    struct deadline d = deadline_in(STATUS_MS);
    struct pause pause = { 0 };
    int status = 0;
    bool known;

    if (!c->isolated || c->init <= 0)
        return false;
    known = child_ended(c->init, &status);
    if (!known && !procfs_ending(c->init))
        return false;
    /* Its status comes once all others in the sandbox have been reaped. */
    while (!known && !deadline_passed(d)) {
        pause_until(&pause, d);
        known = child_ended(c->init, &status);
    }
    snprintf(why, size,
             "the first process of the harness's sandbox was ended "
             "from outside (%s), and all that ran in it with it",
             known ? child_status_text(status) : "how is not known");
    return true;
}

void sandbox_is_over_error(const struct sandbox *c, struct verdict *v)
{
    char why[192];

    if (!sandbox_is_over(c, why, sizeof why))
        return;
    verdict_free(v);
    verdict_init(v);
    verdict_error(v, "%s", why);
}
