/* SPDX-License-Identifier: MIT */
/* The threads seen before stand in a table; those that have ended stay in it
   until it is full, then it begins anew. */
#include "stillness/run_queue.h"

#include "linux/procfs.h"

#include <unistd.h>

enum { AHEAD_NS = 100 * 1000000 };

/* The thread's place; NULL if it has none yet. */
static struct run_queue_thread *find(struct run_queue *q, pid_t tid)
{
    for (size_t i = 0; i < q->n; i++) {
        size_t at = (q->next + i) % q->n;

        if (q->thread[at].tid == tid) {
            q->next = at + 1;
            return &q->thread[at];
        }
    }
    return NULL;
}

static int64_t within(int64_t ns, int64_t most)
{
    return ns < 0 ? 0 : ns > most ? most : ns;
}

int64_t run_queue_saw(struct run_queue *q, pid_t tid,
                      enum run_queue_stand stands, int64_t ran, int64_t waited,
                      int64_t since)
{
    struct run_queue_thread *t = find(q, tid);
    int64_t told, rest;
    bool moved, was_detained;

    if (!t) {
        if (q->n == RUN_QUEUE_THREADS)
            q->n = 0;
        t = &q->thread[q->n++];
        *t = (struct run_queue_thread){ .tid = tid };
        /* when it waited is not known */
        t->waited = waited - within(waited, since);
    }
    told = waited - t->waited;
    rest = since - within(told, since) - within(ran - t->ran, since);
    moved = t->ran != ran || t->waited != waited;
    if (moved) { /* that wait has ended */
        int64_t ahead = t->ahead;

        t->ahead = ahead > told ? ahead - told : 0;
        told = told > ahead ? told - ahead : 0;
    }
    if (stands == STANDS_READY) {
        rest = within(rest, AHEAD_NS);
        t->ahead += rest;
        told += rest;
    }
    was_detained = t->detained;
    t->detained = stands == STANDS_DETAINED;
    t->ran = ran;
    t->waited = waited;
    return t->detained && was_detained && !moved ? since : told;
}

struct look {
    struct run_queue *q;
    int64_t since, longest, others;
};

static enum run_queue_stand stand_of(pid_t pid, pid_t tid)
{
    switch (tid == gettid() ? '\0' : procfs_thread_state(pid, tid)) {
    case 'R':
        return STANDS_READY;
    case 'D':
        return procfs_thread_is_detained(pid, tid) ? STANDS_DETAINED
                                                   : STANDS_ASLEEP;
    default:
        return STANDS_ASLEEP;
    }
}

static bool look_at(pid_t pid, pid_t tid, void *arg)
{
    struct look *l = arg;
    long long ran, waited;
    int64_t one;

    if (!procfs_thread_times(pid, tid, &ran, &waited))
        return false;
    one = run_queue_saw(l->q, tid, stand_of(pid, tid), ran, waited, l->since);
    l->longest = one > l->longest ? one : l->longest;
    if (tid != pid)
        l->others = one > l->others ? one : l->others;
    return false;
}

int64_t run_queue_look(struct run_queue *q, pid_t pid, int64_t since,
                       int64_t *others)
{
    struct look l = { .q = q, .since = since };

    (void)procfs_any_thread(pid, look_at, &l);
    if (others)
        *others = l.others;
    return l.longest;
}
