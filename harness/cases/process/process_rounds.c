/* SPDX-License-Identifier: MIT */
/* Three rounds of clients: what there is more of after the third than after the
   second may be a leak. A pool may grow with the first round, and even with the
   third, if one thread was late in the second. So what has grown must grow once
   more in a fourth, which is equal to the third. */
#include "cases/process/process.h"

#include "judge/judge_requirement.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <limits.h>

/* Of a descriptor that is lost once in so many connections, as where a log is
   opened anew, each round that counts must see one; under memcheck, where a
   connection takes a tenth of a second, of fewer. */
enum { ROUND = 50, FDS_FIRST = 25, FDS_ROUND = 150 };

struct rounds {
    unsigned first;   /* clients of the first and the second, each */
    unsigned clients; /* of the third and the fourth */
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

/* Look until nothing has grown, or the growth has not become less within the
   deadline. */
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
    if (!server_up(c) || !simple_client_round(c, r->first, leaving, NULL) ||
        !wait_idle(c, &r->second) ||
        !simple_client_round(c, r->first, leaving, NULL) ||
        !wait_idle(c, &r->second) ||
        !simple_client_round(c, r->clients, leaving, NULL) ||
        !third_rest(c, r, what))
        return false;
    if (what(&r->growth) == 0)
        return true;
    if (!simple_client_round(c, r->clients, leaving, NULL) ||
        !wait_idle(c, &r->fourth))
        return false;
    r->again = audit_growth(&c->subject, &r->third, &r->fourth);
    return true;
}

static struct rounds_seen seen(struct context *c, const struct rounds *r,
                               const char *who)
{
    return (struct rounds_seen){
        .subject = &c->subject,
        .clients = r->clients,
        .who = who,
        .growth = r->growth,
        .again = r->again,
        .before = &r->third,
        .after = &r->fourth,
    };
}

static void workers_exit(struct context *c)
{
    struct rounds_seen s;
    struct rounds r = { .first = ROUND, .clients = ROUND };

    if (rounds_run(c, &r, LEAVE_IN_ORDER, of_workers)) {
        verdict_figure(c->v, "processes", (double)r.third.n);
        verdict_figure(c->v, "threads", (double)r.third.threads);
        s = seen(c, &r, "clients");
        judge_workers(&s, c->v);
    }
    rounds_free(&r);
}

static void fds(struct context *c, enum leaving leaving, const char *who)
{
    struct rounds_seen s;
    struct rounds r = { .first = FDS_FIRST,
                        .clients = c->target.valgrind ? ROUND : FDS_ROUND };

    if (rounds_run(c, &r, leaving, of_fds) &&
        judge_sees_fds(&c->subject, &r.third, c->v)) {
        verdict_figure(c->v, "fds", (double)r.third.fds);
        s = seen(c, &r, who);
        judge_fds(&s, c->v);
    }
    rounds_free(&r);
}

static void fds_return(struct context *c)
{
    fds(c, LEAVE_IN_ORDER, "clients");
}

static void fds_after_resets(struct context *c)
{
    fds(c, LEAVE_BY_RESET, "clients that reset");
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
      "UNP 4.8", fds_return, 100,
      "/proc/PID/fd of the server's processes, by kind of descriptor, at rest "
      "before and after 150 equal clients; what has grown must grow again with "
      "150 more.",
      "The parent does not close the connected socket after fork.",
      "close(cfd) in the parent on every path, a failed fork included.",
      .holds = 16 },
    { "process/fds-after-resets", MUST,
      "open descriptors do not grow after clients that reset", "UNP 5.13",
      fds_after_resets, 100,
      "The same with clients that all reset in mid-frame.",
      "return from the worker's loop on ECONNRESET before the close.",
      "One way out of the function, which closes.", .holds = 16 },
};

const struct case_table process_rounds_cases = CASE_TABLE(cases);
