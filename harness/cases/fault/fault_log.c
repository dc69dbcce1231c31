/* SPDX-License-Identifier: MIT */
/* Nobody reads the log any more: its pipe has lost its reader, or is full. */
#include "cases/fault/faulty.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { CLIENTS = 400, STEP = 40, SOON_MS = 1000 };

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static int take_pipe(void *arg)
{
    int fd = *(int *)arg;

    return dup2(fd, 1) < 0 || dup2(fd, 2) < 0 ? -1 : 0;
}

/* Clients that make it log, if anything does. When the client resets, the
   server owes it nothing and reads: so its read meets the reset. It is waited
   for before the next client comes: what a reset does to others is judged by
   another case. */
static bool noisy_clients(struct context *c, const char *with)
{
    struct talk t;

    if (!client_come(c, &t, 0))
        return false;
    if (!client_exchange(c, &t, 0)) {
        talk_leave(&t);
        return false;
    }
    talk_reset(&t);
    wait_asleep(c); /* a worker that is stuck in its log will not end */
    return must_serve(c, with);
}

static bool three_noisy(struct context *c, const char *with)
{
    for (int i = 0; i < 3; i++)
        if (!noisy_clients(c, with))
            return false;
    return true;
}

/* arg: the deadline. */
static bool many_come(struct context *c, void *arg)
{
    for (int i = 0; i < CLIENTS && !deadline_passed(*(struct deadline *)arg);
         i += STEP)
        if (!simple_client_round(c, STEP, LEAVE_IN_ORDER, NULL))
            return false;
    return true;
}

/* What stdio(3) keeps until its buffer is full is written late: so many more
   come as fill it with a few words of each, if they are soon served. */
static bool many_noisy(struct context *c, const char *with)
{
    struct deadline soon;
    struct verdict aside;
    bool served;

    if (!three_noisy(c, with))
        return false;
    soon = deadline_in(SOON_MS);
    served = context_try(c, &aside, many_come, &soon);
    verdict_free(&aside);
    return served || must_serve(c, with);
}

static bool bears_noise(struct context *c, void *unused)
{
    (void)unused;
    return server_up(c) && many_noisy(c, "with its log,");
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

/* A page at a time, of which each takes a slot of the pipe: while one is free,
   poll(2) says so, and the write does not block. */
static bool fill(int end)
{
    static const char page[4096];
    struct pollfd p = { .fd = end, .events = POLLOUT };

    while (poll(&p, 1, 0) == 1 && p.revents == POLLOUT)
        if (write(end, page, sizeof page) < 0)
            return false;
    return true;
}

/* Started with a pipe for its streams; then spoil does what the case is about
   to the two ends. Clients come that make it log. */
static void with_log(struct context *c, bool (*spoil)(int ends[2]),
                     const char *with)
{
    int ends[2];
    bool up;

    if (c->starts == STARTS_DETACHED) {
        verdict_skip(c->v, "the server detaches: it has left its starter's "
                           "streams");
        return;
    }
    if (pipe2(ends, O_CLOEXEC) < 0) {
        verdict_error(c->v, "pipe: %s", strerror(errno));
        return;
    }
    up = server_up_with(c, take_pipe, &ends[1]);
    if (up)
        wait_asleep(c); /* what it writes of its start is no matter here */
    if (up && !spoil(ends)) {
        verdict_error(c->v, "cannot fill its log: %s", strerror(errno));
        up = false;
    }
    if (up && many_noisy(c, with)) {
        verdict_pass(c->v);
    } else if (up) {
        if (server_ended(c))
            verdict_fact(c->v, "the server has ended");
        if (server_discard(c)) {
            faulty_blame(c);
            blame_reset(c);
        }
    }
    close_end(&ends[0]);
    close_end(&ends[1]);
}

static bool lose(int ends[2])
{
    close_end(&ends[1]);
    close_end(&ends[0]); /* from here on a write is an EPIPE */
    return true;
}

static bool stall(int ends[2])
{
    return fill(ends[1]);
}

static void log_lost(struct context *c)
{
    with_log(c, lose, "with its stdout and stderr gone,");
}

static void log_stalled(struct context *c)
{
    with_log(c, stall, "with its stdout and stderr full,");
}

static const struct test_case cases[] = {
    { "fault/log-lost", SHOULD,
      "with its stdout and stderr pipes gone, a foreground server serves on",
      "write(2); signal(7)", log_lost, 20,
      "Its streams are a pipe whose reader goes; then clients come, some "
      "reset; and 400 more, or as many as come in a second.",
      "printf of each client, SIGPIPE at its default.",
      "Ignore SIGPIPE; a log line that is lost is no reason to end." },
    { "fault/log-stalled", SHOULD,
      "with its stdout and stderr full pipes that nobody reads, clients are "
      "served",
      "pipe(7)", log_stalled, 20,
      "Its streams are a pipe; once it rests that is filled, and nobody reads "
      "from it. Then the same clients come.",
      "fprintf(stderr, ...) in the loop that serves everybody: a reader of the "
      "log that is stuck stops the server.",
      "Ask poll whether the line can be written, and leave it out, or count it, "
      "where it cannot; or a thread of its own for the log; or syslog(3)." },
};

const struct case_table fault_log_cases = CASE_TABLE(cases);
