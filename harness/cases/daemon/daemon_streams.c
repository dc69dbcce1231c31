/* SPDX-License-Identifier: MIT */
/* daemon/standard-streams: what its descriptors 0, 1 and 2 are, daemon(7)
   step 9. */
#include "cases/daemon/daemon.h"
#include "cases/daemon/starter_pipes.h"

#include <errno.h>
#include <string.h>

static int has_inode(const struct socket_info *i, void *arg)
{
    return i->inode == *(unsigned long *)arg;
}

/* Why what, open as fd, is neither /dev/null nor a log; NULL if it may be. */
static const char *wrong_stream(struct context *c,
                                const struct starter_pipes *p, int fd,
                                const char *what)
{
    unsigned long inode = procfs_socket_inode(what);

    if (strcmp(what, p->what[fd]) == 0)
        return "its starter's pipe";
    /* A socket of the local domain may lead to syslog. */
    if (inode && sockdiag_each(c->subject.sd, ~0u, 0, has_inode, &inode) == 1)
        return "a TCP socket";
    if (strncmp(what, "anon_inode:", strlen("anon_inode:")) == 0)
        return "something else, opened after it was closed";
    return NULL;
}

static void judge_stream(struct context *c, const struct starter_pipes *p,
                         int fd, const struct fd_list *fds)
{
    const char *what = NULL, *wrong = "closed";

    for (size_t i = 0; i < fds->n && !what; i++)
        if (fds->fd[i].fd == fd)
            what = fds->fd[i].what;
    if (what)
        wrong = wrong_stream(c, p, fd, what);
    if (!wrong)
        return;
    verdict_expected(c->v, "the server's fds 0, 1 and 2 are open on /dev/null "
                           "or a log");
    verdict_observed(c->v, "fd %d is %s%s%s", fd, wrong, what ? ": " : "",
                     what ? what : "");
    verdict_fail(c->v, "the server's fd %d is %s", fd, wrong);
    verdict_fact(c->v, "fd %d: %s", fd, what ? what : "closed");
}

static void standard_streams(struct context *c)
{
    struct fd_list fds = { NULL, 0, 0 };
    struct starter_pipes p;

    if (!starter_pipes_open(&p, 0, c->v))
        return;
    if (daemon_up(c, starter_pipes_become, &p)) {
        if (procfs_fds(c->subject.server, &fds) < 0)
            verdict_error(c->v, "cannot see the server's descriptors: %s",
                          strerror(errno));
        else
            for (int fd = 0; fd < 3; fd++)
                judge_stream(c, &p, fd, &fds);
        if (verdict_decided(c->v))
            daemon_tell(c);
        else
            verdict_pass(c->v);
    }
    fd_list_free(&fds);
    starter_pipes_close(p.ours);
    starter_pipes_close(p.theirs);
}

static const struct test_case cases[] = {
    { "daemon/standard-streams", MUST,
      "descriptors 0, 1 and 2 are open on /dev/null or a log", "daemon(7) 9",
      standard_streams, 0,
      "Started with pipes; once it rests, its descriptors 0, 1 and 2 are "
      "looked at.",
      "close(0); close(1); close(2): the next sockets get these numbers, and "
      "perror writes to a client.",
      "open(\"/dev/null\", O_RDWR), and dup2 it to 0, 1 and 2." },
};

const struct case_table daemon_streams_cases = CASE_TABLE(cases);
