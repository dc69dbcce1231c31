/* SPDX-License-Identifier: MIT */
/* process/listener-close-on-exec: a program that the server executes does not
   listen in its place, on whichever address. */
#include "cases/process/process.h"

#include "kit/simple_client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* The flags of an open descriptor, O_CLOEXEC among them; -1: unknown. */
static long fd_flags(pid_t pid, int fd)
{
    char buf[1024], *at;

    if (procfs_read(buf, sizeof buf, "%d/fdinfo/%d", (int)pid, fd) <= 0 ||
        !(at = strstr(buf, "flags:")))
        return -1;
    return strtol(at + strlen("flags:"), NULL, 8);
}

struct listener_fds {
    pid_t pid;
    struct fd_list open;      /* its descriptors */
    size_t seen;              /* that listen */
    int fd;                   /* the first that is not close-on-exec, */
    long flags;               /* its flags, */
    char where[ADDRESS_TEXT]; /* and its address */
};

/* Non-zero once one is met that is not close-on-exec. */
static int look_at(const struct socket_info *i, void *arg)
{
    struct listener_fds *l = arg;

    for (size_t n = 0; n < l->open.n; n++) {
        const struct proc_fd *fd = &l->open.fd[n];

        if (procfs_socket_inode(fd->what) != i->inode || i->inode == 0)
            continue;
        l->fd = fd->fd;
        l->flags = fd_flags(l->pid, fd->fd);
        if (l->flags < 0)
            continue; /* closed since */
        l->seen++;
        if (l->flags & O_CLOEXEC)
            continue;
        address_text(&i->local, l->where);
        return 1;
    }
    return 0;
}

static void judge(struct context *c, struct listener_fds *l)
{
    int found = procfs_fds(l->pid, &l->open);

    if (found == 0)
        found = sockdiag_each(c->subject.sd, SOCKDIAG_LISTEN, 0, look_at, l);
    if (found < 0) {
        verdict_error(c->v, "cannot list its listening sockets: %s",
                      strerror(errno));
    } else if (l->seen == 0) {
        verdict_skip(c->v,
                     "the server process holds no listening socket itself");
    } else if (found == 0) {
        verdict_pass(c->v);
    } else {
        verdict_expected(c->v,
                         "close-on-exec is set on every listening socket");
        verdict_observed(c->v,
                         "fd %d of pid %d, which listens on %s, has flags "
                         "0%lo, without O_CLOEXEC (0%o)",
                         l->fd, (int)l->pid, l->where, l->flags,
                         (unsigned)O_CLOEXEC);
        verdict_fail(c->v, "a listening socket is not close-on-exec");
    }
}

static void listener_close_on_exec(struct context *c)
{
    struct listener_fds l = { .open = { NULL, 0, 0 } };
    char why[96];

    /* Once a client has been served the server has set up its sockets. */
    if (!server_up(c) || !process_may_look(c))
        return;
    if (!simple_client_new(c, why, sizeof why)) {
        verdict_skip(c->v, "a client was not served: %s", why);
        return;
    }
    l.pid = c->subject.server;
    judge(c, &l);
    fd_list_free(&l.open);
}

static const struct test_case cases[] = {
    { "process/listener-close-on-exec", SHOULD,
      "every listening socket is close-on-exec", "socket(2)",
      listener_close_on_exec, 0,
      "/proc/PID/fdinfo of each descriptor by which the server process listens, "
      "on whatever address: O_CLOEXEC.",
      "socket(AF_INET, SOCK_STREAM, 0): every program that is ever executed "
      "inherits the port.",
      "SOCK_STREAM | SOCK_CLOEXEC.", .leaves_as_found = true },
};

const struct case_table process_close_on_exec_cases = CASE_TABLE(cases);
