/* SPDX-License-Identifier: MIT */
/* Each way is a length and an end. Of those broken off every third awaits its
   echo, so that they do not overrun a short listen queue. */
#include "client/connection_walk.h"

#include "client/exchange.h"
#include "client/talk_wait.h"

#include <string.h>

enum { MOST_BYTES = 997 };

enum end {
    END_CLOSED,      /* with the echo received */
    END_HALF_CLOSED, /* likewise, and FIN awaited */
    END_CLOSED_OWED, /* with the echo still owed */
    END_RESET_OWED,
    END_RESET
};

struct way {
    const struct speaker *who;
    size_t n; /* bytes of its message, where any bytes are one */
    enum end end;
    uint32_t client;
    double timeout_ms;
};

static const size_t lengths[] = { 0, 1, 3, FRAME_BYTES, 997 };

enum { LENGTHS = sizeof lengths / sizeof *lengths };

static bool owes(enum end end)
{
    return end == END_CLOSED_OWED || end == END_RESET_OWED;
}

/* FIN must follow where it was not awaited in vain before. */
static void half_close(int fd, struct deadline d,
                       struct connection_walked *walked)
{
    if (walked->no_fin)
        return;
    (void)conn_half_close(fd); /* what follows shows whether the peer is gone */
    walked->no_fin = conn_next(fd, d) != CONN_FIN;
}

static bool say(const struct way *w, struct talk *t, struct deadline d,
                struct connection_walked *walked, struct verdict *v)
{
    static unsigned char text[MOST_BYTES];

    exchange_text(text, w->n, w->who->stamp.seed + w->client);
    talk_begin_with(t, 0, text, w->n);
    if (owes(w->end)) {
        (void)talk_go(t); /* it leaves either way */
        return true;
    }
    if (!talk_finish(t, d)) {
        talk_fail(t, v);
        return false;
    }
    walked->served++;
    return true;
}

static bool go(const struct way *w, struct connection_walked *walked,
               struct verdict *v)
{
    struct deadline d = deadline_of_target(w->timeout_ms);
    struct frame_stamp stamp = w->who->stamp;
    struct talk t;
    bool good;

    stamp.client = w->client;
    talk_init(&t, w->who->protocol, &stamp);
    if (!talk_connect(&t, &w->who->to, d)) {
        verdict_fail(v, "a client could not connect: %s", strerror(t.error));
        return false;
    }
    good = w->n == 0 || say(w, &t, d, walked, v);
    if (good && w->end == END_HALF_CLOSED)
        half_close(t.fd, d, walked);
    if (w->end == END_RESET || w->end == END_RESET_OWED)
        talk_reset(&t);
    else
        talk_close(&t);
    return good;
}

bool connection_walk(enum connection_walk walk, const struct speaker *who,
                     double timeout_ms, struct connection_walked *walked,
                     struct verdict *v)
{
    static const enum end in_order[] = { END_CLOSED, END_HALF_CLOSED };
    static const enum end broken_off[] = { END_CLOSED_OWED, END_RESET_OWED,
                                           END_RESET };
    const enum end *end = walk == WALK_IN_ORDER ? in_order : broken_off;
    size_t ends = walk == WALK_IN_ORDER ? 2 : 3;
    size_t first = walk == WALK_IN_ORDER; /* no byte: no answer to await */
    struct way w = { .who = who, .timeout_ms = timeout_ms };

    for (size_t i = first; i < LENGTHS; i++)
        for (size_t k = 0; k < ends; k++) {
            w.n = lengths[i];
            w.end = w.n == 0 && end[k] == END_RESET ? END_HALF_CLOSED : end[k];
            w.client++;
            if (!go(&w, walked, v))
                return false;
        }
    return true;
}
