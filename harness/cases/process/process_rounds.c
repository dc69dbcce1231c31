/* SPDX-License-Identifier: MIT */
/* A round, an equal one, another equal one: what there is more of after the
   third than after the second is a leak. A pool may start empty and grow with
   the first; it may even grow with the third, if of the second one thread was
   late. So what has grown must grow once more. */
#include "cases/process/process.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <limits.h>
#include <string.h>

enum { ROUND = 50, MOST_FACTS = 8 };

struct rounds {
    struct snapshot second, third, fourth;
    struct growth growth; /* from the second to the third */
    struct growth again;  /* from the third to the fourth */
};

static void rounds_free(struct rounds *r)
{
    snapshot_free(&r->second);
    snapshot_free(&r->third);
    snapshot_free(&r->fourth);
}

typedef long measure(const struct growth *g);

static long of_workers(const struct growth *g)
{
    return g->processes + g->threads;
}

static long of_fds(const struct growth *g)
{
    return g->fds;
}

/* Look until nothing has grown, or it has not become less for the deadline. */
static bool third_rest(struct context *c, struct rounds *r, measure *what)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    long least = LONG_MAX, grown;

    for (;;) {
        if (!wait_idle(c, &r->third))
            return false;
        r->growth = audit_growth(&c->subject, &r->second, &r->third);
        grown = what(&r->growth);
        if (grown == 0 || (deadline_passed(d) && grown >= least))
            return true;
        if (grown < least) {
            least = grown;
            d = wait_deadline(c);
        }
        pause_until(&pause, d);
    }
}

/* False: decided. */
static bool rounds_run(struct context *c, struct rounds *r,
                       enum leaving leaving, measure *what)
{
    memset(r, 0, sizeof *r);
    if (!server_up(c) || !simple_client_round(c, ROUND, leaving, NULL) ||
        !wait_idle(c, &r->second) ||
        !simple_client_round(c, ROUND, leaving, NULL) ||
        !wait_idle(c, &r->second) ||
        !simple_client_round(c, ROUND, leaving, NULL) ||
        !third_rest(c, r, what))
        return false;
    if (what(&r->growth) == 0)
        return true;
    if (!simple_client_round(c, ROUND, leaving, NULL) ||
        !wait_idle(c, &r->fourth))
        return false;
    r->again = audit_growth(&c->subject, &r->third, &r->fourth);
    return true;
}

/* ---- processes and threads ---- */

/* What is there after the fourth round that was not after the third. */
static void name_workers(struct context *c, const struct rounds *r)
{
    int n = 0;

    for (size_t i = 0; i < r->fourth.n && n < MOST_FACTS; i++) {
        const struct audit_process *p = &r->fourth.process[i];
        const struct audit_process *then = snapshot_find(&r->third, p);
        char text[512];

        if (then && then->threads == p->threads)
            continue;
        audit_describe(&c->subject, p, text, sizeof text);
        verdict_fact(c->v, "%s", text);
        n++;
    }
}

static void workers_exit(struct context *c)
{
    struct rounds r;

    if (rounds_run(c, &r, LEAVE_IN_ORDER, of_workers)) {
        verdict_figure(c->v, "processes", (double)r.third.n);
        verdict_figure(c->v, "threads", (double)r.third.threads);
        if (of_workers(&r.growth) == 0 || of_workers(&r.again) == 0) {
            verdict_pass(c->v);
        } else {
            verdict_expected(c->v,
                             "a third round of %d clients leaves no more "
                             "processes and threads than the second",
                             ROUND);
            verdict_observed(c->v,
                             "%ld processes and %ld threads more after the "
                             "third, %ld and %ld more after a fourth",
                             r.growth.processes, r.growth.threads,
                             r.again.processes, r.again.threads);
            verdict_fail(c->v,
                         "%ld processes and %ld threads stayed after their "
                         "%d clients had left",
                         r.growth.processes, r.growth.threads, ROUND);
            name_workers(c, &r);
        }
    }
    rounds_free(&r);
}

/* ---- descriptors ---- */

static void name_fds(struct context *c, const struct rounds *r)
{
    struct leaked_fd leaked[MOST_FACTS];
    size_t n =
        audit_leaked(&c->subject, &r->third, &r->fourth, leaked, MOST_FACTS);

    for (size_t i = 0; i < n; i++)
        verdict_fact(c->v,
                     "pid %ld [%d] holds fd %d %s, which it did not "
                     "before the last round",
                     leaked[i].pid, (int)procfs_inner_pid((pid_t)leaked[i].pid),
                     leaked[i].fd, leaked[i].what);
}

/* The server's own are what is looked at: without them there is nothing. */
static bool fds_seen(struct context *c, const struct snapshot *s)
{
    if (snapshot_shows_fds(s, c->subject.server))
        return true;
    verdict_skip(c->v, "the descriptors of pid %d are not ours to see",
                 (int)c->subject.server);
    return false;
}

static void judge_fds(struct context *c, struct verdict *v,
                      enum leaving leaving, const char *who)
{
    struct rounds r;

    if (rounds_run(c, &r, leaving, of_fds) && fds_seen(c, &r.third)) {
        verdict_figure(v, "fds", (double)r.third.fds);
        if (r.growth.fds == 0 || r.again.fds == 0) {
            verdict_pass(v);
        } else {
            verdict_expected(v,
                             "a third round of %d %s leaves no more open "
                             "descriptors than the second",
                             ROUND, who);
            verdict_observed(v,
                             "%ld more after the third, %ld more after a "
                             "fourth",
                             r.growth.fds, r.again.fds);
            verdict_fail(v, "%ld descriptors leaked by %d %s", r.growth.fds,
                         ROUND, who);
            name_fds(c, &r);
        }
    }
    rounds_free(&r);
}

static void fds_return(struct context *c)
{
    judge_fds(c, c->v, LEAVE_IN_ORDER, "clients");
}

static void fds_after_resets(struct context *c)
{
    judge_fds(c, c->v, LEAVE_BY_RESET, "clients that reset");
}

static const struct test_case cases[] = {
    { "process/workers-exit", MUST,
      "a further round of clients leaves no more processes and threads",
      "UNP 4.8", workers_exit, 60,
      "Processes and threads at rest after one round of equal clients and "
      "after the next, once pools had a round to grow in; what has grown must "
      "grow again with one round more.",
      "The worker does not end when recv returns 0.",
      "End the worker (_exit) at end of file and at an error.", .holds = 16 },
    { "process/fds-return", MUST,
      "open descriptors do not grow from one equal round to the next",
      "UNP 4.8", fds_return, 60,
      "/proc/PID/fd of the server's processes, by kind of descriptor, at rest "
      "after one round of equal clients and after the next; what has grown "
      "must grow again with one round more.",
      "The parent does not close the connected socket after fork.",
      "close(cfd) in the parent on every path, a failed fork included.",
      .holds = 16 },
    { "process/fds-after-resets", MUST,
      "open descriptors do not grow after clients that reset", "UNP 5.13",
      fds_after_resets, 60,
      "The same with clients that all reset in mid-frame.",
      "return from the worker's loop on ECONNRESET before the close.",
      "One way out of the function, which closes.", .holds = 16 },
};

const struct case_table process_rounds_cases = CASE_TABLE(cases);
