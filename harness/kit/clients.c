/* SPDX-License-Identifier: MIT */
/* The clients of a case, in its own process. */
#include "judge/judge_requirement.h"
#include "kit/context.h"

#include <errno.h>
#include <string.h>

static void refused(struct context *c, int error)
{
    verdict_expected(c->v, "a client can connect");
    verdict_observed(c->v, "connect: %s%s", strerror(error),
                     server_ended(c) ? "; the server has ended" : "");
    verdict_fail(c->v, "a client could not connect: %s", strerror(error));
}

int client_open(struct context *c)
{
    return client_open_narrow(c, 0, 0);
}

int client_open_narrow(struct context *c, int buffer_bytes, int segment_bytes)
{
    int fd = conn_open_narrow(&c->subject.address, buffer_bytes, segment_bytes,
                              wait_deadline(c));

    if (fd < 0)
        refused(c, errno);
    return fd;
}

void client_init(const struct context *c, struct talk *t, uint32_t client)
{
    struct frame_stamp stamp = { c->seed, client, 0, 0 };

    talk_init(t, c->protocol, &stamp);
}

bool client_come(struct context *c, struct talk *t, uint32_t client)
{
    client_init(c, t, client);
    if (talk_connect(t, &c->subject.address, wait_deadline(c)))
        return true;
    refused(c, t->error);
    return false;
}

bool client_exchange(struct context *c, struct talk *t, uint32_t sequence)
{
    if (talk_exchange(t, sequence, wait_deadline(c)))
        return true;
    talk_fail(t, c->v);
    return false;
}

bool client_begun(struct context *c, struct talk *t)
{
    if (!c->protocol->once)
        return client_exchange(c, t, 0);
    talk_open(t);
    if (talk_finish(t, wait_deadline(c)))
        return true;
    talk_fail(t, c->v);
    return false;
}

bool client_exchange_text(struct context *c, struct talk *t, uint32_t sequence,
                          size_t n, struct verdict *v)
{
    static unsigned char text[TALK_READ];

    exchange_text(text, n, c->seed + sequence);
    if (talk_renew(t, wait_deadline(c))) {
        talk_begin_with(t, sequence, text, n);
        if (talk_finish(t, wait_deadline(c)))
            return true;
    }
    talk_fail(t, v);
    return false;
}

bool client_served(struct context *c, uint32_t client, char *why, size_t size)
{
    static struct talk t;
    bool served;

    client_init(c, &t, client);
    served = talk_connect(&t, &c->subject.address, wait_deadline(c)) &&
             talk_exchange(&t, 0, wait_deadline(c));
    if (!served)
        talk_describe(&t, why, size);
    c->unserved = served ? NULL : &t;
    talk_leave(&t);
    return served;
}

bool must_serve(struct context *c, const char *after)
{
    char why[160];

    if (client_served(c, UINT32_MAX, why, sizeof why))
        return true;
    judge_not_served(after, why, server_ended(c), c->v);
    return false;
}

bool clients_come(struct context *c, struct talk *t, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        client_init(c, &t[i], (uint32_t)i);
    for (i = 0; i < n; i++)
        if (!client_come(c, &t[i], (uint32_t)i) ||
            !client_exchange(c, &t[i], 0)) {
            clients_leave(t, n);
            return false;
        }
    return true;
}

void clients_leave(struct talk *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        talk_leave(&t[i]);
}
