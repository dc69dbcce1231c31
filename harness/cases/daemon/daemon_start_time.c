/* SPDX-License-Identifier: MIT */
/* daemon/start-time: close(2) is counted, not time. */
#include "cases/daemon/daemon.h"

#include <sys/resource.h>

enum { FEW_FDS = 256, CLIENT_POOL_FDS = 2048 };

/* The calls of close(2) until it rests, started with that limit; -1:
   decided. */
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
    if (up != SUBJECT_UP) {
        verdict_error(c->v,
                      "with a limit of %lu descriptors it does not come "
                      "up: %s",
                      fd_limit, c->subject.why);
        n = -1;
    }
    return supervised_end(c, &s) ? n : -1;
}

static void start_time(struct context *c)
{
    struct rlimit limit;
    long few, many;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
        limit.rlim_max < CLIENT_POOL_FDS) {
        verdict_skip(c->v, "fewer than %d descriptors are allowed here",
                     CLIENT_POOL_FDS);
        return;
    }
    few = closes_with(c, FEW_FDS);
    if (few < 0 || (many = closes_with(c, CLIENT_POOL_FDS)) < 0)
        return;
    verdict_figure(c->v, "closes_few", (double)few);
    verdict_figure(c->v, "closes_many", (double)many);
    if (many - few < (CLIENT_POOL_FDS - FEW_FDS) / 2) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v,
                     "as many calls of close(2) with a limit of %d "
                     "descriptors as with %d",
                     CLIENT_POOL_FDS, FEW_FDS);
    verdict_observed(c->v, "%ld calls, and %ld", many, few);
    verdict_fail(c->v,
                 "its calls of close(2) grow with the limit: %ld for %d "
                 "descriptors, %ld for %d",
                 few, FEW_FDS, many, CLIENT_POOL_FDS);
}

static const struct test_case cases[] = {
    { "daemon/start-time", SHOULD,
      "it does not close every possible descriptor one by one",
      "close_range(2)", start_time, 40,
      "Calls of close(2), counted by seccomp, with RLIMIT_NOFILE at 256 and at "
      "2,048.",
      "for (fd = 3; fd < rl.rlim_cur; fd++) close(fd): in a container the "
      "limit may be a billion, and the start takes minutes.",
      "close_range(3, ~0U, 0), or close what /proc/self/fd lists." },
};

const struct case_table daemon_start_time_cases = CASE_TABLE(cases);
