/* SPDX-License-Identifier: MIT */
/* A client counts as served as soon as anything comes back. How long a reply is
   was learned from the replies before: a server that answers with less than was
   sent then costs one timeout, not one for each client. What the bytes are is
   never looked at. */
#include "kit/simple_client.h"

#include "judge/judge_requirement.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { MESSAGE = 64, HALF = MESSAGE / 2, WAVE = 8, SURPLUS_READS = 8 };

static const char message[MESSAGE + 1] =
    "a message of sixty-four bytes, all of them text, and a newline.\n";

/* How many bytes the server was seen to send back for a message: one that
   answers with fewer is waited for in vain once, not each time. */
static size_t reply_bytes = MESSAGE;

/* Wait for the reply, and read what came beyond it, so that close(2) sends a
   FIN and not a reset; a flood is not read to its end. Returns how much of the
   reply came, with errno as conn_recv leaves it. */
static size_t take_reply(int fd, struct deadline d)
{
    static char buf[1 << 16];
    size_t n = conn_recv(fd, buf, reply_bytes, d);
    int saved = errno;

    if (n > 0)
        reply_bytes = n;
    for (int i = 0; i < SURPLUS_READS; i++)
        if (recv(fd, buf, sizeof buf, MSG_DONTWAIT) <= 0)
            break;
    errno = saved;
    return n;
}

static const char *what_came(int error)
{
    return error == 0                              ? "FIN"
           : error == ETIMEDOUT                    ? "silence"
           : error == ECONNRESET || error == EPIPE ? "RST"
                                                   : strerror(error);
}

bool simple_client_again(struct context *c, int fd, char *why, size_t size)
{
    struct deadline d = wait_deadline(c);

    if (conn_send(fd, message, MESSAGE, d) == 0 && take_reply(fd, d) > 0)
        return true;
    snprintf(why, size, "%s", what_came(errno));
    return false;
}

bool simple_client_new(struct context *c, char *why, size_t size)
{
    int fd = conn_open(&c->subject.address, wait_deadline(c));
    bool served;

    if (fd < 0) {
        snprintf(why, size, "connect: %s", strerror(errno));
        return false;
    }
    served = simple_client_again(c, fd, why, size);
    conn_close(fd);
    return served;
}

bool simple_client_must(struct context *c, const char *after)
{
    char why[96];

    if (simple_client_new(c, why, sizeof why))
        return true;
    judge_not_served(after, why, server_ended(c), c->v);
    return false;
}

/* ---- those that a case cannot do without ---- */

static void not_served(struct context *c, const char *why)
{
    if (server_ended(c))
        verdict_skip(c->v, "the server has ended");
    else
        verdict_skip(c->v, "a client was not served: %s", why);
}

int simple_client_open(struct context *c)
{
    int fd = conn_open(&c->subject.address, wait_deadline(c));
    char why[96];

    if (fd >= 0)
        return fd;
    snprintf(why, sizeof why, "connect: %s", strerror(errno));
    if (errno == ECONNREFUSED || errno == ECONNRESET || errno == ETIMEDOUT)
        not_served(c, why);
    else
        verdict_error(c->v, "a client could not be opened: %s",
                      strerror(errno));
    return -1;
}

int simple_client_stay(struct context *c)
{
    int fd = simple_client_open(c);
    char why[96];

    if (fd < 0 || simple_client_again(c, fd, why, sizeof why))
        return fd;
    not_served(c, why);
    conn_close(fd);
    return -1;
}

size_t simple_client_stay_all(struct context *c, int *fd, size_t n)
{
    size_t served = 0;
    char why[96];

    for (size_t i = 0; i < n; i++)
        fd[i] = -1;
    fd[0] = simple_client_stay(c);
    if (fd[0] < 0)
        return 0;
    for (served = 1; served < n; served++) {
        fd[served] = conn_open(&c->subject.address, wait_deadline(c));
        if (fd[served] < 0)
            break;
        if (!simple_client_again(c, fd[served], why, sizeof why)) {
            conn_close(fd[served]);
            fd[served] = -1;
            break;
        }
    }
    return served;
}

static void leave(int fd, enum leaving leaving, struct deadline d)
{
    if (leaving == LEAVE_BY_RESET) {
        (void)conn_send(fd, message, HALF, d); /* it leaves either way */
        conn_reset(fd);
    } else {
        conn_close(fd);
    }
}

/* All connect and send; then the reply of each is awaited in turn, and it
   leaves. */
static bool wave(struct context *c, size_t n, enum leaving leaving, int *port)
{
    struct deadline d;
    int fd[WAVE];
    size_t opened, i;
    char why[96] = "";

    for (opened = 0; opened < n; opened++) {
        fd[opened] = simple_client_open(c);
        if (fd[opened] < 0)
            break;
        if (port)
            port[opened] = conn_local_port(fd[opened]);
        (void)conn_send(fd[opened], message, MESSAGE, wait_deadline(c));
    }
    for (i = 0; i < opened && opened == n; i++) {
        d = wait_deadline(c);
        if (take_reply(fd[i], d) == 0) {
            snprintf(why, sizeof why, "%s", what_came(errno));
            break;
        }
        leave(fd[i], leaving, d);
    }
    if (i == n)
        return true;
    clients_close(fd + i, opened - i);
    if (why[0])
        not_served(c, why);
    return false;
}

bool simple_client_round(struct context *c, size_t n, enum leaving leaving,
                         int *port)
{
    size_t most = subject_backlog(&c->subject, WAVE);

    if (most > WAVE)
        most = WAVE;
    while (n > 0) {
        size_t now = n < most ? n : most;

        if (!wave(c, now, leaving, port))
            return false;
        n -= now;
        if (port)
            port += now;
    }
    return true;
}
