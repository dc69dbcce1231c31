/* SPDX-License-Identifier: MIT */
/* Every accept fails with a client waiting, for as long as the case lasts: how
   often is it called? */
#include "cases/fault/faulty.h"
#include "kit/run_time.h"

#include <errno.h>
#include <unistd.h>

enum {
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

/* Adds up how long those of our threads waited that answer calls. */
static bool add_waited(pid_t pid, pid_t tid, void *sum)
{
    long long ran, waited;

    if (tid != pid && procfs_thread_times(pid, tid, &ran, &waited))
        *(int64_t *)sum += waited;
    return false;
}

struct span {
    int64_t began_ns, waited_ns;
    pid_t caller; /* -1: not one alone */
};

static int64_t waited_ns(pid_t caller)
{
    long long ran, waited;
    int64_t all = 0;

    if (!procfs_thread_times(caller, caller, &ran, &waited))
        return 0; /* it has ended */
    (void)procfs_any_thread(getpid(), add_waited, &all);
    return all + waited;
}

static void span_begin(struct span *s, struct fault *f)
{
    s->began_ns = deadline_now_ns();
    s->caller = fault_caller(f, CALL_ACCEPT);
    s->waited_ns = s->caller > 0 ? waited_ns(s->caller) : 0;
}

/* The time since, less what the one thread that makes all calls waited for a
   processor, and what ours waited that answers them: they take turns, so a
   thread that spins makes few calls beside other work, but those without a
   pause. Where several threads call, a pause of one may be another's wait, and
   all time counts. */
static int64_t span_ns(const struct span *s, struct fault *f)
{
    int64_t since = deadline_now_ns() - s->began_ns, waited = 0;

    if (s->caller > 0 && fault_caller(f, CALL_ACCEPT) == s->caller)
        waited = waited_ns(s->caller) - s->waited_ns;
    return waited > 0 && waited < since ? since - waited : since;
}

/* While every accept fails, count them for a time in which a server that spins
   makes thousands, even with a tenth of a processor. */
static void accept_emfile_quiet(struct context *c)
{
    struct fault *f = faulty_up(c, CALL_BIT(CALL_ACCEPT), true);
    struct fault_fds fds = { 0 };
    long before, made, least, most;
    struct span all;
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
        span_begin(&all, f);
        run_time_begin(&quiet, c, QUIET_MS);
        do {
            look_later(last);
            made = fault_made(f, CALL_ACCEPT) - before;
            if (made > least) /* a pool may have grown since */
                least = quiet_calls(c);
            over = run_time_over(&quiet, c);
            most = least * (1 + span_ns(&all, f) / QUIET_NS);
        } while (made <= most && !over && !deadline_passed(last));
        verdict_figure(c->v, "accepts", (double)made);
        verdict_expected(c->v, "at most %ld calls of accept in %d ms of EMFILE",
                         least, QUIET_MS);
        verdict_observed(c->v, "%ld", made);
        if (server_ended(c))
            verdict_skip(c->v, "the server has ended");
        else if (made > most && (made > burst_calls(c, thread_count(c)) *
                                            bursts(all.began_ns) ||
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

const struct case_table fault_accept_quiet_cases = CASE_TABLE(cases);
