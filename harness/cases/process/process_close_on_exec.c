/* SPDX-License-Identifier: MIT */
/* process/listener-close-on-exec: a program that the server executes does not
   listen in its place. */
#include "cases/process/process.h"

#include "kit/simple_client.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* The flags of an open descriptor, O_CLOEXEC among them; -1: unknown. */
static long fd_flags(pid_t pid, int fd)
{
    char buf[1024], *at;

    if (procfs_read(buf, sizeof buf, "%d/fdinfo/%d", (int)pid, fd) <= 0 ||
        !(at = strstr(buf, "flags:")))
        return -1;
    return strtol(at + strlen("flags:"), NULL, 8);
}

static void listener_close_on_exec(struct context *c)
{
    char why[96];
    long flags;
    int fd;

    /* Once a client has been served the server has set up its socket. */
    if (!server_up(c) || !process_may_look(c))
        return;
    if (!simple_client_new(c, why, sizeof why)) {
        verdict_skip(c->v, "a client was not served: %s", why);
        return;
    }
    fd = subject_listener_fd(&c->subject, c->subject.server);
    flags = fd < 0 ? -1 : fd_flags(c->subject.server, fd);
    if (flags < 0) {
        verdict_skip(c->v,
                     "the server process holds no listening socket itself");
    } else if (flags & O_CLOEXEC) {
        verdict_pass(c->v);
    } else {
        verdict_expected(c->v, "close-on-exec is set on the listening socket");
        verdict_observed(c->v,
                         "fd %d of pid %d has flags 0%lo, without "
                         "O_CLOEXEC (0%o)",
                         fd, (int)c->subject.server, flags,
                         (unsigned)O_CLOEXEC);
        verdict_fail(c->v, "the listening socket is not close-on-exec");
    }
}

static const struct test_case cases[] = {
    { "process/listener-close-on-exec", SHOULD,
      "the listening socket is close-on-exec", "socket(2)",
      listener_close_on_exec, 0,
      "/proc/PID/fdinfo of the listener in the server process: O_CLOEXEC.",
      "socket(AF_INET, SOCK_STREAM, 0): every program that is ever executed "
      "inherits the port.",
      "SOCK_STREAM | SOCK_CLOEXEC." },
};

const struct case_table process_close_on_exec_cases = CASE_TABLE(cases);
