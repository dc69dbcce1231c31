/* SPDX-License-Identifier: MIT */
/* What a server uses that has nothing to do, or always the same: its share of
   the processor with silent clients, its memory over a thousand of them. */
#include "cases/process/process.h"

#include "kit/wait_idle.h"
#include "kit/runtime_detect.h"
#include "kit/simple_client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOOKS = 20, MOST_BUSY = LOOKS / 2, SERIES = 3, SILENT = 4,
       MOST_PROCESSES = 256, HALF_WAY = 500, MOST_GROWTH_KIB = 64,
       MOST_FACTS = 8 };

/* ---- with clients connected and silent ---- */

/* One that never says anything; one that only half-closed; one that was served
   and half-closed; one that was served. In this order: once the last is
   served, the others have been accepted. False: decided. */
static bool silent_clients(struct context *c, int fd[SILENT])
{
    for (int i = 0; i < SILENT; i++)
        fd[i] = -1;
    for (int i = 0; i < SILENT; i++) {
        fd[i] = i < 2 ? simple_client_open(c) : simple_client_stay(c);
        if (fd[i] < 0)
            return false;
        if (i == 1 || i == 2)
            (void)conn_half_close(fd[i]);
    }
    return true;
}

struct busy {
    pid_t pid[MOST_PROCESSES];
    int looks[MOST_PROCESSES];      /* in which it was runnable */
    size_t n;
};

static void note_busy(struct busy *b, pid_t pid)
{
    size_t i = 0;

    while (i < b->n && b->pid[i] != pid)
        i++;
    if (i == b->n && b->n < MOST_PROCESSES) {
        b->pid[b->n] = pid;
        b->looks[b->n++] = 0;
    }
    if (i < b->n)
        b->looks[i]++;
}

/* LOOKS looks, each gap_ns after the one before. Returns the process that was
   runnable in most of them if that is too often, else 0; -1: trouble. */
static pid_t busiest(struct context *c, long gap_ns, struct busy *b,
                     int *looks)
{
    struct timespec gap = { 0, gap_ns };
    size_t most = 0;

    b->n = 0;
    for (int i = 0; i < LOOKS; i++) {
        struct pid_list l = { NULL, 0, 0 };
        int rc = subject_processes(&c->subject, &l);

        for (size_t k = 0; rc == 0 && k < l.n; k++)
            if (any_thread(l.pid[k], "R"))
                note_busy(b, l.pid[k]);
        pid_list_free(&l);
        if (rc < 0)
            return -1;
        (void)ppoll(NULL, 0, &gap, NULL);
    }
    for (size_t i = 1; i < b->n; i++)
        if (b->looks[i] > b->looks[most])
            most = i;
    *looks = b->n ? b->looks[most] : 0;
    return *looks > MOST_BUSY ? b->pid[most] : 0;
}

/* A program may have something to finish (a compiler of bytecode has), and one
   that is starved stays runnable for a while: whoever was busy is looked at
   again over a longer time. One that spins is busy each time. */
void idle_quiet(struct context *c)
{
    static const long gap_ns[SERIES] = { 1000000, 10000000, 100000000 };
    struct busy b;
    struct proc_stat st;
    pid_t busy = -1;
    int fd[SILENT], looks = 0;

    if (!server_up(c))
        return;
    if (silent_clients(c, fd)) {
        for (int i = 0; i < SERIES && busy; i++)
            busy = busiest(c, gap_ns[i], &b, &looks);
        verdict_figure(c->v, "busy_looks", looks);
        if (busy < 0) {
            verdict_error(c->v, "cannot look at the server's processes");
        } else if (busy == 0 && server_ended(c)) {
            verdict_skip(c->v, "the server has ended");
        } else if (busy == 0) {
            verdict_pass(c->v);
        } else {
            verdict_expected(c->v, "with %d clients silent every process sleeps",
                             SILENT);
            verdict_observed(c->v, "pid %d (%s) was runnable in %d of %d looks, "
                             "over 2 s", (int)busy,
                             procfs_stat(busy, &st) == 0 ? st.comm : "?",
                             looks, LOOKS);
            verdict_fail(c->v, "a process is busy although no client says "
                         "anything");
            verdict_fact(c->v, "one client was served, one was served and "
                         "half-closed, one only half-closed, one did nothing");
        }
    }
    clients_close(fd, SILENT);
}

/* ---- over a thousand clients ---- */

struct memory {
    pid_t pid[MOST_PROCESSES];
    unsigned long long start[MOST_PROCESSES];
    long kib[MOST_PROCESSES];       /* anonymous, in memory or swapped out */
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

/* How much those that lived through both have grown, in all; facts if v. */
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
                             (int)after->pid[i], before->kib[k],
                             after->kib[i]);
        }
    return grown;
}

/* What a collector has not collected yet is no leak. */
static bool may_weigh(struct context *c)
{
    const char *what = c->target.valgrind ? "valgrind" :
                       runtime_of(c->subject.server);

    if (!what)
        return true;
    verdict_skip(c->v, "%s runs the server: its memory says nothing", what);
    return false;
}

/* A pool may meet its last new thread late: what has grown must grow again. */
void memory_steady(struct context *c)
{
    static struct memory before, after, later;
    long grown;

    if (!server_up(c) || !may_weigh(c) ||
        !simple_client_round(c, HALF_WAY, LEAVE_IN_ORDER, NULL) ||
        !memory_look_at(c, &before) ||
        !simple_client_round(c, HALF_WAY, LEAVE_IN_ORDER, NULL) ||
        !memory_look_at(c, &after))
        return;
    grown = grown_kib(&before, &after, NULL);
    verdict_figure(c->v, "grown_kib", (double)grown);
    if (grown >= MOST_GROWTH_KIB) {
        if (!simple_client_round(c, HALF_WAY, LEAVE_IN_ORDER, NULL) ||
            !memory_look_at(c, &later))
            return;
        if (grown_kib(&after, &later, NULL) >= MOST_GROWTH_KIB) {
            verdict_expected(c->v, "from the %dth to the %dth connection "
                             "anonymous memory grows by less than %d KiB",
                             HALF_WAY, 2 * HALF_WAY, MOST_GROWTH_KIB);
            verdict_observed(c->v, "it grew by %ld KiB, and by %ld KiB with %d "
                             "more", grown, grown_kib(&after, &later, NULL),
                             HALF_WAY);
            verdict_fail(c->v, "%ld KiB more after %d connections", grown,
                         HALF_WAY);
            (void)grown_kib(&before, &after, c->v);
            return;
        }
    }
    verdict_pass(c->v);
}
