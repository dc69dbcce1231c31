/* SPDX-License-Identifier: MIT */
/* accept(2) fails with a client waiting. Each error on a server of its own:
   its first accept, whether it was made before the client came or because of
   it, is held from the start. */
#include "cases/fault/faulty.h"
#include "kit/run_time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    TIMES = 3,
    QUIET_MS = 300,
    QUIET_NS = QUIET_MS * 1000000,
    QUIET_MOST = 200,
    QUIET_EACH = 30,
    PAUSE_MS = 200,
    PAUSE_WITHIN_MS = 1000,
    SPIN_CALLS = 1000,
    LOOK_MS = 10,
    LONGEST_MS = 20000
}; /* LONGEST_MS: of either wait, if other programs take the processors */

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

static long thread_count(struct context *c)
{
    struct snapshot now = { .n = 0 };
    long threads = 1;

    if (snapshot_take(&now, &c->subject, SNAPSHOT_PROCESSES) == 0 &&
        now.threads > threads)
        threads = now.threads;
    snapshot_free(&now);
    return threads;
}

/* How many calls of accept are no spin yet: a pool pauses in each of its
   workers. */
static long quiet_calls(struct context *c)
{
    long most = thread_count(c) * QUIET_EACH;

    return most > QUIET_MOST ? most : QUIET_MOST;
}

/* The backlog that was asked for. The kernel shows net.core.somaxconn at most:
   behind that any number may stand. */
static long longest_backlog(const struct context *c)
{
    return c->subject.backlog < SOMAXCONN ? c->subject.backlog : UINT16_MAX;
}

/* Sleep between two looks: a change is seen soon, and one that spins is not
   looked at each time. */
static void look_later(struct deadline last)
{
    struct pause pause = { LOOK_MS * INT64_C(1000000) };

    pause_until(&pause, deadline_sooner(last, deadline_in(LOOK_MS)));
}

/* As many accepts in a row as its backlog is long, and then a pause (asyncio),
   are no spin either. If there are far more, no time has to pass. */
static long burst_calls(const struct context *c, long threads)
{
    return longest_backlog(c) * threads + SPIN_CALLS;
}

/* How many such bursts there may have been since: looks come late beside other
   work. */
static long bursts(int64_t since_ns)
{
    return 1 + (deadline_now_ns() - since_ns) / (PAUSE_MS * INT64_C(1000000));
}

/* Whether that pause comes. *known: false where it could not be seen. */
static bool pauses(struct context *c, struct fault *f, bool *known)
{
    struct deadline last = deadline_in(LONGEST_MS);
    struct run_time within, gap;
    long made = fault_made(f, CALL_ACCEPT), now;
    long first = made, threads = thread_count(c);

    *known = true;
    run_time_begin(&within, c, PAUSE_WITHIN_MS);
    run_time_begin(&gap, c, PAUSE_MS);
    while (!deadline_passed(last)) {
        look_later(last);
        now = fault_made(f, CALL_ACCEPT);
        if (now == made && run_time_over(&gap, c))
            return true;
        if (now == made)
            continue;
        if (now - first > burst_calls(c, threads) || run_time_over(&within, c))
            return false; /* it had a processor just now */
        made = now;
        run_time_begin(&gap, c, PAUSE_MS);
    }
    *known = made - first > longest_backlog(c) * threads;
    return !*known;
}

/* While every accept fails, count them for a time in which a server that spins
   makes thousands, even with a tenth of a processor. */
static void accept_emfile_quiet(struct context *c)
{
    struct fault *f = faulty_up(c, CALL_BIT(CALL_ACCEPT), true);
    struct fault_fds fds = { 0 };
    long before, made, least, most;
    int64_t began;
    struct run_time quiet;
    struct deadline last;
    bool over;
    struct talk t;

    if (!f)
        return;
    if (faulty_accept(c, f, EMFILE, INT32_MAX, &fds, &t)) {
        least = QUIET_MOST;
        before = fault_made(f, CALL_ACCEPT);
        last = deadline_in(LONGEST_MS);
        began = deadline_now_ns();
        run_time_begin(&quiet, c, QUIET_MS);
        do {
            look_later(last);
            made = fault_made(f, CALL_ACCEPT) - before;
            if (made > least) /* a pool may have grown since */
                least = quiet_calls(c);
            over = run_time_over(&quiet, c);
            /* A worker that waits for a processor is no reason that others
               call less. */
            most = least * (1 + (deadline_now_ns() - began) / QUIET_NS);
        } while (made <= most && !over && !deadline_passed(last));
        verdict_figure(c->v, "accepts", (double)made);
        verdict_expected(c->v, "at most %ld calls of accept in %d ms of EMFILE",
                         least, QUIET_MS);
        verdict_observed(c->v, "%ld", made);
        if (server_ended(c))
            verdict_skip(c->v, "the server has ended");
        else if (made > most &&
                 (made > burst_calls(c, thread_count(c)) * bursts(began) ||
                  !pauses(c, f, &over)))
            verdict_fail(c->v, "it spins while accept fails with EMFILE");
        else if (!over)
            verdict_error(c->v, "other programs take the processors");
        else
            verdict_pass(c->v);
    }
    talk_close(&t);
    faulty_down(c, f);
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
    { "fault/accept-emfile-quiet", SHOULD,
      "while EMFILE lasts it does not spin", "accept(2)", accept_emfile_quiet,
      350,
      "Every accept is answered EMFILE, unless the process has closed a "
      "descriptor since the first, and counted for 300 ms in which it has a "
      "processor; more than 200 without a pause of 200 ms are a spin.",
      "continue; on any error: the connection still waits, accept fails at "
      "once, a hundred thousand times a second.",
      "Pause before the next accept, or close the waiting connection with a "
      "spare descriptor: close it, accept, close what came, open it again." },
};

const struct case_table fault_accept_cases = CASE_TABLE(cases);
