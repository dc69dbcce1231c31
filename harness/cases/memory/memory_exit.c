/* SPDX-License-Identifier: MIT */
/* memory/: what memcheck says when the server and its workers end. */
#include "cases/memory/memory.h"

#include "client/connection_walk.h"
#include "judge/judge_memory.h"

enum { CLIENTS = 3, LONG_BYTES = 997, SHORT_BYTES = 13, MOST_BYTES = 5000 };

/* Frames and messages of other lengths on one connection, and an end in order.
   The server's FIN is awaited too, unless that was in vain once. */
static bool talk_and_leave(struct context *c, uint32_t client,
                           struct connection_walked *walked)
{
    static const size_t lengths[] = { 64, LONG_BYTES, SHORT_BYTES, MOST_BYTES,
                                      1 };
    struct talk t;
    bool good = client_come(c, &t, client);

    for (uint32_t i = 0; good && i < sizeof lengths / sizeof *lengths; i++)
        good = client_exchange_text(c, &t, i, lengths[i], c->v);
    if (good && !walked->no_fin) {
        (void)conn_half_close(t.fd);
        walked->no_fin = conn_next(t.fd, wait_deadline(c)) != CONN_FIN;
    }
    talk_leave(&t);
    return good;
}

/* What every path of a server may touch: short messages first, while its
   buffers have never been written. *served: on how many connections an echo
   came back. */
static bool exercise(struct context *c, void *served)
{
    struct connection_walked walked = { .served = 0 };
    struct talk t[CLIENTS];
    struct speaker who = { c->protocol,
                           c->subject.address,
                           { c->seed, 0, 0, 0 } };
    double ms = plan_timeout_ms(c->plan);
    bool good = connection_walk(WALK_IN_ORDER, &who, ms, &walked, c->v);

    for (uint32_t i = 0; good && i < CLIENTS; i++)
        good = talk_and_leave(c, i, &walked);
    good = good && clients_come(c, t, CLIENTS);
    if (good) {
        clients_leave(t, CLIENTS);
        good = connection_walk(WALK_BROKEN_OFF, &who, ms, &walked, c->v);
    }
    *(long *)served = walked.served + 2L * CLIENTS;
    return good;
}

/* A server that does not serve fails other cases; here its memory could not be
   judged. */
static bool exercised(struct context *c, long *forked)
{
    struct snapshot before = { .n = 0 }, after = { .n = 0 };
    struct verdict aside;
    enum idle settled;
    long served = 0;
    bool good;

    verdict_init(&aside);
    good = server_wait_idle(c, NULL, &before, &settled);
    if (good && !context_try(c, &aside, exercise, &served)) {
        verdict_skip(c->v, "its clients were not served: %s",
                     aside.reason ? aside.reason : "?");
        good = false;
    }
    if (good && (c->model == MODEL_FORK || c->model == MODEL_EXEC))
        *forked = served;
    good = good && server_wait_idle(c, &before, &after, &settled);
    snapshot_free(&before);
    snapshot_free(&after);
    verdict_free(&aside);
    return good;
}

static void judge(struct context *c, struct verdict *v, enum memory_case which)
{
    struct memory_seen seen = { .subject = &c->subject, .forked = 1 };
    pid_t server;

    if (!target_is_dynamic(&c->target)) {
        verdict_skip(v, "a static executable: memcheck cannot replace its "
                        "malloc");
        return;
    }
    if (!server_up(c) || !exercised(c, &seen.forked))
        return;
    server = procfs_inner_pid(c->subject.server);
    seen.terminated = server_stop(c);
    memory_look(&seen, server);
    judge_memory(&seen, which, v);
    memory_free(&seen);
}

static void no_errors(struct context *c)
{
    judge(c, c->v, MEMORY_ERRORS);
}

static void no_leaks(struct context *c)
{
    judge(c, c->v, MEMORY_LEAKS);
}

static void fds_closed(struct context *c)
{
    judge(c, c->v, MEMORY_FDS);
}

static const struct test_case cases[] = {
    { "memory/no-errors", MUST,
      "no invalid access, no use of bytes that were never written",
      "valgrind(1)", no_errors, 2000,
      "The error records in memcheck's log of every process.",
      "send(fd, buf, sizeof buf, 0) of a buffer that recv filled in part.",
      "Use as many bytes as were received." },
    { "memory/no-leaks", MUST,
      "nothing is definitely or indirectly lost at exit", "valgrind(1)",
      no_leaks, 2000, "memcheck's leak summary in the log of every process.",
      "A buffer allocated for each connection or message, never freed.",
      "Free it on every way out, or use a buffer on the stack." },
    { "memory/fds-closed", SHOULD,
      "at exit the server holds no connection, a worker none but its own",
      "valgrind(1)", fds_closed, 2000,
      "The open descriptors in the log of every process.",
      "A worker inherits the connections of those before it.",
      "Close the connected socket in the parent right after fork." },
};

const struct case_table memory_exit_cases = CASE_TABLE(cases);
