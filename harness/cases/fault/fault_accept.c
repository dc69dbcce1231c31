/* SPDX-License-Identifier: MIT */
/* accept(2) fails with a client waiting. Each error on a server of its own:
   its first accept, whether it was made before the client came or because of
   it, is held from the start. */
#include "cases/fault/faulty.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    TIMES = 3,
    QUIET_MS = 300,
    QUIET_NS = QUIET_MS * 1000000,
    QUIET_THREADS = 16,
    QUIET_MOST = 200,
    QUIET_EACH = 30,
    PAUSE_MS = 200,
    PAUSE_WITHIN_MS = 1000,
    SPIN_CALLS = 1000,
    LOOK_MS = 10,
    LONGEST_MS = 20000
}; /* LONGEST_MS: of either wait, if other programs take the processors */

/* Send all that this client will send, so that a server that takes turns comes
   to the next. If the client was refused, one of the calls shows it. */
static void say_all(struct context *c, int fd)
{
    unsigned char frame[FRAME_BYTES];
    struct frame_stamp stamp = { c->seed, 7, 0, 0 };

    frame_fill(frame, &stamp);
    (void)conn_send(fd, frame, sizeof frame, wait_deadline(c));
    (void)conn_half_close(fd);
}

/* One start, n failing accepts. Returns true if it lived through them. */
static bool lives_through(struct context *c, int error, long n)
{
    struct fault *f = faulty_up(c, CALL_BIT(CALL_ACCEPT), true);
    char after[96];
    bool lived = false;
    int fd;

    if (!f)
        return false;
    snprintf(after, sizeof after, "after accept failed with %s%s,",
             strerrorname_np(error), n > 1 ? " for a while" : "");
    fd = faulty_accept(c, f, error, n, NULL);
    if (fd >= 0) {
        say_all(c, fd);
        lived = faulty_lives(c, after);
    }
    conn_close(fd);
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

static void accept_aborted(struct context *c)
{
    static const int errors[] = { ECONNABORTED };

    each_error(c, c->v, errors, 1, 1);
}

static void accept_network(struct context *c)
{
    static const int errors[] = {
        ENETDOWN, EPROTO,       ENOPROTOOPT, EHOSTDOWN,
        ENONET,   EHOSTUNREACH, EOPNOTSUPP,  ENETUNREACH,
    };

    each_error(c, c->v, errors, sizeof errors / sizeof *errors, 1);
}

/* The waiting client is served later, or sees an end; never left in
   silence. */
static bool waiting_client(struct context *c, int fd, int error)
{
    unsigned char got[FRAME_BYTES];

    if (conn_recv(fd, got, sizeof got, wait_deadline(c)) == sizeof got ||
        errno != ETIMEDOUT)
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
    int fd;

    if (!f)
        return false;
    snprintf(after, sizeof after, "after accept failed with %s for a while,",
             strerrorname_np(error));
    fd = faulty_accept(c, f, error, TIMES, of_fds ? &fds : NULL);
    if (fd >= 0)
        say_all(c, fd);
    lived = fd >= 0 && faulty_lives(c, after) && waiting_client(c, fd, error);
    conn_close(fd);
    faulty_down(c, f);
    return lived;
}

static void accept_emfile(struct context *c)
{
    static const int errors[] = { EMFILE, ENFILE, ENOBUFS, ENOMEM };

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (!lives_without_fds(c, errors[i]))
            return;
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

/* How long the server, or the thread of ours that answers its calls, was ready
   to run and got no processor: in that time even one that spins makes no
   calls. */
static int64_t starved_ns(struct context *c)
{
    struct pid_list l = { NULL, 0, 0 };
    int64_t longest = 0;

    if (subject_server_tree(&c->subject, &l) == 0)
        for (size_t i = 0; i < l.n; i++) {
            int64_t one = procfs_starved(l.pid[i]).longest_ns;

            longest = one > longest ? one : longest;
        }
    pid_list_free(&l);
    return longest + procfs_starved(getpid()).others_ns;
}

static bool answers(pid_t pid, pid_t tid, void *arg)
{
    (void)arg;
    return tid != pid && procfs_thread_state(pid, tid) == 'R';
}

/* d has passed, if the time without a processor is left out: starved_ns was
   starved when d was made. */
static bool has_run_for(struct context *c, struct deadline d, int64_t starved)
{
    if (!deadline_passed(d))
        return false;
    d.at_ns += starved_ns(c) - starved;
    return deadline_passed(d);
}

/* Likewise, and it does not wait for a processor now, which no sum shows yet.
   Once last has passed, d has in any case. */
static bool has_passed(struct context *c, struct deadline d,
                       struct deadline last, int64_t starved)
{
    return deadline_passed(last) ||
           (has_run_for(c, d, starved) && !server_runs(c) &&
            !procfs_any_thread(getpid(), answers, NULL));
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
static bool pauses(struct context *c, struct fault *f)
{
    struct deadline within = deadline_in(PAUSE_WITHIN_MS),
                    gap = deadline_in(PAUSE_MS), last = deadline_in(LONGEST_MS);
    int64_t began = starved_ns(c), starved = began;
    long made = fault_made(f, CALL_ACCEPT), now;
    long burst = made + longest_backlog(c) * thread_count(c);

    while (!deadline_passed(last)) {
        look_later(last);
        now = fault_made(f, CALL_ACCEPT);
        if (now == made && has_passed(c, gap, last, starved))
            return true;
        if (now == made)
            continue;
        if (now > burst + SPIN_CALLS || has_run_for(c, within, began))
            return false; /* it had a processor just now */
        made = now;
        gap = deadline_in(PAUSE_MS);
        starved = starved_ns(c);
    }
    return made <= burst; /* unknown: the caller sees that last passed */
}

/* Of a large pool some thread always runs. None was kept from it for long where
   each has called several times. */
static bool pool_has_run(struct context *c, long made, struct deadline d,
                         int64_t starved)
{
    long threads = thread_count(c);

    return threads > QUIET_THREADS && made > 3 * threads &&
           has_run_for(c, d, starved);
}

/* While every accept fails, count them for a time in which a server that spins
   makes thousands, even with a tenth of a processor. */
static void accept_quiet(struct context *c)
{
    struct fault *f = faulty_up(c, CALL_BIT(CALL_ACCEPT), true);
    struct fault_fds fds = { 0 };
    struct deadline d, last;
    long before, made, least, most;
    int64_t starved, began_ns;
    int fd;

    if (!f)
        return;
    fd = faulty_accept(c, f, EMFILE, INT32_MAX, &fds);
    if (fd >= 0) {
        least = most = QUIET_MOST;
        before = fault_made(f, CALL_ACCEPT);
        began_ns = deadline_now_ns();
        d = deadline_in(QUIET_MS);
        last = deadline_in(LONGEST_MS);
        starved = starved_ns(c);
        do {
            look_later(last);
            made = fault_made(f, CALL_ACCEPT) - before;
            if (made > least) /* a pool may have grown since */
                least = quiet_calls(c);
            most = least * (1 + (deadline_now_ns() - began_ns) / QUIET_NS);
        } while (made <= most && !has_passed(c, d, last, starved) &&
                 !pool_has_run(c, made, d, starved));
        verdict_figure(c->v, "accepts", (double)made);
        verdict_expected(c->v, "at most %ld calls of accept in %d ms of EMFILE",
                         least, QUIET_MS);
        verdict_observed(c->v, "%ld", made);
        if (server_ended(c))
            verdict_skip(c->v, "the server has ended");
        else if (made > most && !pauses(c, f))
            verdict_fail(c->v, "it spins while accept fails with EMFILE");
        else if (deadline_passed(last))
            verdict_error(c->v, "other programs take the processors");
        else
            verdict_pass(c->v);
    }
    conn_close(fd);
    faulty_down(c, f);
}

static const struct test_case cases[] = {
    { "fault/accept-econnaborted", SHOULD,
      "a connection that is gone before accept: it serves on",
      "UNP 5.11; accept(2)", accept_aborted, 20,
      "Its first accept is held, a client connects, the accept is answered "
      "ECONNABORTED; then a new client should be served. Other kernels and "
      "security filters report it; Linux alone never does for TCP.",
      "Taking any error of accept for the end of the server.",
      "Go back to accept on ECONNABORTED." },
    { "fault/accept-network-errors", SHOULD,
      "pending network errors at accept are treated like EAGAIN", "accept(2)",
      accept_network, 100,
      "Likewise with each of ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, "
      "EHOSTUNREACH, EOPNOTSUPP and ENETUNREACH, on a server of its own.",
      "A list of errors to retry that holds EINTR alone.",
      "Give up on EBADF, EINVAL and ENOTSOCK alone; go on after all others, "
      "after a pause where it lacks descriptors or memory." },
    { "fault/accept-emfile", MUST,
      "no descriptor or memory for accept for a while: it lives", "accept(2)",
      accept_emfile, 300,
      "Three accepts in a row are answered EMFILE (ENFILE, ENOBUFS, ENOMEM) "
      "with a client waiting; a new client is served, and the one that waited "
      "is served later or refused.",
      "exit(1) when accept fails.",
      "Pause a moment (100 ms), then accept again; an event loop pauses by "
      "its timeout, the listener out of its set meanwhile, and serves the "
      "others." },
    { "fault/accept-emfile-quiet", SHOULD,
      "while EMFILE lasts it does not spin", "accept(2)", accept_quiet, 350,
      "Every accept is answered EMFILE, unless the process has closed a "
      "descriptor since the first, and counted for 300 ms in which it has a "
      "processor; more than 200 without a pause of 200 ms are a spin.",
      "continue; on any error: the connection still waits, accept fails at "
      "once, a hundred thousand times a second.",
      "Pause before the next accept, or close the waiting connection with a "
      "spare descriptor: close it, accept, close what came, open it again." },
};

const struct case_table fault_accept_cases = CASE_TABLE(cases);
