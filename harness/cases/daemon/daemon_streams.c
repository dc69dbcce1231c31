/* SPDX-License-Identifier: MIT */
/* Descriptors 0, 1 and 2: what those of a daemon are, daemon(7) step 9; and a
   server started without one of them. open(2) takes the lowest number that is
   free, so that it may find its sockets there, and write its messages to a
   client or close its listener. */
#include "cases/daemon/daemon.h"
#include "cases/daemon/starter_pipes.h"

#include "kit/wait_idle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CLIENTS = 3, ALL = 7 };

/* ---- what they are ---- */

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

/* ---- started without one of them ---- */

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

struct start {
    int closed;
    /* What each client received in a start with none closed: all that
       a protocol says of an answer is how to know it. */
    uint64_t usual[CLIENTS];
};

/* Until the end, or the deadline (errno tells). */
static size_t read_rest(struct context *c, int fd, unsigned char *first,
                        size_t size)
{
    unsigned char more[4096];
    size_t n = conn_recv(fd, first, size, wait_deadline(c)), got = n;

    while (got == size || got == sizeof more) {
        got = conn_recv(fd, more, sizeof more, wait_deadline(c));
        n += got;
    }
    return n;
}

/* The client half-closes: until the server does too, nothing more may come than
   does in the usual start. */
static bool nothing_more(struct context *c, struct talk *t, struct start *s,
                         int client)
{
    uint64_t came = t->came;
    unsigned char more[256];
    size_t n, rest;
    bool ends;

    (void)conn_half_close(t->fd);
    n = rest = read_rest(c, t->fd, more, sizeof more);
    ends = errno != ETIMEDOUT;
    if (s->closed == 0)
        s->usual[client] = came + (c->protocol->echo ? 0 : n);
    came += n;
    if (came == s->usual[client] && ends)
        return true;
    verdict_expected(c->v, "nothing but the echo, then its end");
    if (came > s->usual[client]) {
        n = (size_t)(came - s->usual[client]);
        verdict_observed(c->v, "%zu bytes more", n);
        verdict_bytes(c->v, "", 0, more,
                      rest < sizeof more ? rest : sizeof more);
        verdict_fail(c->v, "more than the echo came back: %zu bytes", n);
    } else if (!ends) {
        verdict_observed(c->v, "neither a byte nor an end (%zu bytes)", n);
        verdict_fail(c->v, "the connection does not end");
    } else {
        n = (size_t)(s->usual[client] - came);
        verdict_observed(c->v, "%zu bytes fewer", n);
        verdict_fail(c->v, "not all came back: %zu bytes fewer", n);
    }
    return false;
}

/* Clients of several kinds, since each may make it print something, which may
   go to any of the connections. */
static bool serves_cleanly(struct context *c, struct start *s)
{
    struct talk t[CLIENTS], reset;
    char why[160];
    bool clean = clients_come(c, t, CLIENTS);

    if (!clean)
        return false;
    clean = client_come(c, &reset, CLIENTS) && client_exchange(c, &reset, 0);
    talk_reset(&reset);
    server_let_act(c); /* if that ends it, then in every start */
    if (clean && !client_served(c, CLIENTS + 1, why, sizeof why)) {
        verdict_fail(c->v, "a client was not served: %s", why);
        clean = false;
    }
    for (int i = 0; clean && i < CLIENTS; i++)
        clean = nothing_more(c, &t[i], s, i);
    clients_leave(t, CLIENTS);
    return clean;
}

/* One start and its clients; c->v says what went wrong. */
static bool passes_with(struct context *c, void *start)
{
    struct start *s = start;
    struct subject_how how = { .pre_exec = close_streams, .arg = &s->closed };
    enum subject_up up = server_try(c, &how);

    if (up == SUBJECT_TROUBLE)
        verdict_error(c->v, "cannot start it: %s", c->subject.why);
    else if (up != SUBJECT_UP)
        verdict_fail(c->v, "it does not come up: %s", c->subject.why);
    return up == SUBJECT_UP && serves_cleanly(c, s);
}

/* The same with nothing closed: what fails there is not for this case. */
static bool passes_with_all_open(struct context *c, struct start *s)
{
    struct verdict aside;
    bool passes = context_try(c, &aside, passes_with, s);

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

static void closed_standard_streams(struct context *c)
{
    struct start s = { 0 };

    if (!passes_with_all_open(c, &s))
        return;
    for (s.closed = 1; s.closed <= ALL; s.closed++) {
        if (!server_discard(c))
            return;
        if (!passes_with(c, &s)) {
            verdict_fact(c->v, "started with closed: %s", set_name(s.closed));
            if (c->subject.server)
                daemon_tell(c);
            server_tell_printed(c);
            return;
        }
    }
    verdict_pass(c->v);
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
    { "daemon/closed-standard-streams", SHOULD,
      "started with any of 0, 1, 2 closed, it serves, and only the echo comes "
      "back",
      "POSIX exec; open(2)", closed_standard_streams, 100,
      "A start for each of the seven sets, after one with all of them open; "
      "of a server that stays in the foreground too. Five clients each; three "
      "read to the end. POSIX calls such a start non-conforming: its starter "
      "is at fault first.",
      "The listening socket becomes fd 0 and is lost in dup2(null, 0); or a "
      "connection becomes fd 2, and the log goes to the client.",
      "First of all: do fd = open(\"/dev/null\", O_RDWR); while (fd >= 0 && "
      "fd <= 2); then close(fd), which is one too many.",
      .foreground_too = true, .starts = 8 },
};

const struct case_table daemon_streams_cases = CASE_TABLE(cases);
