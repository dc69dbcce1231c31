/* SPDX-License-Identifier: MIT */
/* Three rounds of clients: what there is more of after the third than after the
   second may be a leak. A pool grows to as many as were ever needed at once
   (the pipes that Go keeps for splice), mostly in the first round, but in any
   that happens to need more. What is lost for each of so many clients grows
   with every round: so it must grow in each of some more, equal to the third.
 */
#include "cases/process/process.h"

#include "judge/judge_requirement.h"
#include "kit/shown.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <limits.h>

/* Of a descriptor that is lost once in so many connections, as where a log is
   opened anew, each round that counts must see one; under memcheck, where a
   connection takes a tenth of a second, of fewer. */
enum {
    ROUND = 50,
    STEP = 50,
    FDS_FIRST = 40, /* each way to leave at least once */
    FDS_ROUND = 150,
    STEADY_FIRST = 250,
    STEADY_ROUND = 1000,
    STEADY_MS = 10000, /* for those before; else the others take too long */
    BROKEN_ROUND = 80, /* of each way to break off as many */
    MORE_ROUNDS = 3
};

struct rounds {
    unsigned first;   /* clients of the first and the second, each */
    unsigned clients; /* of each further one */
    double most_ms;   /* for the first two; 0: any */
    struct snapshot second, third;
    struct snapshot last; /* of those that follow the third */
    struct growth growth; /* of the round before the last */
    struct growth again;  /* of the last */
};

static void rounds_free(struct rounds *r)
{
    snapshot_free(&r->second);
    snapshot_free(&r->third);
    snapshot_free(&r->last);
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

/* More rounds, until one adds nothing: third is the one before the last then.
   False: decided. */
static bool grows_on(struct context *c, struct rounds *r, enum leaving leaving,
                     measure *what)
{
    for (int i = 0; i < MORE_ROUNDS; i++) {
        if (i > 0) {
            struct snapshot before = r->third;

            r->third = r->last;
            r->last = before;
            r->growth = r->again;
        }
        if (!simple_client_round(c, r->clients, leaving, NULL) ||
            !wait_idle(c, &r->last))
            return false;
        r->again = audit_growth(&c->subject, &r->third, &r->last);
        if (what(&r->again) <= 0)
            break;
    }
    return true;
}

/* A round, as much at a time as shows soon that it takes too long. False:
   decided. */
static bool round_in_time(struct context *c, const struct rounds *r,
                          enum leaving leaving, struct budget *budget,
                          unsigned *done)
{
    char why[BUDGET_TEXT];

    for (unsigned end = *done + r->first; *done < end;) {
        unsigned left = end - *done, now = left < STEP ? left : STEP;

        if (!simple_client_round(c, now, leaving, NULL))
            return false;
        *done += now;
        if (r->most_ms <= 0 || !budget_spent(budget, *done))
            continue;
        budget_tell(budget, "connections", *done, why);
        verdict_skip(c->v, "%s: see process/fds-return", why);
        return false;
    }
    return true;
}

/* The first and the second. False: decided. */
static bool rounds_before(struct context *c, struct rounds *r,
                          enum leaving leaving)
{
    struct budget budget = budget_of(r->most_ms, (size_t)2 * r->first);

    for (unsigned done = 0; done < 2 * r->first;)
        if (!round_in_time(c, r, leaving, &budget, &done) ||
            !wait_idle(c, &r->second))
            return false;
    return true;
}

/* False: decided. */
static bool rounds_run(struct context *c, struct rounds *r,
                       enum leaving leaving, measure *what)
{
    if (!server_up(c) || !rounds_before(c, r, leaving) ||
        !simple_client_round(c, r->clients, leaving, NULL) ||
        !third_rest(c, r, what))
        return false;
    if (what(&r->growth) == 0)
        return true;
    return grows_on(c, r, leaving, what);
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
        .after = &r->last,
    };
}

static void workers(struct context *c, unsigned clients, enum leaving leaving,
                    const char *who)
{
    struct rounds_seen s;
    struct rounds r = { .first = clients, .clients = clients };
    size_t owed = simple_client_owed();

    if (rounds_run(c, &r, leaving, of_workers)) {
        if (leaving == LEAVE_RESET && simple_client_owed() == owed)
            verdict_fact(c->v,
                         "nothing was owed to any of the clients that reset");
        verdict_figure(c->v, "processes", (double)r.third.n);
        verdict_figure(c->v, "threads", (double)r.third.threads);
        s = seen(c, &r, who);
        judge_workers(&s, c->v);
    }
    rounds_free(&r);
}

static void workers_exit(struct context *c)
{
    workers(c, ROUND, LEAVE_IN_ORDER, "clients");
}

static void workers_after_resets(struct context *c)
{
    workers(c, BROKEN_ROUND, LEAVE_RESET, "clients that reset");
}

static void fds(struct context *c, struct rounds r, enum leaving leaving,
                const char *who)
{
    struct rounds_seen s;

    if (rounds_run(c, &r, leaving, of_fds) &&
        judge_sees_fds(&c->subject, &r.third, c->v)) {
        verdict_figure(c->v, "fds", (double)r.third.fds);
        s = seen(c, &r, who);
        judge_fds(&s, c->v);
    }
    rounds_free(&r);
}

static struct rounds fds_rounds(const struct context *c)
{
    return (struct rounds){ .first = FDS_FIRST,
                            .clients = c->target.valgrind ? ROUND : FDS_ROUND };
}

static void fds_return(struct context *c)
{
    fds(c, fds_rounds(c), LEAVE_ANY_WAY, "clients");
}

static void fds_after_resets(struct context *c)
{
    fds(c, fds_rounds(c), LEAVE_RESET, "clients that reset");
}

/* The cases before had as many clients, and it holds the same as it did. */
static bool fds_were_steady(struct context *c, const struct rounds *r)
{
    const struct shown_look *first, *second;

    if (!shown_between(c, 2 * (size_t)r->first, r->clients, &first, &second) ||
        !snapshot_shows_fds(&second->at_rest, c->subject.server) ||
        audit_growth(&c->subject, &first->at_rest, &second->at_rest).fds ||
        audit_growth(&c->subject, &second->at_rest, &first->at_rest).fds)
        return false;
    verdict_fact(c->v, "seen at the clients of the cases before: %zu after %zu",
                 second->clients - first->clients, first->clients);
    verdict_figure(c->v, "fds", (double)second->at_rest.fds);
    verdict_pass(c->v);
    return true;
}

static void fds_steady(struct context *c)
{
    struct rounds r = { .first = STEADY_FIRST,
                        .clients = STEADY_ROUND,
                        .most_ms = STEADY_MS };

    if (c->target.valgrind)
        verdict_skip(c->v, "under valgrind so many connections take minutes: "
                           "see process/fds-return");
    else if (!fds_were_steady(c, &r))
        fds(c, r, LEAVE_IN_ORDER, "clients");
}

static const struct test_case cases[] = {
    { "process/workers-exit", MUST,
      "a further round of clients leaves no more processes and threads",
      "UNP 4.8", workers_exit, 60,
      "Processes and threads at rest after one round of equal clients and "
      "after the next, once pools had a round to grow in; what has grown must "
      "grow with each of three rounds more.",
      "The worker does not end when recv returns 0.",
      "End the worker (_exit) at end of file and at an error.", .holds = 16,
      .leaves_as_found = true },
    { "process/fds-return", MUST,
      "open descriptors do not grow from one equal round to the next",
      "UNP 4.8", fds_return, 100,
      "/proc/PID/fd of the server's processes, by kind of descriptor, at rest "
      "before and after 150 equal clients (of echo some of them leave without a "
      "word); what has grown must grow with each of three times 150 more, or it "
      "is a pool.",
      "The parent does not close the connected socket after fork.",
      "close(cfd) in the parent on every path, a failed fork included.",
      .holds = 16, .leaves_as_found = true },
    { "process/fds-steady", MUST,
      "open descriptors do not grow from the 500th connection to the 1,500th",
      "UNP 4.8", fds_steady, 300,
      "The same at rest after 500 clients and after 1,000 more, or after those "
      "of load/churn and of load/overlap on one server: a descriptor that is "
      "lost once in 200 shows. What has grown must grow with each of three "
      "times 1,000 more. Not judged where the first 500 would take more than "
      "10 s, or 2.5 s of processor time.",
      "A log, a file of statistics or of configuration that is opened anew now "
      "and then, and the old one stays open.",
      "Close what the new one replaces, on every path.", .holds = 16,
      .leaves_as_found = true, .series = "clients in order" },
    { "process/fds-after-resets", MUST,
      "open descriptors do not grow after clients that reset", "UNP 5.13",
      fds_after_resets, 100,
      "The same with clients that all reset, as those of "
      "process/workers-after-resets.",
      "return from the worker's loop on ECONNRESET before the close.",
      "One way out of the function, which closes.", .holds = 16,
      .leaves_as_found = true },
    { "process/workers-after-resets", MUST,
      "processes and threads do not grow after clients that reset", "UNP 5.13",
      workers_after_resets, 120,
      "As process/workers-exit, with clients that reset: in mid-frame, while "
      "they say nothing, and with 256 KiB on their way that they do not read; of "
      "echo also as soon as they are connected, and after their FIN.",
      "A worker that gives an error of recv or send another try, or waits for "
      "a partner (a thread that sends, a parent) that has met it.",
      "End the worker at every error but EINTR, and its partner with it.",
      .holds = 16, .leaves_as_found = true },
};

const struct case_table process_rounds_cases = CASE_TABLE(cases);
