/* SPDX-License-Identifier: MIT */
/* The wait until the server is at rest. The cheapest look comes first: while
   thousands of workers end, the file of the server's children alone shows that
   it is too early to look at anything else. */
#include "target/snapshot.h"

#include "target/subject_listener.h"

#include "linux/child_wait.h"

#include <limits.h>

enum { LASTING_MS = 100 };

/* While it runs, what a server holds is looked at so seldom. */
enum { RUNNING_LOOK_NS = 50 * 1000000 };

struct wait_state {
    struct subject *subject;
    const struct snapshot *before; /* NULL: nothing to compare with */
    struct snapshot *now;
    long children_before; /* of the server process */
    long least;           /* what was left at the best look */
    long same;            /* looks without a change */
    int64_t looked_ns;
};

static long server_children(const struct snapshot *s, pid_t server)
{
    long n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->process[i].ppid == server;
    return n;
}

/* How far the server is from rest; 0: there. */
static long left_over(const struct wait_state *w)
{
    const struct snapshot *now = w->now;
    struct growth g;

    if (!w->before)
        return now->sockets + (long)now->zombies.n;
    g = audit_growth(w->subject, w->before, now);
    return g.processes + g.threads + g.fds + now->sockets +
           (long)now->zombies.n;
}

/* With nothing to compare with, the server is at rest once its processes no
   longer change. */
static bool unchanged(struct wait_state *w, long before)
{
    const struct snapshot *now = w->now;
    long sum = (long)now->n + now->threads + now->fds;

    for (size_t i = 0; i < now->n; i++)
        if (now->process[i].state == 'R' || now->process[i].state == 'D')
            return false;
    w->same = sum == before ? w->same + 1 : 0;
    return w->same >= 1;
}

/* One look. Returns what is left: 0 at rest, -1 trouble, LONG_MAX not known. */
static long look(struct wait_state *w)
{
    long was = (long)w->now->n + w->now->threads + w->now->fds;
    long children, left;

    child_reap_all();
    if (w->before && w->subject->server) {
        children = procfs_count_children(w->subject->server);
        if (children > w->children_before)
            return children - w->children_before;
    }
    if (deadline_now_ns() - w->looked_ns < RUNNING_LOOK_NS &&
        any_thread_of(w->subject, subject_processes, "RD"))
        return LONG_MAX;
    if (snapshot_take(w->now, w->subject, SNAPSHOT_FDS) < 0)
        return -1;
    w->looked_ns = deadline_now_ns();
    left = left_over(w);
    if (left == 0 && !w->before && !unchanged(w, was))
        return 1;
    return left;
}

static bool is_zombie(pid_t pid)
{
    struct proc_stat st;

    return procfs_stat(pid, &st) == 0 && procfs_is_zombie(&st);
}

/* A process that ends is a zombie for a moment, and a server may have others
   that come and go all the time. Only a process that stays a zombie was not
   waited for. */
static void keep_lasting(struct pid_list *zombies)
{
    struct deadline d = deadline_in(LASTING_MS);
    struct pause pause = { 0 };
    size_t n;

    while (zombies->n && !deadline_passed(d)) {
        pause_until(&pause, d);
        child_reap_all(); /* without a sandbox we are the parent of orphans */
        n = 0;
        for (size_t i = 0; i < zombies->n; i++)
            if (is_zombie(zombies->pid[i]))
                zombies->pid[n++] = zombies->pid[i];
        zombies->n = n;
    }
}

/* The deadline has passed: take a full snapshot of what is left. */
static enum idle give_up(struct wait_state *w)
{
    if (snapshot_take(w->now, w->subject, SNAPSHOT_FDS) < 0)
        return IDLE_TROUBLE;
    keep_lasting(&w->now->zombies);
    return left_over(w) == 0 ? IDLE : IDLE_MORE;
}

enum idle snapshot_when_idle(struct subject *subject,
                             const struct snapshot *before, double timeout_ms,
                             struct snapshot *now, double *seconds)
{
    struct wait_state w = {
        .subject = subject,
        .before = before,
        .now = now,
        .least = -1,
        .looked_ns = deadline_now_ns(),
    };
    struct deadline d = deadline_of_target(timeout_ms);
    struct pause pause = { 0 };

    if (before)
        w.children_before = server_children(before, subject->server);
    for (;;) {
        int64_t from = deadline_now_ns();
        bool gone = subject_gone(subject);
        long left = gone ? 0 : look(&w);
        /* Asked once a turn: asked again below, it could have passed since, and
           what is left would be taken for nothing. */
        bool over = left > 0 && deadline_passed(d);
        enum idle end = over ? give_up(&w) : IDLE;

        *seconds += (double)(deadline_now_ns() - from) / 1e9;
        if (gone)
            return IDLE_ENDED;
        if (left < 0)
            return IDLE_TROUBLE;
        if (left == 0 || over)
            return end;
        if (w.least < 0 || left < w.least) {
            w.least = left;
            d = deadline_of_target(timeout_ms);
        }
        pause_until(&pause, d);
    }
}
