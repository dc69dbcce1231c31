/* SPDX-License-Identifier: MIT */
/* daemon/inherited-fds: the descriptors that it got from its starter, daemon(7)
   step 1. */
#include "cases/daemon/daemon.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define INHERITED "inherited-from-the-starter"

enum { LOW = 3, LOWS = 3, HIGH_FD = 900 };

/* Copies of one descriptor: some low, one below and one above the soft limit
   that the command sees. */
struct inherited {
    int fd; /* close-on-exec; its copies are not */
    int low[LOWS], below, above;
    rlim_t limit;
};

/* dup2 onto a pipe would close the one by which spawn() tells its parent of a
   failure. */
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
    /* Under valgrind nobody can close descriptors above the limit. */
    if (c->target.valgrind)
        i->limit = limit.rlim_cur;
    return true;
}

static void inherited_fds(struct context *c)
{
    struct inherited i;
    int n;

    if (!make_inherited(c, &i))
        return;
    if (daemon_up(c, open_inherited, &i)) {
        n = daemon_tell_holders(c, "/memfd:" INHERITED " (deleted)");
        if (n == 0) {
            verdict_pass(c->v);
        } else {
            verdict_expected(c->v,
                             "none of its starter's descriptors: some from "
                             "3 on, %d and %d, under a soft limit of %lu",
                             i.below, i.above, (unsigned long)i.limit);
            verdict_observed(c->v, "%d of them are still open", n);
            verdict_fail(c->v, "it holds %d descriptor%s of its starter's", n,
                         n == 1 ? "" : "s");
        }
    }
    close(i.fd);
}

static const struct test_case cases[] = {
    { "daemon/inherited-fds", SHOULD,
      "it holds no descriptor of its starter's, low or high", "daemon(7) 1",
      inherited_fds, 0,
      "Started with copies of one at 3 and up, below the soft limit, and at "
      "900 with the limit lowered below; then /proc/PID/fd.",
      "for (fd = 3; fd < 64; fd++), or up to sysconf(_SC_OPEN_MAX): a limit "
      "that was lowered leaves those above it open.",
      "close_range(3, ~0U, 0), or close what /proc/self/fd lists." },
};

const struct case_table daemon_inherited_cases = CASE_TABLE(cases);
