/* SPDX-License-Identifier: MIT */
/* The descriptors that it got from its starter, daemon(7) step 1: whether they
   are gone, and whether it closes more than there are. */
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

/* ---- daemon/start-time: close(2) is counted, not time ---- */

enum { FEW_FDS = 256, MORE_FDS = 1792, MOST_FDS = 1 << 16, NOT_UP = -2 };

/* The calls of close(2) until it rests, started with that limit; NOT_UP: it
   does not start with so few; -1: decided. */
static long closes_with(struct context *c, unsigned long fd_limit)
{
    struct supervised s;
    enum subject_up up = SUBJECT_UP;
    long n = -1;

    if (!supervised_begin(c, CALL_CLOSE, &s))
        return -1;
    s.fd_limit = fd_limit;
    if (supervised_launch(c, &s)) {
        up = subject_wait(&c->subject, start_deadline(c));
        supervised_rest(c, &s);
        n = fault_made(s.fault, CALL_CLOSE);
    }
    if (up == SUBJECT_DIED)
        n = NOT_UP;
    else if (up != SUBJECT_UP)
        verdict_error(c->v,
                      "with a limit of %lu descriptors it does not come "
                      "up: %s",
                      fd_limit, c->subject.why);
    return supervised_end(c, &s) && up != SUBJECT_TROUBLE ? n : -1;
}

/* Some want a thousand at the least, as many as clients that they would take:
   with the fewest that it starts with. Returns as above. */
static long closes_with_few(struct context *c, unsigned long most,
                            unsigned long *few)
{
    long n = NOT_UP;

    for (*few = FEW_FDS; n == NOT_UP && *few + MORE_FDS <= most; *few *= 2) {
        n = closes_with(c, *few);
        if (n != NOT_UP)
            return n;
    }
    return n;
}

static void judge_closes(struct context *c, unsigned long few_fds, long few,
                         long many)
{
    unsigned long many_fds = few_fds + MORE_FDS;

    verdict_figure(c->v, "closes_few", (double)few);
    verdict_figure(c->v, "closes_many", (double)many);
    if (many - few < MORE_FDS / 2) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v,
                     "as many calls of close(2) with a limit of %lu "
                     "descriptors as with %lu",
                     many_fds, few_fds);
    verdict_observed(c->v, "%ld calls, and %ld", many, few);
    verdict_fail(c->v,
                 "its calls of close(2) grow with the limit: %ld for %lu "
                 "descriptors, %ld for %lu",
                 few, few_fds, many, many_fds);
}

static void start_time(struct context *c)
{
    struct rlimit limit;
    unsigned long few_fds;
    long few, many;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
        limit.rlim_max < FEW_FDS + MORE_FDS) {
        verdict_skip(c->v, "fewer than %d descriptors are allowed here",
                     FEW_FDS + MORE_FDS);
        return;
    }
    if (limit.rlim_max > MOST_FDS)
        limit.rlim_max = MOST_FDS;
    few = closes_with_few(c, limit.rlim_max, &few_fds);
    many = few >= 0 ? closes_with(c, few_fds + MORE_FDS) : -1;
    if (few == NOT_UP)
        verdict_skip(c->v,
                     "it does not start with %lu descriptors, nor with fewer; "
                     "the most that is tried here is %llu",
                     few_fds / 2, (unsigned long long)limit.rlim_max);
    else if (many == NOT_UP)
        verdict_skip(c->v, "it starts with %lu descriptors, and not with %lu",
                     few_fds, few_fds + MORE_FDS);
    else if (many >= 0)
        judge_closes(c, few_fds, few, many);
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
    { "daemon/start-time", SHOULD,
      "it does not close every possible descriptor one by one",
      "close_range(2)", start_time, 40,
      "Calls of close(2), counted by seccomp, with RLIMIT_NOFILE at 256 and at "
      "2,048; or at the least that it starts with, and at 1,792 more.",
      "for (fd = 3; fd < rl.rlim_cur; fd++) close(fd): in a container the "
      "limit may be a billion, and the start takes minutes.",
      "close_range(3, ~0U, 0), or close what /proc/self/fd lists." },
};

const struct case_table daemon_inherited_cases = CASE_TABLE(cases);
