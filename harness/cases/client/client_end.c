/* SPDX-License-Identifier: MIT */
/* How the user's side ends: `quit` and the end of input. */
#include "cases/client/client.h"

#include <sys/wait.h>

/* ---- quit ---- */

static bool is_over(struct session *d, const void *unused)
{
    (void)unused;
    return d->peer.fin || d->peer.reset;
}

static bool parts_by_fin(struct context *c, struct session *d)
{
    static const char expected[] = "the client closes the connection by FIN";

    (void)session_wait(d, is_over, NULL, false);
    /* It has ended: whatever it sent has arrived. */
    session_step(d, 0);
    if (d->peer.reset)
        return client_fails(c, d, expected, "`quit` resets the connection");
    return d->peer.fin ||
           client_fails(c, d, expected, "the connection stays open");
}

static void quit(struct context *c)
{
    struct session d;
    size_t at = 0;

    if (client_begin(c, &d, NULL) &&
        client_needs_reply(c, &d, "hello\n", &at)) {
        session_type(&d, "quit\n", 5);
        if (client_ends_well(c, &d, "after `quit`") && parts_by_fin(c, &d)) {
            if (bytes_find(&d.peer.got, 0, "quit", 4) >= 0)
                (void)client_fails(c, &d, "`quit` is not sent",
                                   "`quit` is sent to the server");
            else
                verdict_pass(c->v);
        }
    }
    session_end(&d);
}

static void quit_alone(struct context *c)
{
    struct session d;
    size_t at = 0;

    if (client_begin(c, &d, NULL) &&
        client_needs_reply(c, &d, "hello\n", &at) &&
        client_sends(c, &d, "quitter\n", &at) &&
        client_sends(c, &d, " quit\n", &at) &&
        client_sends(c, &d, "quit it\n", &at) &&
        client_sends(c, &d, "quit \n", &at) &&
        client_sends(c, &d, "QUIT\n", &at) &&
        client_prints(c, &d, " quit\n", 6))
        verdict_pass(c->v);
    session_end(&d);
}

/* ---- the end of input ---- */

struct silence {
    size_t sent;
};

/* It has ended, or sends on by itself. */
static bool ends_or_talks(struct session *d, const void *arg)
{
    const struct silence *s = arg;

    return d->ended || d->peer.got.n > s->sent + 2UL * CLIENT_FRAME;
}

/* False: decided. */
static bool meets_end(struct context *c, struct session *d, const char *after)
{
    static const char expected[] = "the client ends by itself with status 0";
    struct silence s = { d->peer.got.n };
    enum met met;

    session_end_input(d);
    met = session_wait(d, ends_or_talks, &s, false);
    if (met == MET && !d->ended)
        return client_fails(c, d, expected, "%s it sends on: %zu bytes more",
                            after, d->peer.got.n - s.sent);
    if (met != MET)
        return client_fails(c, d, expected, "%s it does not end: %s", after,
                            session_state(d, met));
    return (WIFEXITED(d->status) && WEXITSTATUS(d->status) == 0) ||
           client_fails(c, d, expected, "%s %s", after, session_state(d, met));
}

static bool ends_with_input(struct context *c, bool terminal, const char *line,
                            const char *after)
{
    struct session_how how = { .terminal = terminal };
    struct session d;
    size_t at = 0;
    bool good = client_begin(c, &d, &how) &&
                (!line || client_needs_reply(c, &d, line, &at));

    /* On a terminal ^D means the end only to a program that reads. */
    if (good && terminal)
        (void)session_wait(&d, session_at_rest, NULL, false);
    good = good && meets_end(c, &d, after);
    session_end(&d);
    return good;
}

static void end_of_input(struct context *c)
{
    if (ends_with_input(c, false, NULL, "at the end of empty input") &&
        ends_with_input(c, false, "hello\n", "at the end of input") &&
        ends_with_input(c, true, "hello\n", "after ^D on a terminal"))
        verdict_pass(c->v);
}

static void last_line(struct context *c)
{
    struct session d;
    size_t at = 0;

    if (client_begin(c, &d, NULL) &&
        client_needs_reply(c, &d, "hello\n", &at)) {
        session_type(&d, "last", 4);
        session_end_input(&d);
        if (client_was_sent(c, &d, "last", client_await(&d, "last", &at)) &&
            client_prints(c, &d, "last", 4))
            verdict_pass(c->v);
    }
    session_end(&d);
}

static const struct test_case cases[] = {
    { "client/quit", MUST,
      "`quit` ends it with status 0, FIN not RST, and is not sent", "contract",
      quit, 0,
      "A line, then `quit` with the input left open; the end, its status and "
      "how the connection was closed are looked at.",
      "send before strcmp; or close with bytes of the reply unread, which "
      "resets.",
      "Compare before sending; read the reply that is due, then return 0 from "
      "main." },
    { "client/quit-alone", SHOULD,
      "`quitter` and ` quit` are lines like others", "contract", quit_alone, 0,
      "They are typed, and so are `quit it`, `quit ` and `QUIT`; all must come "
      "to the server.",
      "strncmp(line, \"quit\", 4), strstr(line, \"quit\"), a strip before the "
      "comparison.",
      "Cut off the newline, if there is one, and then strcmp(line, \"quit\") "
      "== 0." },
    { "client/end-of-input", MUST, "the end of input ends it with status 0",
      "POSIX.1-2017", end_of_input, 20,
      "A pipe closed at once, and after a line; ^D on a terminal.",
      "fgets without a look at its result: the last line is sent for ever.",
      "if (getline(&line, &room, stdin) < 0) break;" },
    { "client/last-line", MUST,
      "a last line without newline is sent and printed", "POSIX.1-2017",
      last_line, 0,
      "'last' and the end of input: it must come to the server, and be "
      "printed.",
      "Waiting for a newline, in the input or in the reply.",
      "The end of input ends a line too." },
};

const struct case_table client_end_cases = CASE_TABLE(cases);
