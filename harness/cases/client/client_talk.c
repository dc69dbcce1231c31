/* SPDX-License-Identifier: MIT */
/* The steps that the cases of client/ are made of. Each waits for something
   that can be seen, at the peer, in the output or in the state of the client,
   never for time to pass. client_needs and client_needs_reply skip the case
   where the others fail it, so that a case fails for its own requirement
   alone. */
#include "cases/client/client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

bool client_begin(struct context *c, struct session *d,
                  const struct session_how *how)
{
    static const struct session_how plain;
    struct session_place place = {
        .target = &c->target,
        .sandbox = c->sandbox,
        .port = c->port,
        .timeout_ms = plan_timeout_ms(c->plan),
    };

    if (session_begin(d, &place, how ? how : &plain) == SUBJECT_UP) {
        if (d->peer.lfd >= 0)
            (void)session_come_up(d);
        return true;
    }
    if (d->step && strcmp(d->step, "pseudo terminal") == 0)
        verdict_skip(c->v, "no %s", d->client.why);
    else
        verdict_error(c->v, "the client did not start: %s", d->client.why);
    return false;
}

bool client_fails(struct context *c, struct session *d, const char *expected,
                  const char *fmt, ...)
{
    char what[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    verdict_expected(c->v, "%s", expected);
    verdict_observed(c->v, "%s", what);
    session_tell(d, c->v);
    verdict_fail(c->v, "%s", what);
    return false;
}

/* ---- lines ---- */

void client_ready(struct session *d)
{
    (void)session_come_up(d);
    (void)session_wait(d, session_at_rest, NULL, false);
}

struct sent {
    const char *text;
    size_t n, from;
};

/* A line of several frames has NULs in it, so only its newline is looked for.
   How much a frame may hold is judged by another case. */
static long find_sent(struct session *d, const struct sent *s)
{
    bool whole = s->n < CLIENT_FRAME - 4;
    size_t n = whole ? s->n : 1;
    long at = bytes_find(&d->peer.got, s->from,
                         whole ? s->text : s->text + s->n - 1, n);

    return at < 0 ? -1 : at + (long)n;
}

static bool is_sent(struct session *d, const void *arg)
{
    return find_sent(d, arg) >= 0;
}

enum met client_await(struct session *d, const char *text, size_t *at)
{
    struct sent s = { text, strlen(text), *at };
    enum met met;
    size_t before;

    /* A client that still sends is slow, not stuck, unless it sends more than
       the line. */
    do {
        before = d->peer.got.n;
        met = session_wait(d, is_sent, &s, true);
    } while (met == MET_NOT && d->peer.got.n > before &&
             d->peer.got.n < *at + 2 * s.n);
    if (met == MET)
        *at = (size_t)find_sent(d, &s);
    return met;
}

enum met client_type(struct session *d, const char *text, size_t *at)
{
    session_type(d, text, strlen(text));
    return client_await(d, text, at);
}

/* A line for evidence: not more of it than a reader wants. */
static const char *shown(const char *text)
{
    static char quoted[64];
    size_t n = strcspn(text, "\n");

    if (n > 40)
        snprintf(quoted, sizeof quoted, "a line of %zu bytes", n);
    else
        snprintf(quoted, sizeof quoted, "'%.*s'", (int)n, text);
    return quoted;
}

bool client_needs(struct context *c, struct session *d, const char *text,
                  size_t *at)
{
    enum met met = client_type(d, text, at);

    if (met == MET)
        return true;
    verdict_skip(c->v, "the client did not send %s: %s", shown(text),
                 session_state(d, met));
    return false;
}

static bool is_returned(struct session *d, const void *unused)
{
    (void)unused;
    return (d->peer.returned == d->peer.got.n ||
            d->peer.returned == d->peer.limit) &&
           peer_was_read(&d->peer, d->client.sd);
}

bool client_needs_reply(struct context *c, struct session *d, const char *text,
                        size_t *at)
{
    enum met met;

    if (!client_needs(c, d, text, at))
        return false;
    met = session_wait(d, is_returned, NULL, false);
    if (met == MET && !d->ended)
        return true;
    verdict_skip(c->v, "the client did not read the reply to %s: %s",
                 shown(text), session_state(d, met));
    return false;
}

bool client_sends(struct context *c, struct session *d, const char *text,
                  size_t *at)
{
    enum met met = client_type(d, text, at);

    return client_was_sent(c, d, text, met);
}

bool client_was_sent(struct context *c, struct session *d, const char *text,
                     enum met met)
{
    return met == MET ||
           client_fails(c, d, "the line is sent", "%s was not sent: %s",
                        shown(text), session_state(d, met));
}

/* ---- what it prints ---- */

struct printed {
    const void *text;
    size_t n;
};

static bool is_printed(struct session *d, const void *arg)
{
    const struct printed *p = arg;

    return bytes_find(&d->printed, 0, p->text, p->n) >= 0;
}

bool client_prints(struct context *c, struct session *d, const void *text,
                   size_t n)
{
    struct printed p = { text, n };
    enum met met;

    session_type(d, "quit\n", 5);
    session_end_input(d);
    met = session_wait(d, is_printed, &p, false);
    return met == MET ||
           client_fails(c, d, "the line is printed as it was sent",
                        "%s was not printed whole: %s", shown(text),
                        session_state(d, met));
}

/* ---- how it ends ---- */

bool client_reports(struct context *c, struct session *d, const char *after,
                    bool asks)
{
    static const char expected[] = "the client ends by itself with a status "
                                   "that is not 0 and a message on stderr";
    enum met met = session_wait(d, session_has_ended, NULL, asks);

    if (met != MET)
        return client_fails(c, d, expected, "%s nothing is reported: %s", after,
                            session_state(d, met));
    if (!WIFEXITED(d->status))
        return client_fails(c, d, expected, "%s %s", after,
                            session_state(d, met));
    if (WEXITSTATUS(d->status) == 0)
        return client_fails(c, d, expected, "%s it ends with status 0", after);
    if (d->said.n == 0)
        return client_fails(c, d, expected,
                            "%s it ends without a word on "
                            "stderr (status %d)",
                            after, WEXITSTATUS(d->status));
    return true;
}

bool client_ends_well(struct context *c, struct session *d, const char *after)
{
    static const char expected[] = "the client ends by itself with status 0";
    enum met met = session_wait(d, session_has_ended, NULL, true);

    if (met != MET)
        return client_fails(c, d, expected, "%s it does not end: %s", after,
                            session_state(d, met));
    return (WIFEXITED(d->status) && WEXITSTATUS(d->status) == 0) ||
           client_fails(c, d, expected, "%s %s", after, session_state(d, met));
}

/* ---- what the peer got ---- */

size_t client_message(const struct session *d, size_t at, const char *text)
{
    const struct bytes *got = &d->peer.got;
    size_t n = strlen(text), end = at + n;

    if (at > got->n || got->n - at < n || memcmp(got->at + at, text, n) != 0)
        return 0;
    if (end == got->n || got->at[end] != 0)
        return n;
    for (; end < at + CLIENT_FRAME; end++)
        if (end >= got->n || got->at[end] != 0)
            return 0;
    return CLIENT_FRAME;
}

void client_text(const struct session *d, struct bytes *out)
{
    const struct bytes *got = &d->peer.got;

    for (size_t i = 0; i < got->n;) {
        size_t n = 0;

        while (i + n < got->n && got->at[i + n])
            n++;
        (void)bytes_add(out, got->at + i, n); /* what found no memory is missed
                                                 later */
        i += n + 1;
    }
}
