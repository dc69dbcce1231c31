/* SPDX-License-Identifier: MIT */
/* The clients of a case, in its own process. */
#include "judge/judge_requirement.h"
#include "kit/context.h"

#include <errno.h>
#include <string.h>

int client_open(struct context *c)
{
    return client_open_narrow(c, 0, 0);
}

int client_open_narrow(struct context *c, int buffer_bytes, int segment_bytes)
{
    int fd = conn_open_narrow(&c->subject.address, buffer_bytes, segment_bytes,
                              wait_deadline(c));
    int error = errno;

    if (fd >= 0)
        return fd;
    verdict_expected(c->v, "a client can connect");
    verdict_observed(c->v, "connect: %s%s", strerror(error),
                     server_ended(c) ? "; the server has ended" : "");
    verdict_fail(c->v, "a client could not connect: %s", strerror(error));
    return -1;
}

bool client_echo(struct context *c, int fd, uint32_t client, uint32_t sequence)
{
    struct frame_stamp stamp = { c->seed, client, sequence, 0 };
    unsigned char frame[FRAME_BYTES];

    frame_fill(frame, &stamp);
    return exchange_bytes(fd, frame, sizeof frame, wait_deadline(c), c->v);
}

bool client_served(struct context *c, uint32_t client, char *why, size_t size)
{
    struct frame_stamp stamp = { c->seed, client, 0, 0 };

    return exchange_frame(&c->subject.address, &stamp, wait_deadline(c), why,
                          size);
}

bool must_serve(struct context *c, const char *after)
{
    char why[160];

    if (client_served(c, UINT32_MAX, why, sizeof why))
        return true;
    judge_not_served(after, why, server_ended(c), c->v);
    return false;
}

bool clients_open(struct context *c, int *fd, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        fd[i] = -1;
    for (i = 0; i < n; i++) {
        fd[i] = client_open(c);
        if (fd[i] < 0 || !client_echo(c, fd[i], (uint32_t)i, 0)) {
            clients_close(fd, n);
            return false;
        }
    }
    return true;
}

void clients_close(int *fd, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        conn_close(fd[i]);
        fd[i] = -1;
    }
}
