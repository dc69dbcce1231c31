/* SPDX-License-Identifier: MIT */
/* The verdicts on what a server held before and after crowds of clients; all of
   it is made up. */
#include "judge/judge_stress.h"

#include "judge/test_judgement.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    CLIENTS = 100,
    RESETS = 10,
    SERVER = 5000000
}; /* SERVER is no pid: the largest there can be is 4194304 */

typedef void judge(const struct stress_seen *s, struct verdict *v);

static judge *const judges[] = {
    judge_stress_zombies,          judge_stress_workers, judge_stress_fds,
    judge_stress_fds_after_resets, judge_stress_sockets,
};

enum { JUDGES = sizeof judges / sizeof *judges };

static const struct subject subject = { .sd = -1, .server = SERVER };
static const struct crowd_plan *plan;
static struct stress_seen seen;

static void judged(judge *of, enum verdict_kind kind, const char *reason,
                   size_t nfacts)
{
    struct verdict v;

    verdict_init(&v);
    of(&seen, &v);
    CHECK_VERDICT(&v, kind, reason, nfacts);
    verdict_free(&v);
}

/* A server that holds fds files, and its workers. The first worker has the pid
   of this very process, so that the judge finds something to say of it. */
static struct snapshot holds(long fds, size_t workers)
{
    struct snapshot s = { .n = 1 + workers, .threads = 1 + (long)workers };

    s.process = calloc(s.n, sizeof *s.process);
    if (!s.process)
        abort();
    s.process[0] = (struct audit_process){ .pid = SERVER,
                                           .threads = 1,
                                           .fds_known = true };
    s.process[0].fds.fd = calloc((size_t)fds, sizeof *s.process[0].fds.fd);
    for (; s.fds < fds; s.fds++) {
        struct proc_fd *fd = &s.process[0].fds.fd[s.fds];

        fd->fd = (int)s.fds;
        (void)snprintf(fd->what, sizeof fd->what, "socket:[%ld]", s.fds + 1);
    }
    s.process[0].fds.n = (size_t)fds;
    for (size_t i = 1; i <= workers; i++)
        s.process[i] = (struct audit_process){
            .pid = getpid() + (pid_t)i - 1,
            .start_ticks = i,
            .threads = 1,
        };
    CHECK_INT(snapshot_index(&s), 0);
    return s;
}

static void forget(void)
{
    snapshot_free(&seen.before);
    snapshot_free(&seen.first.at_rest);
    snapshot_free(&seen.plain.at_rest);
    snapshot_free(&seen.resets.at_rest);
}

static struct round_seen round_of(enum idle rest, long fds, size_t workers)
{
    return (struct round_seen){ .done = true,
                                .rest = rest,
                                .at_rest = holds(fds, workers) };
}

/* 5 files and no worker before any crowd; these files and workers after the
   first crowd. */
static void first(enum idle rest, long fds, size_t workers)
{
    forget();
    seen = (struct stress_seen){
        .plan = plan,
        .subject = &subject,
        .timeout_ms = 2000,
        .before = holds(5, 0),
        .first = round_of(rest, fds, workers),
        .nresets = RESETS,
    };
}

/* These files and workers after a second crowd, in which no client resets. */
static void then(long fds, size_t workers)
{
    snapshot_free(&seen.plain.at_rest);
    seen.plain = round_of(IDLE_MORE, fds, workers);
}

/* These files after a crowd of clients that all reset. */
static void at_last(long fds)
{
    snapshot_free(&seen.resets.at_rest);
    seen.resets = round_of(IDLE_MORE, fds, 0);
}

static void a_server_that_is_as_before_passes(void)
{
    first(IDLE, 5, 0);
    for (int i = 0; i < JUDGES; i++)
        judged(judges[i], VERDICT_PASS, NULL, 0);
    CHECK(!judge_stress_is_suspicious(&seen));
}

static void what_was_not_looked_at_is_not_judged(void)
{
    first(IDLE, 5, 0);
    seen.ended = true;
    for (int i = 0; i < JUDGES; i++)
        judged(judges[i], VERDICT_SKIP, "the server has ended", 0);
    first(IDLE_ENDED, 5, 0);
    for (int i = 0; i < JUDGES; i++)
        judged(judges[i], VERDICT_SKIP, "the server has ended", 0);
    first(IDLE_TROUBLE, 5, 0);
    for (int i = 0; i < JUDGES; i++)
        judged(judges[i], VERDICT_ERROR,
               "its processes could not be looked "
               "at",
               0);
    first(IDLE, 5, 0);
    seen.first.done = false;
    for (int i = 0; i < JUDGES; i++)
        judged(judges[i], VERDICT_ERROR,
               "its processes could not be looked "
               "at",
               0);
    strcpy(seen.first.broken, "fork: no memory");
    for (int i = 0; i < JUDGES; i++)
        judged(judges[i], VERDICT_ERROR,
               "a further crowd of clients broke "
               "off: fork: no memory",
               0);
}

/* A further crowd is needed only to tell a leak from a pool. */
static void only_growth_is_suspicious(void)
{
    first(IDLE_MORE, 5, 0);
    CHECK(!judge_stress_is_suspicious(&seen));
    first(IDLE_MORE, 6, 0);
    CHECK(judge_stress_is_suspicious(&seen));
    judged(judge_stress_fds, VERDICT_ERROR,
           "its processes could not be looked at", 0);
    judged(judge_stress_workers, VERDICT_PASS, NULL, 0);
    first(IDLE_MORE, 5, 1);
    CHECK(judge_stress_is_suspicious(&seen));
    judged(judge_stress_workers, VERDICT_ERROR,
           "its processes could not be looked "
           "at",
           0);
    judged(judge_stress_fds, VERDICT_PASS, NULL, 0);
    first(IDLE_ENDED, 6, 1);
    CHECK(!judge_stress_is_suspicious(&seen));
}

static void zombies_fail(void)
{
    first(IDLE_MORE, 5, 0);
    CHECK_INT(pid_list_add(&seen.first.at_rest.zombies, getpid()), 0);
    judged(judge_stress_zombies, VERDICT_FAIL, "1 zombies are left", 1);
    judged(judge_stress_workers, VERDICT_PASS, NULL, 0);
    /* Some are named, however many there are. */
    for (int i = 0; i < 20; i++)
        CHECK_INT(pid_list_add(&seen.first.at_rest.zombies, getpid()), 0);
    judged(judge_stress_zombies, VERDICT_FAIL, "21 zombies are left", 8);
}

static void connections_that_stay_fail(void)
{
    first(IDLE_MORE, 5, 0);
    seen.first.at_rest.sockets = 3;
    judged(judge_stress_sockets, VERDICT_FAIL,
           "3 connections were never closed", 0);
    judged(judge_stress_fds, VERDICT_PASS, NULL, 0);
}

static void workers_that_stay_fail_unless_they_are_a_pool(void)
{
    struct verdict v;
    char start[32];

    first(IDLE_MORE, 5, 2);
    then(5, 2);
    judged(judge_stress_workers, VERDICT_PASS, NULL, 0);
    /* Two before and two after, but one of the two is another process: the
       number has not grown, so no worker counts as left over. */
    seen.first.at_rest.process[1].start_ticks = 77;
    judged(judge_stress_workers, VERDICT_PASS, NULL, 0);
    first(IDLE_MORE, 5, 0);
    seen.first.at_rest.threads = 4;
    then(5, 1);
    seen.plain.at_rest.threads = 6;
    verdict_init(&v);
    judge_stress_workers(&seen, &v);
    CHECK_VERDICT(&v, VERDICT_FAIL,
                  "1 processes and 1 threads stayed after "
                  "their 100 clients had left",
                  1);
    CHECK_STR(v.evidence.observed, "0 processes and 3 threads more after one "
                                   "round, 1 and 1 more after the next");
    (void)snprintf(start, sizeof start, "pid %d", (int)getpid());
    CHECK(fact_of(&v, 0) && strncmp(fact_of(&v, 0), start, strlen(start)) == 0);
    verdict_free(&v);
}

static void fds_that_stay_fail_unless_they_are_a_pool(void)
{
    struct verdict v;

    first(IDLE_MORE, 8, 0);
    then(8, 0);
    judged(judge_stress_fds, VERDICT_PASS, NULL, 0);
    then(10, 0);
    verdict_init(&v);
    judge_stress_fds(&seen, &v);
    CHECK_VERDICT(&v, VERDICT_FAIL, "2 descriptors leaked by 100 clients", 2);
    CHECK_STR(v.evidence.observed,
              "3 more after one round, 2 more after the next");
    CHECK_STR(fact_of(&v, 1),
              "pid 5000000 [5000000] holds fd 9 "
              "socket:[10], which it did not before the last round");
    verdict_free(&v);
    seen.plain.done = false;
    strcpy(seen.plain.broken, "it was killed");
    judged(judge_stress_fds, VERDICT_ERROR,
           "a further crowd of clients broke off: "
           "it was killed",
           0);
}

/* plain: files that the crowd without resets leaks. reset: files that the crowd
   of ten clients that reset leaks. */
static void resets(long plain, long reset, enum verdict_kind kind,
                   const char *reason, size_t nfacts)
{
    first(IDLE_MORE, 6, 0);
    then(6 + plain, 0);
    at_last(6 + plain + reset);
    judged(judge_stress_fds_after_resets, kind, reason, nfacts);
}

static void a_leak_by_resets_is_told_from_any_leak(void)
{
    const char *any = "descriptors leak with ordinary clients as well: see "
                      "process/fds-return";

    resets(0, 0, VERDICT_PASS, NULL, 0);
    resets(50, 0, VERDICT_PASS, NULL, 0);
    resets(0, 1, VERDICT_FAIL, "1 descriptors leaked by 10 clients that reset",
           1);
    /* 50 of 100 clients leaked, and 5 of 10 that reset: the same rate. */
    resets(50, 5, VERDICT_SKIP, any, 0);
    resets(50, 6, VERDICT_FAIL, "6 descriptors leaked by 10 clients that reset",
           6);
    /* 1 of 100 is a tenth of a file for 10 clients: rounded up to one. */
    resets(1, 1, VERDICT_SKIP, any, 0);
    /* Every client that reset leaked: that cannot be chance. */
    resets(100, 9, VERDICT_SKIP, any, 0);
    resets(100, 10, VERDICT_FAIL,
           "10 descriptors leaked by 10 clients that reset", 8);
}

static void without_a_further_crowd_resets_are_not_judged(void)
{
    first(IDLE_MORE, 6, 0);
    judged(judge_stress_fds_after_resets, VERDICT_ERROR,
           "its processes could not be "
           "looked at",
           0);
    then(6, 0);
    judged(judge_stress_fds_after_resets, VERDICT_ERROR,
           "its processes could not be "
           "looked at",
           0);
    at_last(6);
    judged(judge_stress_fds_after_resets, VERDICT_PASS, NULL, 0);
}

int main(void)
{
    struct crowd_plan *p = aligned_alloc(4096, sizeof *p);

    if (!p)
        abort();
    memset(p, 0, sizeof *p);
    p->clients = CLIENTS;
    plan = p;
    a_server_that_is_as_before_passes();
    what_was_not_looked_at_is_not_judged();
    only_growth_is_suspicious();
    zombies_fail();
    connections_that_stay_fail();
    workers_that_stay_fail_unless_they_are_a_pool();
    fds_that_stay_fail_unless_they_are_a_pool();
    a_leak_by_resets_is_told_from_any_leak();
    without_a_further_crowd_resets_are_not_judged();
    forget();
    free(p);
    return check_result();
}
