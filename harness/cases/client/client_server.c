/* SPDX-License-Identifier: MIT */
/* A server that splits its reply, changes it, adds to it, cuts it off, or goes
   away. */
#include "cases/client/client.h"

#include "target/memcheck.h"

#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

static const char next_line[] = "next\n";

/* ---- split ---- */

static bool is_returned(struct session *d, const void *unused)
{
    (void)unused;
    return d->peer.returned == d->peer.limit;
}

/* The client has read the last piece, or sleeps without reading it. */
static bool is_taken(struct session *d, const void *unused)
{
    return d->ended || peer_was_read(&d->peer, d->client.sd) ||
           session_sleeps(d, unused);
}

/* Send what it has got back to it in pieces of one byte, each of them read
   before the next one is sent. */
static void dribble(struct session *d)
{
    while (!d->ended && d->peer.returned < d->peer.got.n) {
        d->peer.limit = d->peer.returned + 1;
        if (session_wait(d, is_returned, NULL, false) != MET)
            break;
        (void)session_wait(d, is_taken, NULL, false);
    }
    d->peer.limit = SIZE_MAX;
}

static void split_reply(struct context *c)
{
    static const char line[] = "sixty-two characters and a newline, one "
                               "piece after the other.\n";
    struct session d;
    size_t at = 0;

    if (client_begin(c, &d, NULL)) {
        client_ready(&d);
        d.peer.limit = d.peer.got.n;
        if (client_needs(c, &d, line, &at)) {
            dribble(&d);
            if (client_prints(c, &d, line, sizeof line - 1))
                verdict_pass(c->v);
        }
    }
    session_end(&d);
}

/* ---- wrong ---- */

/* With --valgrind: it has read nothing that is not its own. */
static bool memory_clean(struct context *c, struct session *d)
{
    struct memcheck m;
    bool clean;

    if (!c->target.valgrind)
        return true;
    clean = memcheck_read(&m, d->client.logs, 0) < 0 || m.errors == 0;
    memcheck_free(&m);
    return clean || client_fails(c, d, "nothing is read past a buffer's end",
                                 "memcheck finds an error after a wrong "
                                 "reply");
}

/* A byte of the line is not what was sent: reported at once. */
static bool sees_wrong_byte(struct context *c)
{
    struct session d;
    size_t at = 0;
    bool good = client_begin(c, &d, NULL);

    if (good) {
        client_ready(&d);
        d.peer.false_from = d.peer.got.n + 1;
        d.peer.false_to = d.peer.got.n + 2;
        good = client_needs(c, &d, "hello\n", &at) &&
               client_reports(c, &d, "after a wrong byte", true) &&
               memory_clean(c, &d);
    }
    session_end(&d);
    return good;
}

/* More false bytes are printed than were sent, or what follows them is neither
   the line's end nor the prompt. */
static bool prints_too_much(const struct session *d)
{
    long from = bytes_find(&d->printed, 0, "~~~~", 4);
    size_t i = from < 0 ? d->printed.n : (size_t)from, n;

    for (n = 0; i < d->printed.n && d->printed.at[i] == PEER_FALSE; n++)
        i++;
    return n > d->peer.returned ||
           (i < d->printed.n && d->printed.at[i] != '\n' &&
            d->printed.at[i] != CLIENT_PROMPT[0]);
}

/* Let it end after its line of false bytes. False: decided. */
static bool survives(struct context *c, struct session *d)
{
    (void)session_wait(d, session_at_rest, NULL, false);
    peer_finish(&d->peer);
    session_type(d, "quit\n", 5);
    session_end_input(d);
    (void)session_wait(d, session_has_ended, NULL, false);
    if (d->ended && WIFSIGNALED(d->status))
        return client_fails(
            c, d, "a reply without newline or NUL harms nothing",
            "after a reply without newline or NUL %s", session_state(d, MET));
    if (prints_too_much(d))
        return client_fails(c, d, "nothing is printed that was not received",
                            "what stands past the end of the reply is printed");
    return memory_clean(c, d);
}

/* A whole line of wrong bytes, with neither newline nor NUL, and nothing after
   it. That this is reported is another matter; judged here is only what it does
   to the client's buffer. */
static bool keeps_to_buffer(struct context *c)
{
    struct session d;
    size_t at = 0;
    bool good = client_begin(c, &d, NULL);

    if (good) {
        client_ready(&d);
        d.peer.false_from = d.peer.got.n;
        d.peer.false_to = SIZE_MAX;
        good = client_needs(c, &d, "hello\n", &at) && survives(c, &d);
    }
    session_end(&d);
    return good;
}

/* Bytes after the right reply: reported at the next line, or at the end of
   input. */
static bool sees_surplus(struct context *c, const char *next, const char *when)
{
    struct session d;
    size_t at = 0;
    bool good =
        client_begin(c, &d, NULL) && client_needs_reply(c, &d, "hello\n", &at);

    if (good) {
        (void)session_wait(&d, session_at_rest, NULL, false);
        (void)peer_add(&d.peer, "surplus\n", 8);
        /* One that watches its socket reports it now. */
        (void)session_wait(&d, session_sleeps, NULL, false);
        if (next)
            session_type(&d, next, strlen(next));
        session_end_input(&d);
        good = client_reports(c, &d, when, false);
    }
    session_end(&d);
    return good;
}

static void wrong_reply(struct context *c)
{
    if (sees_wrong_byte(c) && keeps_to_buffer(c))
        verdict_pass(c->v);
}

static void surplus_reply(struct context *c)
{
    if (sees_surplus(c, next_line, "at the line after surplus bytes") &&
        sees_surplus(c, NULL, "at the end of input after surplus bytes"))
        verdict_pass(c->v);
}

/* ---- gone ---- */

static void short_reply(struct context *c)
{
    struct session d;
    size_t at = 0;

    if (client_begin(c, &d, NULL)) {
        client_ready(&d);
        d.peer.limit = d.peer.got.n + 3;
        if (client_needs(c, &d, "hello\n", &at) &&
            session_wait(&d, is_returned, NULL, false) == MET) {
            peer_finish(&d.peer);
            if (client_reports(c, &d, "after 3 bytes of the reply and FIN",
                               true))
                verdict_pass(c->v);
        }
    }
    session_end(&d);
}

/* The client's kernel knows: the connection is closed at its end, or gone. */
static bool is_known(struct session *d, const void *unused)
{
    struct socket_info end;

    (void)unused;
    return d->ended || peer_client_end(&d->peer, d->client.sd, &end) != 1 ||
           end.state != 1;
}

/* One line there and back, then the server goes away while the client waits
   for the next; which is typed, or (NULL) is not. */
static void goes_away(struct context *c, void (*go)(struct peer *p),
                      const char *next, const char *after)
{
    struct session d;
    size_t at = 0;

    if (client_begin(c, &d, NULL) &&
        client_needs_reply(c, &d, "hello\n", &at)) {
        (void)session_wait(&d, session_at_rest, NULL, false);
        go(&d.peer);
        (void)session_wait(&d, is_known, NULL, false);
        if (next)
            session_type(&d, next, strlen(next));
        if (client_reports(c, &d, after, true))
            verdict_pass(c->v);
    }
    session_end(&d);
}

static void server_gone(struct context *c)
{
    goes_away(c, peer_close, next_line,
              "at the line after the server has closed");
}

static void reset(struct context *c)
{
    goes_away(c, peer_reset, next_line, "at the line after a reset");
}

static void notices_close(struct context *c)
{
    goes_away(c, peer_close, NULL,
              "when the server closes while it waits "
              "for input");
}

static const struct test_case cases[] = {
    { "client/split-reply", MUST,
      "a reply that comes in 64 segments is awaited and printed whole",
      "RFC 9293 3.7", split_reply, 70,
      "The reply is sent byte by byte, each one once the one before has been "
      "read.",
      "One recv is taken for one reply.",
      "recv in a loop until all that was sent is back, or the connection has "
      "ended." },
    { "client/wrong-reply", MUST,
      "a byte that differs is reported at once, and nothing is read past a "
      "buffer's end",
      "contract", wrong_reply, 10,
      "One byte is changed: it must end with a message and a status that is "
      "not 0. All are, with no newline left: it must neither crash nor print "
      "what it never received.",
      "printf(\"%s\", buf) of whatever came.",
      "memcmp what came with what was sent, before any of it is taken for a "
      "string." },
    { "client/surplus-reply", SHOULD,
      "bytes beyond the reply are reported at the next line or at the end of "
      "input",
      "contract", surplus_reply, 10,
      "Eight bytes are added behind a reply that is right; then comes the next "
      "line, or the end of input. It must end with a message and a status that "
      "is not 0.",
      "It reads as many bytes as it sent, and takes what is left for the "
      "beginning of the next reply, or never looks.",
      "recv(fd, &byte, 1, MSG_DONTWAIT) before each line and at the end: "
      "nothing is due then, so that all but EAGAIN is to be reported." },
    { "client/short-reply", MUST,
      "a server that closes in mid-reply is reported", "UNP 5.12", short_reply,
      0, "Three bytes of the reply, then FIN.",
      "recv that returns 0 is taken for an empty reply.",
      "0 is the end: say so on stderr, status 1." },
    { "client/server-gone", MUST,
      "a server that closes between lines is reported at the next line",
      "UNP 5.12-5.13", server_gone, 0,
      "One line there and back, the server closes, the next line is typed.",
      "send without a look at its result, and SIGPIPE at its default.",
      "MSG_NOSIGNAL; a message and status 1 on 0 from recv or -1 from send." },
    { "client/reset", MUST,
      "a reset between lines is reported at the next line", "UNP 5.13", reset,
      0, "Likewise with RST.", "Likewise.",
      "ECONNRESET and EPIPE end it with a message and status 1." },
    { "client/notices-close", SHOULD,
      "a server that closes while it waits for input is noticed",
      "UNP 5.12, 6.4", notices_close, 0,
      "The server closes; nothing more is typed.",
      "It sleeps in a read of stdin, and sees the socket only after the next "
      "line.",
      "poll for stdin and the socket together, and read(2) the input: of a "
      "line that stdio has in its buffer poll knows nothing." },
};

const struct case_table client_server_cases = CASE_TABLE(cases);
