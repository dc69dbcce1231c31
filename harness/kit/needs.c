/* SPDX-License-Identifier: MIT */
/* Looks only at how the target and its protocol were given. Nothing is started,
   and nothing of the machine is looked at. */
#include "kit/needs.h"

bool needs_target_started(const struct target *t, struct verdict *v)
{
    if (!t->attach)
        return true;
    verdict_skip(v, "not judged on a server that runs already");
    return false;
}

bool needs_target_processes(const struct target *t, struct verdict *v)
{
    if (!t->attach || t->attach_pid)
        return true;
    verdict_skip(v, "needs --pid PID of the server that runs already");
    return false;
}

bool needs_of_family(const struct family *f, const struct target *t,
                     struct verdict *v)
{
    return (!f->own_start || needs_target_started(t, v)) &&
           (!f->processes || needs_target_processes(t, v));
}

bool needs_its_protocol(const struct family *f, const struct test_case *t,
                        const struct protocol *p, struct verdict *v)
{
    if (p->echo || (!f->echo && !t->echo))
        return true;
    verdict_skip(v, "judged of echo alone, not of %s", p->name);
    return false;
}

bool needs_own_answers(const struct protocol *p, struct verdict *v)
{
    if (p->own)
        return true;
    verdict_skip(v,
                 "%s: no answer shows whose it is ({token} in a send and in an "
                 "expect would)",
                 p->name);
    return false;
}
