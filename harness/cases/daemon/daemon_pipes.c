/* SPDX-License-Identifier: MIT */
/* daemon/releases-pipes: daemon(7) step 9, as its starter sees it. */
#include "cases/daemon/daemon.h"
#include "cases/daemon/starter_pipes.h"

#include <errno.h>
#include <unistd.h>

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

static void releases_pipes(struct context *c)
{
    static const char *const name[] = { "stdin", "stdout", "stderr" };
    struct starter_pipes p;

    if (!starter_pipes_open(&p, 1, c->v))
        return;
    if (daemon_up(c, starter_pipes_become, &p)) {
        starter_pipes_close(p.theirs);
        verdict_expected(c->v,
                         "end of file on the starter's stdout and stderr");
        for (int i = 1; i < 3; i++)
            if (!at_eof(p.ours[i])) {
                verdict_observed(c->v,
                                 "it listens and rests, and its starter's "
                                 "%s, %s, is still held",
                                 name[i], p.what[i]);
                verdict_fail(c->v, "the starter's %s never reaches end of file",
                             name[i]);
                (void)daemon_tell_holders(c, p.what[i]);
            }
        if (!verdict_decided(c->v))
            verdict_pass(c->v);
    }
    starter_pipes_close(p.ours);
    starter_pipes_close(p.theirs);
}

static const struct test_case cases[] = {
    { "daemon/releases-pipes", MUST,
      "the starter's stdout and stderr pipes reach end of file", "daemon(7) 9",
      releases_pipes, 0,
      "Started with pipes as stdout and stderr; once it rests, both are read "
      "to their end.",
      "Only stdin is redirected, or nothing: $(./server) and ssh host ./server "
      "never come back.",
      "dup2(null, 0), dup2(null, 1), dup2(null, 2)." },
};

const struct case_table daemon_pipes_cases = CASE_TABLE(cases);
