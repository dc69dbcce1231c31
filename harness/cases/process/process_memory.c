/* SPDX-License-Identifier: MIT */
/* process/memory-steady and process/memory-after-resets: what a server keeps of
   each client. Stacks, arenas and caches fill up once, at any time; what is
   kept of each goes on growing. */
#include "cases/process/process.h"

#include "kit/runtime_detect.h"
#include "kit/shown.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "target/anonymous_memory.h"

enum {
    CLIENTS = 250, /* of a round */
    ROUNDS = 8,
    JUDGED = 6, /* the last of them */
    STEP = 50,
    FIRST = ROUNDS - JUDGED + 1, /* rounds, after which most are known to be
                                    right */
    FIRST_MS = 14000,            /* for them, and for the others */
    OTHERS_MS = 18000,
    MORE_ROUNDS = 16, /* in which a cache may be full, as many as come in... */
    MORE_MS = 4000,
    MOST_GROWTH_KIB = 16
};

/* False: decided. */
static bool memory_look_at(struct context *c, struct anonymous_memory *m)
{
    struct snapshot now = { .n = 0 };
    bool good = wait_idle(c, &now);

    if (good)
        memory_weigh(m, &now);
    snapshot_free(&now);
    if (good && m->n == 0)
        verdict_skip(c->v, "the memory of the server's processes is not ours "
                           "to see");
    return good && m->n > 0;
}

/* What a collector has not collected yet is no leak. */
static bool may_weigh(struct context *c)
{
    const char *what =
        c->target.valgrind ? "valgrind" : runtime_of(c->subject.server);

    if (!what)
        return true;
    verdict_skip(c->v, "%s runs the server: its memory says nothing", what);
    return false;
}

/* Clients that come in the time of one budget. */
struct pace {
    struct budget budget;
    size_t come;
};

static struct pace pace_of(double ms, size_t rounds)
{
    return (struct pace){ budget_of(ms, rounds * CLIENTS), 0 };
}

/* A further round of clients. False: decided. */
static bool further_round(struct context *c, enum leaving leaving,
                          struct pace *p)
{
    char why[BUDGET_TEXT];

    for (size_t end = p->come + CLIENTS; p->come < end;) {
        if (!simple_client_round(c, STEP, leaving, NULL))
            return false;
        p->come += STEP;
        if (!budget_spent(&p->budget, p->come))
            continue;
        budget_tell(&p->budget, "connections", p->come, why);
        verdict_skip(c->v, "%s", why);
        return false;
    }
    return true;
}

static void tell_growth(struct context *c, const struct anonymous_memory *first,
                        const struct anonymous_memory *last,
                        const long grown[JUDGED])
{
    long all = memory_grown_kib(first, last, NULL);

    verdict_expected(c->v,
                     "one of the last %d of %d rounds of %d connections adds "
                     "less than %d KiB of anonymous memory",
                     JUDGED, ROUNDS, CLIENTS, MOST_GROWTH_KIB);
    verdict_observed(c->v, "they added %ld, %ld, %ld, %ld, %ld and %ld KiB",
                     grown[0], grown[1], grown[2], grown[3], grown[4],
                     grown[5]);
    verdict_fail(c->v, "%ld KiB more after %d connections, some after each %d",
                 all, JUDGED * CLIENTS, CLIENTS);
    (void)memory_grown_kib(first, last, c->v);
}

struct filling {
    enum leaving leaving;
    struct anonymous_memory before, now; /* a round of clients, and after it */
    size_t come;
};

/* A cache that fills up once grows with each of some thousand clients, and then
   no more (haproxy: 2,750): as many come as soon do. arg: a struct filling. */
static bool fills_up(struct context *c, void *arg)
{
    struct filling *f = arg;
    struct deadline soon = deadline_in(MORE_MS);

    while (f->come < (size_t)MORE_ROUNDS * CLIENTS) {
        for (size_t end = f->come + CLIENTS; f->come < end; f->come += STEP)
            if (deadline_passed(soon) ||
                !simple_client_round(c, STEP, f->leaving, NULL))
                return false;
        if (!memory_look_at(c, &f->now))
            return false;
        if (memory_grown_kib(&f->before, &f->now, NULL) < MOST_GROWTH_KIB)
            return true;
        f->before = f->now;
    }
    return false;
}

static void judge_growth(struct context *c, enum leaving leaving,
                         const struct anonymous_memory *first,
                         const struct anonymous_memory *last,
                         const long grown[JUDGED])
{
    static struct filling f;
    struct verdict aside;

    f = (struct filling){ .leaving = leaving, .before = *last };
    if (context_try(c, &aside, fills_up, &f)) {
        verdict_fact(c->v, "it grows no more after %zu clients",
                     (size_t)ROUNDS * CLIENTS + f.come);
        verdict_pass(c->v);
    } else {
        tell_growth(c, first, last, grown);
    }
    verdict_free(&aside);
}

static void memory(struct context *c, enum leaving leaving)
{
    static struct anonymous_memory first, look[2];
    struct anonymous_memory *before = &first, *after = NULL;
    size_t owed = simple_client_owed();
    struct pace pace;
    long grown[JUDGED];

    if (!server_up(c) || !may_weigh(c))
        return;
    pace = pace_of(FIRST_MS, FIRST);
    for (int i = 0; i < ROUNDS - JUDGED; i++)
        if (!further_round(c, leaving, &pace) || !memory_look_at(c, &first))
            return;
    if (leaving == LEAVE_OWED && simple_client_owed() == owed) {
        verdict_skip(c->v, "nothing was owed to any of the clients");
        return;
    }
    for (int i = 0; i < JUDGED; i++) {
        after = &look[i % 2];
        if (!further_round(c, leaving, &pace) || !memory_look_at(c, after))
            return;
        grown[i] = memory_grown_kib(before, after, NULL);
        verdict_figure(c->v, "grown_kib", (double)grown[i]);
        if (grown[i] < MOST_GROWTH_KIB) {
            if (leaving == LEAVE_OWED)
                shown_reset(c, (size_t)(ROUNDS - JUDGED + i + 1) * CLIENTS);
            verdict_pass(c->v);
            return;
        }
        before = after;
        if (i == 0)
            pace = pace_of(OTHERS_MS, ROUNDS - FIRST);
    }
    judge_growth(c, leaving, &first, after, grown);
}

static void memory_steady(struct context *c)
{
    memory(c, LEAVE_IN_ORDER);
}

static void memory_after_resets(struct context *c)
{
    memory(c, LEAVE_OWED);
}

static const struct test_case cases[] = {
    { "process/memory-steady", SHOULD,
      "memory does not grow with the number of connections", "malloc(3)",
      memory_steady, 700,
      "Anonymous memory after rounds of 250 clients, of the processes that "
      "live through two of them: missed where each of the last six of eight "
      "rounds adds 16 KiB or more, 65 bytes a client, and so does each of as "
      "many as come in four seconds, or of sixteen. Stacks, arenas and caches "
      "that fill up once are right. Not of collectors and interpreters, "
      "nor where the first three rounds would take more than 14 s, the others "
      "18 s, or all 5 ms of processor time a client.",
      "A structure for each connection, allocated and never freed.",
      "Free it on every way on which the connection ends.", .holds = 24 },
    { "process/memory-after-resets", SHOULD,
      "memory does not grow with connections that are reset while much is "
      "owed",
      "malloc(3)", memory_after_resets, 700,
      "As process/memory-steady, with clients that send 256 KiB, read nothing "
      "and reset.",
      "What is still to be sent is freed once it is sent, and only then.",
      "Free it on every way on which the connection ends.", .holds = 24,
      .series = "clients that reset", .series_first = true },
};

const struct case_table process_memory_cases = CASE_TABLE(cases);
