/* SPDX-License-Identifier: MIT */
/* daemon/: the descriptors that it was born with, daemon(7) steps 1 and 9. */
#include "cases/daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20 };

/* ---- the starter's pipes ---- */

/* One for each standard stream; the command has the child's end, ours goes
   the other way. */
struct pipes {
    int ours[3], theirs[3];     /* -1: this stream is not a pipe */
    char what[3][96];           /* as /proc shows it */
};

static void pipes_close(int fd[3])
{
    for (int i = 0; i < 3; i++) {
        if (fd[i] >= 0)
            close(fd[i]);
        fd[i] = -1;
    }
}

/* From the stream first to 2. */
static bool pipes_open(struct pipes *p, int first, struct verdict *v)
{
    struct stat st;

    *p = (struct pipes){ { -1, -1, -1 }, { -1, -1, -1 }, { "", "", "" } };
    for (int i = first; i < 3; i++) {
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0 || fstat(ends[0], &st) < 0) {
            verdict_error(v, "no pipe: %s", strerror(errno));
            return false;
        }
        p->ours[i] = ends[i == 0];
        p->theirs[i] = ends[i != 0];
        snprintf(p->what[i], sizeof p->what[i], "pipe:[%lu]",
                 (unsigned long)st.st_ino);
        /* What it prints at its start must not block it: nobody reads yet. */
        (void)fcntl(p->ours[i], F_SETPIPE_SZ, PIPE_BYTES);
        (void)fcntl(p->ours[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

static int become_streams(void *arg)
{
    struct pipes *p = arg;

    for (int i = 0; i < 3; i++)
        if (p->theirs[i] >= 0 && dup2(p->theirs[i], i) < 0)
            return -1;
    return 0;
}

/* Read what is there. True at end of file: nobody holds the other end. */
static bool at_eof(int fd)
{
    char buf[4096];
    ssize_t n;

    do
        n = read(fd, buf, sizeof buf);
    while (n > 0 || (n < 0 && errno == EINTR));
    return n == 0;
}

void daemon_releases_pipes(struct context *c)
{
    static const char *const name[] = { "stdin", "stdout", "stderr" };
    struct pipes p;

    if (!needs_detached(c) || !pipes_open(&p, 1, c->v))
        return;
    if (daemon_up(c, become_streams, &p)) {
        pipes_close(p.theirs);
        verdict_expected(c->v, "end of file on the starter's stdout and stderr");
        for (int i = 1; i < 3; i++)
            if (!at_eof(p.ours[i])) {
                verdict_observed(c->v, "it listens and rests, and its starter's "
                                 "%s, %s, is still held", name[i], p.what[i]);
                verdict_fail(c->v, "the starter's %s never reaches end of file",
                             name[i]);
                (void)daemon_tell_holders(c, p.what[i]);
            }
        if (!verdict_decided(c->v))
            verdict_pass(c->v);
    }
    pipes_close(p.ours);
    pipes_close(p.theirs);
}

/* ---- what fds 0, 1 and 2 are ---- */

static int has_inode(const struct socket_info *i, void *arg)
{
    return i->inode == *(unsigned long *)arg;
}

/* Why what, open as fd, is neither /dev/null nor a log; NULL if it may be. */
static const char *wrong_stream(struct context *c, const struct pipes *p,
                                int fd, const char *what)
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

static void judge_stream(struct context *c, const struct pipes *p, int fd,
                         const struct fd_list *fds)
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

void daemon_standard_streams(struct context *c)
{
    struct fd_list fds = { NULL, 0, 0 };
    struct pipes p;

    if (!needs_detached(c) || !pipes_open(&p, 0, c->v))
        return;
    if (daemon_up(c, become_streams, &p)) {
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
    pipes_close(p.ours);
    pipes_close(p.theirs);
}

/* ---- others ---- */

#define INHERITED "inherited-from-the-starter"

enum { LOW = 3, LOWS = 3, HIGH_FD = 900 };

/* Copies of one descriptor: some low, one below and one above the soft limit
   that the command sees. */
struct inherited {
    int fd;                     /* close-on-exec; its copies are not */
    int low[LOWS], below, above;
    rlim_t limit;
};

/* dup2 would close what spawn tells its parent with, a pipe. */
static bool is_pipe(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int open_inherited(void *arg)
{
    const struct inherited *i = arg;
    struct rlimit limit;

    for (int k = 0, fd = LOW; k < LOWS; fd++)
        if (!is_pipe(fd) && fd != i->fd && dup2(i->fd, fd) == fd)
            k++;
        else if (fd > i->below)
            return -1;
    if (dup2(i->fd, i->below) < 0 || dup2(i->fd, i->above) < 0 ||
        getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return -1;
    limit.rlim_cur = i->limit;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

static bool make_inherited(struct context *c, struct inherited *i)
{
    struct rlimit limit;

    i->fd = -1;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= 64)
        i->fd = memfd_create(INHERITED, MFD_CLOEXEC);
    if (i->fd < 0) {
        verdict_error(c->v, "no descriptors to inherit: %s", strerror(errno));
        return false;
    }
    i->above = limit.rlim_cur > HIGH_FD ? HIGH_FD : (int)limit.rlim_cur - 1;
    i->limit = (rlim_t)i->above * 2 / 7;
    i->below = (int)i->limit - 1;
    /* valgrind lets nobody close what lies above. */
    if (c->target.valgrind)
        i->limit = limit.rlim_cur;
    return true;
}

void daemon_inherited_fds(struct context *c)
{
    struct inherited i;
    int n;

    if (!needs_detached(c) || !make_inherited(c, &i))
        return;
    if (daemon_up(c, open_inherited, &i)) {
        n = daemon_tell_holders(c, "/memfd:" INHERITED " (deleted)");
        if (n == 0) {
            verdict_pass(c->v);
        } else {
            verdict_expected(c->v, "none of its starter's descriptors: some from "
                             "3 on, %d and %d, under a soft limit of %lu",
                             i.below, i.above, (unsigned long)i.limit);
            verdict_observed(c->v, "%d of them are still open", n);
            verdict_fail(c->v, "it holds %d descriptor%s of its starter's", n,
                         n == 1 ? "" : "s");
        }
    }
    close(i.fd);
}
