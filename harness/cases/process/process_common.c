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

static bool is_listener(const struct subject *s, unsigned long inode)
{
    for (size_t i = 0; i < s->nlisteners; i++)
        if (s->listener[i] == inode)
            return true;
    return false;
}

int process_listener_in(const struct subject *s, pid_t pid)
{
    struct fd_list l = { NULL, 0, 0 };
    int fd = -1;

    if (procfs_fds(pid, &l) == 0)
        for (size_t i = 0; i < l.n && fd < 0; i++)
            if (is_listener(s, procfs_socket_inode(l.fd[i].what)))
                fd = l.fd[i].fd;
    fd_list_free(&l);
    return fd;
}
