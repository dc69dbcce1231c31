/* SPDX-License-Identifier: MIT */
/* The workers of a pool are killed one after another while they wait. */
#include "cases/fault/faulty.h"
#include "cases/process/process.h"

#include "kit/wait_idle.h"
#include "linux/process_signal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* All but the server process that can accept. */
static int pool_of(struct context *c, struct pid_list *workers)
{
    struct pid_list holders = { NULL, 0, 0 };
    int rc = 0;

    for (size_t k = 0; rc == 0 && k < c->subject.nlisteners; k++)
        rc = subject_holders(&c->subject, c->subject.listener[k], &holders);
    for (size_t i = 0; rc == 0 && i < holders.n; i++)
        if (holders.pid[i] != c->subject.server &&
            !pid_list_has(workers, holders.pid[i]))
            rc = pid_list_add(workers, holders.pid[i]);
    pid_list_free(&holders);
    return rc;
}

/* False: decided. One that has ended since, as another did, needs no signal. */
static bool kill_one(struct context *c, pid_t worker)
{
    if (process_signal(worker, SIGKILL) < 0 && errno != ESRCH) {
        verdict_error(c->v, "cannot kill worker pid %d: %s", (int)worker,
                      strerror(errno));
        return false;
    }
    (void)process_ended(c, worker);
    return true;
}

/* To end, and to say so, is no silence: whoever starts it again knows. */
static bool ended_aloud(struct context *c)
{
    char *said;
    bool aloud;

    if (!server_ended(c))
        return false;
    said = subject_said(&c->subject);
    aloud = said || (c->subject.start_ended && c->subject.start_status != 0);
    free(said);
    return aloud;
}

static bool serves_on(struct context *c, const char *after)
{
    if (faulty_lives(c, NULL, after))
        return true;
    if (ended_aloud(c))
        verdict_excuse(c->v, "the server has ended %s and said so", after);
    return false;
}

static bool outlives(struct context *c, const struct pid_list *workers)
{
    for (size_t i = 0; i < workers->n; i++) {
        if (!kill_one(c, workers->pid[i]))
            return false;
        if (i == 0 && !serves_on(c, "after a worker that waited was killed"))
            return false;
        server_let_act(c);
    }
    return serves_on(c, "after each worker in turn was killed");
}

static void pool_worker_killed(struct context *c)
{
    struct pid_list workers = { NULL, 0, 0 };

    if (!needs_own_start(c))
        return;
    if (c->model != MODEL_PREFORK) {
        verdict_skip(c->v, "the server has no pool of processes (%s)",
                     model_name(c->model));
        return;
    }
    if (!server_up(c) || !must_serve(c, "at first"))
        return;
    wait_asleep(c);
    if (pool_of(c, &workers) < 0)
        verdict_error(c->v, "cannot list its processes: %s", strerror(errno));
    else if (workers.n == 0)
        verdict_skip(c->v, "no process beside the server process can accept");
    else if (outlives(c, &workers))
        verdict_pass(c->v);
    pid_list_free(&workers);
}

static const struct test_case cases[] = {
    { "process/pool-worker-killed", SHOULD,
      "the workers of a pool are killed while they wait, and it serves on", "-",
      pool_worker_killed, 100,
      "Of the processes beside the server process that hold the listening "
      "socket one is killed (SIGKILL) while it waits, and a new client must be "
      "served; then each other in turn, and again one. A server that ends and "
      "says so is no silence.",
      "A pool that is filled at the start alone; or a lock around accept that "
      "nobody gives back when its owner dies.",
      "Wait for the workers in the master, and start another for each that "
      "ends; a lock that the kernel frees (flock, a robust mutex), or none: "
      "accept needs none on Linux." },
};

const struct case_table process_pool_cases = CASE_TABLE(cases);
