/* SPDX-License-Identifier: MIT */
/* process/memory-steady and process/memory-after-resets: what a server keeps of
   each client. Stacks, arenas and caches fill up once, at any time; what is
   kept of each goes on growing. */
#include "cases/process/process.h"

#include "kit/runtime_detect.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_PROCESSES = 256,
    CLIENTS = 250, /* of a round */
    ROUNDS = 8,
    JUDGED = 6, /* the last of them */
    MOST_GROWTH_KIB = 16,
    MOST_FACTS = 8
};

struct memory {
    pid_t pid[MOST_PROCESSES];
    unsigned long long start[MOST_PROCESSES];
    long kib[MOST_PROCESSES]; /* anonymous, in memory or swapped out */
    size_t n;
};

static long field_kib(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? atol(at + strlen(name)) : 0;
}

/* Returns -1 where it cannot be told. */
static long anonymous_kib(pid_t pid)
{
    unsigned long long resident, swapped;
    char buf[4096];

    if (procfs_read(buf, sizeof buf, "%d/smaps_rollup", (int)pid) > 0)
        return field_kib(buf, "\nAnonymous:") + field_kib(buf, "\nSwap:");
    if (procfs_status(pid, "RssAnon", 10, &resident) &&
        procfs_status(pid, "VmSwap", 10, &swapped))
        return (long)(resident + swapped);
    return -1;
}

/* False: decided. */
static bool memory_look_at(struct context *c, struct memory *m)
{
    struct snapshot now = { .n = 0 };
    bool good = wait_idle(c, &now);

    m->n = 0;
    for (size_t i = 0; good && i < now.n && m->n < MOST_PROCESSES; i++) {
        long kib = anonymous_kib(now.process[i].pid);

        if (kib < 0)
            continue;
        m->pid[m->n] = now.process[i].pid;
        m->start[m->n] = now.process[i].start_ticks;
        m->kib[m->n++] = kib;
    }
    snapshot_free(&now);
    if (good && m->n == 0)
        verdict_skip(c->v, "the memory of the server's processes is not ours "
                           "to see");
    return good && m->n > 0;
}

/* How much the processes that lived through both have grown, in all; told as
   facts unless v is NULL. */
static long grown_kib(const struct memory *before, const struct memory *after,
                      struct verdict *v)
{
    long grown = 0;
    int facts = 0;

    for (size_t i = 0; i < after->n; i++)
        for (size_t k = 0; k < before->n; k++) {
            long more = after->kib[i] - before->kib[k];

            if (after->pid[i] != before->pid[k] ||
                after->start[i] != before->start[k])
                continue;
            grown += more;
            if (v && more > 0 && facts++ < MOST_FACTS)
                verdict_fact(v, "pid %d grew from %ld to %ld KiB",
                             (int)after->pid[i], before->kib[k], after->kib[i]);
        }
    return grown;
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

/* A look after a further round of clients. False: decided. */
static bool look_after_round(struct context *c, enum leaving leaving,
                             struct memory *m)
{
    return simple_client_round(c, CLIENTS, leaving, NULL) &&
           memory_look_at(c, m);
}

static void tell_growth(struct context *c, const struct memory *first,
                        const struct memory *last, const long grown[JUDGED])
{
    long all = grown_kib(first, last, NULL);

    verdict_expected(c->v,
                     "one of the last %d of %d rounds of %d connections adds "
                     "less than %d KiB of anonymous memory",
                     JUDGED, ROUNDS, CLIENTS, MOST_GROWTH_KIB);
    verdict_observed(c->v, "they added %ld, %ld, %ld, %ld, %ld and %ld KiB",
                     grown[0], grown[1], grown[2], grown[3], grown[4],
                     grown[5]);
    verdict_fail(c->v, "%ld KiB more after %d connections, some after each %d",
                 all, JUDGED * CLIENTS, CLIENTS);
    (void)grown_kib(first, last, c->v);
}

static void memory(struct context *c, enum leaving leaving)
{
    static struct memory first, look[2];
    struct memory *before = &first, *after = NULL;
    size_t owed = simple_client_owed();
    long grown[JUDGED];

    if (!server_up(c) || !may_weigh(c))
        return;
    for (int i = 0; i < ROUNDS - JUDGED; i++)
        if (!look_after_round(c, leaving, &first))
            return;
    if (leaving == LEAVE_OWED && simple_client_owed() == owed) {
        verdict_skip(c->v, "nothing was owed to any of the clients");
        return;
    }
    for (int i = 0; i < JUDGED; i++) {
        after = &look[i % 2];
        if (!look_after_round(c, leaving, after))
            return;
        grown[i] = grown_kib(before, after, NULL);
        verdict_figure(c->v, "grown_kib", (double)grown[i]);
        if (grown[i] < MOST_GROWTH_KIB) {
            verdict_pass(c->v);
            return;
        }
        before = after;
    }
    tell_growth(c, &first, after, grown);
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
      memory_steady, 400,
      "Anonymous memory after rounds of 250 clients, of the processes that "
      "live through two of them: missed where each of the last six of eight "
      "rounds adds 16 KiB or more, 65 bytes a client. Stacks, arenas and "
      "caches that fill up once are right. Not of collectors and interpreters.",
      "A structure for each connection, allocated and never freed.",
      "Free it on every way on which the connection ends.", .holds = 24 },
    { "process/memory-after-resets", SHOULD,
      "memory does not grow with connections that are reset while much is "
      "owed",
      "malloc(3)", memory_after_resets, 400,
      "As process/memory-steady, with clients that send 256 KiB, read nothing "
      "and reset.",
      "What is still to be sent is freed once it is sent, and only then.",
      "Free it on every way on which the connection ends.", .holds = 24 },
};

const struct case_table process_memory_cases = CASE_TABLE(cases);
