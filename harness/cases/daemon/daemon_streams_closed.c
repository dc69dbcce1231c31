/* SPDX-License-Identifier: MIT */
/* daemon/closed-standard-streams: open(2) takes the lowest number that is
   free, so that a server started without fd 0, 1 or 2 may find its sockets
   there, and write its messages to a client or close its listener. */
#include "cases/daemon/daemon.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CLIENTS = 3, ALL = 7 };

/* arg: the set of those to close, bit by bit. */
static int close_streams(void *arg)
{
    const int *closed = arg;

    for (int fd = 0; fd < 3; fd++)
        if (*closed & 1 << fd)
            (void)close(fd);
    return 0;
}

static const char *set_name(int closed)
{
    static const char *const name[ALL + 1] = {
        "none", "0", "1", "0 and 1", "2", "0 and 2", "1 and 2", "0, 1 and 2",
    };

    return name[closed];
}

/* The client half-closes: until the server does too, nothing more may come. */
static bool nothing_more(struct context *c, int fd)
{
    unsigned char more[256];
    size_t n;

    (void)conn_half_close(fd);
    n = conn_recv(fd, more, sizeof more, wait_deadline(c));
    if (n == 0 && errno != ETIMEDOUT)
        return true;
    verdict_expected(c->v, "nothing but the echo, then its end");
    verdict_observed(
        c->v, n ? "%zu bytes more" : "neither a byte nor an end (%zu bytes)",
        n);
    if (n) {
        verdict_bytes(c->v, "", 0, more, n);
        verdict_fail(c->v, "more than the echo came back: %zu bytes", n);
    } else {
        verdict_fail(c->v, "the connection does not end");
    }
    return false;
}

/* Clients of several kinds, since each may make it print something, which may
   go to any of the connections. */
static bool serves_cleanly(struct context *c)
{
    int fd[CLIENTS], reset;
    char why[160];
    bool clean = clients_open(c, fd, CLIENTS);

    if (!clean)
        return false;
    reset = client_open(c);
    clean = reset >= 0 && client_echo(c, reset, CLIENTS, 0);
    if (reset >= 0)
        conn_reset(reset);
    if (clean && !client_served(c, CLIENTS + 1, why, sizeof why)) {
        verdict_fail(c->v, "a client was not served: %s", why);
        clean = false;
    }
    for (int i = 0; clean && i < CLIENTS; i++)
        clean = nothing_more(c, fd[i]);
    clients_close(fd, CLIENTS);
    return clean;
}

/* One start and its clients; c->v says what went wrong. */
static bool passes_with(struct context *c, void *closed)
{
    struct subject_how how = { .pre_exec = close_streams, .arg = closed };
    enum subject_up up = server_try(c, &how);

    if (up == SUBJECT_TROUBLE)
        verdict_error(c->v, "cannot start it: %s", c->subject.why);
    else if (up != SUBJECT_UP)
        verdict_fail(c->v, "it does not come up: %s", c->subject.why);
    return up == SUBJECT_UP && serves_cleanly(c);
}

/* The same with nothing closed: what fails there is not for this case. */
static bool passes_with_all_open(struct context *c)
{
    struct verdict aside;
    int none = 0;
    bool passes = context_try(c, &aside, passes_with, &none);

    if (aside.kind == VERDICT_ERROR)
        verdict_error(c->v, "%s", aside.reason);
    else if (!passes)
        verdict_skip(c->v,
                     "nor does it serve as it should with all of them "
                     "open: %s",
                     aside.reason ? aside.reason : "?");
    verdict_free(&aside);
    return passes;
}

static void closed_streams(struct context *c)
{
    if (!passes_with_all_open(c))
        return;
    for (int closed = 1; closed <= ALL; closed++) {
        if (!server_discard(c))
            return;
        if (!passes_with(c, &closed)) {
            verdict_fact(c->v, "started with closed: %s", set_name(closed));
            if (c->subject.server)
                daemon_tell(c);
            server_tell_printed(c);
            return;
        }
    }
    verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "daemon/closed-standard-streams", SHOULD,
      "started with any of 0, 1, 2 closed, it serves, and only the echo comes "
      "back",
      "POSIX exec; open(2)", closed_streams, 100,
      "A start for each of the seven sets, after one with all of them open; "
      "of a server that stays in the foreground too. Five clients each; three "
      "read to the end. POSIX calls such a start non-conforming: its starter "
      "is at fault first.",
      "The listening socket becomes fd 0 and is lost in dup2(null, 0); or a "
      "connection becomes fd 2, and the log goes to the client.",
      "First of all: do fd = open(\"/dev/null\", O_RDWR); while (fd >= 0 && "
      "fd <= 2); then close(fd), which is one too many.",
      .foreground_too = true },
};

const struct case_table daemon_streams_closed_cases = CASE_TABLE(cases);
