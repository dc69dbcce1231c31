/* SPDX-License-Identifier: MIT */
/* What several files of load/ share. */
#include "cases/load/load.h"

#include "kit/client_pool.h"

size_t load_talk_twice(struct client_pool *m)
{
    size_t served = client_pool_talk(m, 0);

    /* Where one exchange uses up a connection, another would be of others. */
    if (served < m->n || m->c->protocol->once)
        return served;
    return client_pool_talk(m, 1);
}

static bool is_harmed(const struct client_pool_client *k)
{
    return k->talk.trouble == TALK_WRONG || k->talk.trouble == TALK_FOREIGN;
}

bool load_own_limit(struct context *c, struct client_pool *m, size_t *limit)
{
    size_t answered = 0, refused = 0;

    *limit = 0;
    if (c->protocol->echo)
        return false;
    for (size_t i = 0; i < m->n; i++) {
        *limit += m->client[i].answered;
        if (is_harmed(&m->client[i]))
            return false;
    }
    if (*limit < 2)
        return false;
    /* Those that wait have their turn once the others have left. */
    m->leave = true;
    for (size_t i = 0; i < m->n; i++)
        if (m->client[i].answered)
            talk_leave(&m->client[i].talk);
    answered = client_pool_receive(m);
    for (size_t i = 0; i < m->n; i++)
        refused += m->client[i].ended || m->client[i].untried ||
                   m->client[i].talk.trouble == TALK_UNCONNECTED;
    return answered + refused >= m->n;
}

void load_tell_unserved(struct context *c, struct client_pool *m, size_t served)
{
    struct unserved u;

    client_pool_unserved(m, &u);
    judge_unserved(&u, m->n, served, m->sequence + 1, server_ended(c), c->v);
    for (size_t i = 0; i < m->n; i++)
        if (!m->client[i].answered) {
            talk_tell(&m->client[i].talk, c->v); /* one stands for all */
            break;
        }
}

size_t load_queue_holds(struct context *c, size_t most)
{
    size_t n = subject_backlog(&c->subject, 1);

    return n < most ? n : most;
}

enum { MOMENT_MS = 300 };

static long wait_queue(struct context *c, size_t n, struct deadline d)
{
    struct pause pause = { 0 };
    long waiting;

    while ((waiting = queue_waiting(c)) < (long)n && !deadline_passed(d))
        pause_until(&pause, d);
    return waiting;
}

bool load_queue_fills(struct context *c, size_t n)
{
    return wait_queue(c, n, deadline_in(MOMENT_MS)) >= (long)n;
}

bool load_queue_full(struct context *c, size_t n)
{
    /* The kernel's to do: the target is stopped. */
    long waiting = wait_queue(c, n, deadline_in(plan_timeout_ms(c->plan)));

    if (waiting >= (long)n)
        return true;
    verdict_error(c->v,
                  "with the server stopped %ld of %zu connections wait in its "
                  "listen queue",
                  waiting, n);
    return false;
}
