/* SPDX-License-Identifier: MIT */
/* SIGCHLD between the look at a flag and the call that then sleeps: the zombie
   stays until the next client comes. The call in which the server would wait is
   held while a worker ends. */
#include "cases/fault/faulty.h"
#include "cases/fault/moment.h"
#include "cases/process/process.h"

#include "judge/judge_requirement.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "stillness/sleep_watch.h"

#include <signal.h>

enum { LOOK_AGAIN_MS = 500 };

/* The children that the server has beyond those of before: one may be made only
   now for a client that was accepted. */
static void await_children(struct context *c, const struct pid_list *before,
                           struct pid_list *workers)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    for (;;) {
        struct pid_list now = { NULL, 0, 0 };

        if (procfs_children(c->subject.server, &now) == 0)
            for (size_t i = 0; i < now.n; i++)
                if (!pid_list_has(before, now.pid[i]))
                    (void)pid_list_add(workers, now.pid[i]);
        pid_list_free(&now);
        if (workers->n || server_ended(c) || deadline_passed(d))
            return;
        pause_until(&pause, d);
    }
}

/* Wait until none of these lives; those that are zombies then stay in the
   list. False at the deadline. */
static bool workers_end(struct context *c, struct pid_list *workers)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct proc_stat st;
    size_t n = 0, alive;

    do {
        alive = 0;
        for (size_t i = 0; i < workers->n; i++)
            alive += procfs_alive(workers->pid[i]);
        if (alive && deadline_passed(d))
            return false;
        if (alive)
            pause_until(&pause, d);
    } while (alive);
    for (size_t i = 0; i < workers->n; i++)
        if (procfs_stat(workers->pid[i], &st) == 0 && procfs_is_zombie(&st))
            workers->pid[n++] = workers->pid[i];
    workers->n = n;
    return true;
}

/* Wait until they are gone; those that stay are left in zombies. */
static void await_gone(struct context *c, struct pid_list *zombies)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    while (zombies->n && !deadline_passed(d)) {
        struct proc_stat st;
        size_t n = 0;

        pause_until(&pause, d);
        for (size_t i = 0; i < zombies->n; i++)
            if (procfs_stat(zombies->pid[i], &st) == 0 && procfs_is_zombie(&st))
                zombies->pid[n++] = zombies->pid[i];
        zombies->n = n;
    }
}

/* Likewise, and a timed wait is given its time. */
static void await_reaping(struct context *c, struct pid_list *zombies)
{
    struct sleep_watch watch = { .began_ns = deadline_now_ns() };

    await_gone(c, zombies);
    while (zombies->n && context_sleeps(c, &watch)) {
        struct pause pause = { 0 };

        pause_until(&pause, deadline_in(LOOK_AGAIN_MS));
        await_gone(c, zombies);
    }
}

/* The worker of t ends while held, in which the server will wait, is held. */
static void reaps_at(struct context *c, struct fault *f, struct talk *t,
                     const struct fault_call *held, struct pid_list *workers)
{
    char call[96];
    bool ended;

    moment_text(c, held, call, sizeof call);
    talk_leave(t);
    ended = workers_end(c, workers);
    fault_release_but(f, held);
    if (!fault_let_in(f, held, SIGCHLD))
        (void)fault_answer(f, held, 0);
    if (!ended) {
        verdict_skip(c->v, "its worker did not end with its client");
        return;
    }
    await_reaping(c, workers);
    if (server_ended(c)) {
        verdict_skip(c->v, "the server has ended");
        return;
    }
    if (workers->n) {
        moment_of_runtime(c);
        verdict_fact(c->v, "the worker ended just before %s", call);
    }
    judge_zombies(workers,
                  "after a worker that ended just before it went to "
                  "wait,",
                  &c->subject, c->v);
}

/* One client has a worker; another comes, so that the server goes to wait
   anew. */
static void between_two(struct context *c, struct fault *f)
{
    struct pid_list before = { NULL, 0, 0 }, workers = { NULL, 0, 0 };
    struct fault_call held;
    struct talk first, second;

    wait_asleep(c);
    (void)procfs_children(c->subject.server, &before);
    if (!simple_client_stay(c, &first))
        goto left;
    await_children(c, &before, &workers);
    wait_asleep(c);
    if (workers.n == 0) {
        verdict_skip(c->v, "no child of the server serves its client");
        goto left;
    }
    moment_hold_server(f, c);
    if (moment_beside_client(c, f, &second, &held)) {
        reaps_at(c, f, &first, &held, &workers);
        talk_leave(&second);
    } else {
        verdict_skip(c->v,
                     "no call in which it waits could be held beside a client");
    }
left:
    talk_leave(&first);
    pid_list_free(&before);
    pid_list_free(&workers);
}

static void child_any_moment(struct context *c)
{
    struct fault *f;

    if (!needs_own_start(c) || !needs_process_per_connection(c))
        return;
    f = faulty_up(c, MOMENT_CALLS, false);
    if (!f)
        return;
    if (moment_can_be(c))
        between_two(c, f);
    faulty_down(c, f);
}

static const struct test_case cases[] = {
    { "process/child-any-moment", MUST,
      "a worker that ends just before the server waits is reaped",
      "signal(7); pselect(2)", child_any_moment, 60,
      "A client is served by a process of its own; the call in which the server "
      "would then wait is held, the client leaves and its worker ends, SIGCHLD "
      "is delivered, and only then the call is made. No zombie may stay. A timed "
      "wait is given its time.",
      "A handler that sets a flag, which is looked at before accept: the zombie "
      "stays until the next client comes.",
      "Reap in the handler itself, by waitpid(-1, ..., WNOHANG) in a loop; or "
      "keep SIGCHLD blocked but in ppoll(2) or pselect(2); or ignore it, and the "
      "kernel reaps." },
};

const struct case_table process_child_moment_cases = CASE_TABLE(cases);
