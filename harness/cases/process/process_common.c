/* SPDX-License-Identifier: MIT */
/* A look at the descriptors of the server's processes. */
#include "cases/process/process.h"

bool process_may_look(struct context *c)
{
    struct fd_list l = { NULL, 0, 0 };
    bool seen = c->subject.server && procfs_fds(c->subject.server, &l) == 0;

    fd_list_free(&l);
    if (!seen && server_ended(c))
        verdict_skip(c->v, "the server has ended");
    else if (!seen)
        verdict_skip(c->v, "the descriptors of pid %d are not ours to see",
                     (int)c->subject.server);
    return seen;
}
