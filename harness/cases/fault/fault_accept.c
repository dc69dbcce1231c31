/* SPDX-License-Identifier: MIT */
/* accept(2) fails with a client waiting. Each error on a server of its own:
   its first accept, whether it was made before the client came or because of
   it, is held from the start. */
#include "cases/fault/faulty.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TIMES = 3 };

/* Send all that this client will send, after a greeting if that comes, so that
   a server that takes turns comes to the next. If the client was refused, one
   of the calls shows it. */
static void say_all(struct context *c, struct talk *t)
{
    faulty_say(t);
    if (t->step <= t->who.protocol->opening && t->who.protocol->opening > 0)
        (void)talk_finish(t, wait_deadline(c));
    (void)conn_half_close(t->fd);
}

/* One start, n failing accepts. Returns true if it lived through them. */
static bool lives_through(struct context *c, int error, long n)
{
    struct fault *f = faulty_up(c, CALL_BIT(CALL_ACCEPT), true);
    char after[96];
    bool lived = false;
    struct talk t;

    if (!f)
        return false;
    snprintf(after, sizeof after, "after accept failed with %s%s,",
             strerrorname_np(error), n > 1 ? " for a while" : "");
    if (faulty_accept(c, f, error, n, NULL, &t)) {
        say_all(c, &t);
        lived = faulty_lives(c, f, after);
    }
    talk_close(&t);
    faulty_down(c, f);
    return lived;
}

static void each_error(struct context *c, struct verdict *v, const int *errors,
                       size_t n, long times)
{
    for (size_t i = 0; i < n; i++)
        if (!lives_through(c, errors[i], times))
            return;
    verdict_pass(v);
}

static void accept_econnaborted(struct context *c)
{
    static const int errors[] = { ECONNABORTED };

    each_error(c, c->v, errors, 1, 1);
}

static void accept_network_errors(struct context *c)
{
    static const int errors[] = {
        ENETDOWN, EPROTO,       ENOPROTOOPT, EHOSTDOWN,
        ENONET,   EHOSTUNREACH, EOPNOTSUPP,  ENETUNREACH,
    };

    each_error(c, c->v, errors, sizeof errors / sizeof *errors, 1);
}

/* The waiting client is served later, or sees an end; never left in
   silence. */
static bool waiting_client(struct context *c, struct talk *t, int error)
{
    if (talk_finish(t, wait_deadline(c)) || t->trouble != TALK_SILENT)
        return true;
    verdict_expected(c->v, "the client that waited is served later or "
                           "refused");
    verdict_observed(c->v, "silence");
    verdict_fail(c->v,
                 "the client that waited while accept failed with %s "
                 "was left in silence",
                 strerrorname_np(error));
    return false;
}

static bool lives_without_fds(struct context *c, int error)
{
    bool of_fds = error == EMFILE || error == ENFILE;
    struct fault_fds fds = { 0 };
    struct fault *f = faulty_up(c, CALL_BIT(CALL_ACCEPT), true);
    char after[96];
    bool lived;
    struct talk t;

    if (!f)
        return false;
    snprintf(after, sizeof after, "after accept failed with %s for a while,",
             strerrorname_np(error));
    lived = faulty_accept(c, f, error, TIMES, of_fds ? &fds : NULL, &t);
    if (lived)
        say_all(c, &t);
    lived = lived && faulty_lives(c, f, after) && waiting_client(c, &t, error);
    talk_close(&t);
    faulty_down(c, f);
    return lived;
}

/* Some pause for fifteen seconds or more after each: so each has a server of
   its own, all at the same time. */
static const int without_fds[] = { EMFILE, ENFILE, ENOBUFS, ENOMEM };

static void accept_emfile(struct context *c)
{
    if (lives_without_fds(c, without_fds[c->part]))
        verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "fault/accept-econnaborted", SHOULD,
      "a connection that is gone before accept: it serves on",
      "UNP 5.11; accept(2)", accept_econnaborted, 20,
      "Its first accept is held, a client connects, the accept is answered "
      "ECONNABORTED; then a new client should be served. Other kernels and "
      "security filters report it; Linux alone never does for TCP.",
      "Taking any error of accept for the end of the server.",
      "Go back to accept on ECONNABORTED." },
    { "fault/accept-network-errors", SHOULD,
      "pending network errors at accept are treated like EAGAIN", "accept(2)",
      accept_network_errors, 100,
      "Likewise with each of ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, "
      "EHOSTUNREACH, EOPNOTSUPP and ENETUNREACH, on a server of its own.",
      "A list of errors to retry that holds EINTR alone.",
      "Give up on EBADF, EINVAL and ENOTSOCK alone; go on after all others, "
      "after a pause where it lacks descriptors or memory.",
      .starts = 8 },
    { "fault/accept-emfile", MUST,
      "no descriptor or memory for accept for a while: it lives", "accept(2)",
      accept_emfile, 80,
      "Three accepts in a row are answered EMFILE (ENFILE, ENOBUFS, ENOMEM) "
      "with a client waiting; a new client is served, and the one that waited "
      "is served later or refused.",
      "exit(1) when accept fails.",
      "Pause a moment (100 ms), then accept again; an event loop pauses by "
      "its timeout, the listener out of its set meanwhile, and serves the "
      "others.",
      .parts = sizeof without_fds / sizeof *without_fds },
};

const struct case_table fault_accept_cases = CASE_TABLE(cases);
