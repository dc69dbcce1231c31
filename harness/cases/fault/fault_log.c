/* SPDX-License-Identifier: MIT */
/* fault/log-lost: nobody reads the log any more. */
#include "cases/fault/faulty.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int take_pipe(void *arg)
{
    int fd = *(int *)arg;

    return dup2(fd, 1) < 0 || dup2(fd, 2) < 0 ? -1 : 0;
}

/* Clients that make it log, if anything does. When the client resets, the
   server owes it nothing and reads: so its read meets the reset. It is waited
   for before the next client comes: what a reset does to others is judged by
   another case. */
static bool noisy_clients(struct context *c)
{
    int fd = client_open(c);

    if (fd < 0)
        return false;
    if (!client_echo(c, fd, 0, 0)) {
        conn_close(fd);
        return false;
    }
    conn_reset(fd);
    faulty_wait_idle(c);
    return must_serve(c, "with its stdout and stderr gone,");
}

static bool three_noisy(struct context *c)
{
    for (int i = 0; i < 3; i++)
        if (!noisy_clients(c))
            return false;
    return true;
}

static bool bears_noise(struct context *c, void *unused)
{
    (void)unused;
    return server_up(c) && three_noisy(c);
}

/* If c->v has failed: a server that such clients end even with its log in place
   is no case of this family (skip). */
static void blame_reset(struct context *c)
{
    struct verdict calm;

    if (c->v->kind != VERDICT_FAIL && c->v->kind != VERDICT_WARN)
        return;
    if (!context_try(c, &calm, bears_noise, NULL)) {
        verdict_free(c->v);
        verdict_init(c->v);
        verdict_skip(c->v, "with its log too: %s",
                     calm.reason ? calm.reason : "its clients are not served");
    }
    verdict_free(&calm);
}

static void log_lost(struct context *c)
{
    int ends[2];
    bool up;

    if (c->starts == STARTS_DETACHED) {
        verdict_skip(c->v, "the server detaches: it has left its starter's "
                           "streams");
        return;
    }
    if (pipe(ends) < 0) {
        verdict_error(c->v, "pipe: %s", strerror(errno));
        return;
    }
    up = server_up_with(c, take_pipe, &ends[1]);
    close(ends[1]);
    close(ends[0]); /* from here on a write is an EPIPE */
    if (!up)
        return;
    if (three_noisy(c)) {
        verdict_pass(c->v);
        return;
    }
    if (server_ended(c))
        verdict_fact(c->v, "the server has ended");
    if (!server_discard(c))
        return;
    faulty_blame(c);
    blame_reset(c);
}

static const struct test_case cases[] = {
    { "fault/log-lost", SHOULD,
      "with its stdout and stderr pipes gone, a foreground server serves on",
      "write(2); signal(7)", log_lost, 20,
      "Its streams are a pipe whose reader goes; then clients come, one "
      "resets.",
      "printf of each client, SIGPIPE at its default.",
      "Ignore SIGPIPE; a log line that is lost is no reason to end." },
};

const struct case_table fault_log_cases = CASE_TABLE(cases);
