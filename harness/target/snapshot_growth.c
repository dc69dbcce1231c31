/* SPDX-License-Identifier: MIT */
/* The difference of two snapshots. A server may have thousands of processes and
   of open files: each snapshot is put in order once (snapshot_index), and then
   both are walked through side by side, so that the time only grows in
   proportion. */
#include "target/snapshot.h"

#include "target/subject_listener.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* How much of what two descriptors must share to be of one kind: all of it, or,
   where each has an inode of its own ("socket:[7]"), what stands before the
   bracket. */
static size_t kind_length(const char *what)
{
    const char *bracket = strchr(what, '[');

    return bracket && isdigit((unsigned char)bracket[1])
               ? (size_t)(bracket - what)
               : strlen(what);
}

static int compare_kinds(const struct proc_fd *a, const struct proc_fd *b)
{
    size_t n = kind_length(a->what), m = kind_length(b->what);
    int order = memcmp(a->what, b->what, n < m ? n : m);

    return order ? order : (n > m) - (n < m);
}

static int by_kind(const void *a, const void *b)
{
    const struct proc_fd *x = *(const struct proc_fd *const *)a;
    const struct proc_fd *y = *(const struct proc_fd *const *)b;
    int order = compare_kinds(x, y);

    return order ? order : (x->fd > y->fd) - (x->fd < y->fd);
}

static int by_pid(const void *a, const void *b)
{
    const struct audit_process *x = *(const struct audit_process *const *)a;
    const struct audit_process *y = *(const struct audit_process *const *)b;

    if (x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return (x->start_ticks > y->start_ticks) -
           (x->start_ticks < y->start_ticks);
}

static int index_fds(struct audit_process *p)
{
    if (p->fds.n == 0)
        return 0;
    p->by_kind = calloc(p->fds.n, sizeof *p->by_kind);
    if (!p->by_kind)
        return -1;
    for (size_t i = 0; i < p->fds.n; i++)
        p->by_kind[i] = &p->fds.fd[i];
    qsort(p->by_kind, p->fds.n, sizeof *p->by_kind, by_kind);
    return 0;
}

int snapshot_index(struct snapshot *s)
{
    if (s->n == 0)
        return 0;
    s->by_pid = calloc(s->n, sizeof *s->by_pid);
    if (!s->by_pid)
        return -1;
    for (size_t i = 0; i < s->n; i++) {
        s->by_pid[i] = &s->process[i];
        if (index_fds(&s->process[i]) < 0)
            return -1;
    }
    qsort(s->by_pid, s->n, sizeof *s->by_pid, by_pid);
    return 0;
}

const struct audit_process *snapshot_find(const struct snapshot *s,
                                          const struct audit_process *p)
{
    struct audit_process **found = NULL;

    if (s->by_pid)
        found = bsearch(&p, s->by_pid, s->n, sizeof *s->by_pid, by_pid);
    return found ? *found : NULL;
}

bool snapshot_shows_fds(const struct snapshot *s, pid_t pid)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->process[i].pid == pid && s->process[i].fds_known)
            return true;
    return false;
}

bool audit_is_spare(const char *what)
{
    return strcmp(what, "/dev/null") == 0;
}

/* A listening socket is counted apart from other sockets. */
static bool is_listener(const struct subject *subject, const struct proc_fd *fd)
{
    return subject_is_listener(subject, procfs_socket_inode(fd->what));
}

/* One process at two moments, and where the descriptors that have grown are
   noted. */
struct pair {
    const struct subject *subject;
    const struct audit_process *then, *now;
    struct leaked_fd *leaked;
    size_t room, n;
};

/* Some of a process's descriptors that are of one kind. */
struct group {
    const struct proc_fd **at;
    size_t n;
};

/* Those of the kind of fd, from the i-th in the order of kinds on. */
static struct group group_from(const struct audit_process *p, size_t i,
                               const struct proc_fd *fd)
{
    struct group g = { NULL, 0 };

    if (i < p->fds.n)
        g.at = &p->by_kind[i];
    while (i + g.n < p->fds.n && compare_kinds(g.at[g.n], fd) == 0)
        g.n++;
    return g;
}

static long count(const struct subject *subject, const struct group *g,
                  bool listening)
{
    long n = 0;

    for (size_t i = 0; i < g->n; i++)
        n += is_listener(subject, g->at[i]) == listening;
    return n;
}

static bool had_same(const struct audit_process *p, const struct proc_fd *fd)
{
    const struct proc_fd **found = NULL;

    if (p->by_kind)
        found = bsearch(&fd, p->by_kind, p->fds.n, sizeof *p->by_kind, by_kind);
    return found && strcmp((*found)->what, fd->what) == 0;
}

static void note(struct pair *p, const struct proc_fd *fd)
{
    struct leaked_fd *l = &p->leaked[p->n++];

    l->pid = p->now->pid;
    l->fd = fd->fd;
    memcpy(l->what, fd->what, sizeof l->what);
}

/* How many more of a kind there are now, listening ones or others. */
static long group_grown(struct pair *p, const struct group *before,
                        const struct group *after, bool listening)
{
    long grown = count(p->subject, after, listening) -
                 count(p->subject, before, listening);
    long named = 0;

    for (size_t i = 0; i < after->n && named < grown && p->n < p->room; i++)
        if (is_listener(p->subject, after->at[i]) == listening &&
            !had_same(p->then, after->at[i])) {
            note(p, after->at[i]);
            named++;
        }
    return grown > 0 ? grown : 0;
}

/* Walk through both lists side by side, kind by kind. */
static long fds_grown(struct pair *p)
{
    const struct audit_process *then = p->then, *now = p->now;
    struct group before, after;
    size_t k = 0;
    long grown = 0;

    for (size_t i = 0; i < now->fds.n; i += after.n) {
        const struct proc_fd *first = now->by_kind[i];

        after = group_from(now, i, first);
        while (k < then->fds.n && compare_kinds(then->by_kind[k], first) < 0)
            k++;
        before = group_from(then, k, first);
        if (audit_is_spare(first->what))
            continue;
        grown += group_grown(p, &before, &after, false);
        grown += group_grown(p, &before, &after, true);
    }
    return grown;
}

static long all_fds_grown(const struct subject *subject,
                          const struct snapshot *before,
                          const struct snapshot *after,
                          struct leaked_fd *leaked, size_t room, size_t *n)
{
    struct pair p = { .subject = subject, .leaked = leaked, .room = room };
    long grown = 0;

    for (size_t i = 0; i < after->n; i++) {
        p.now = &after->process[i];
        p.then = snapshot_find(before, p.now);
        if (p.then && p.then->fds_known && p.now->fds_known)
            grown += fds_grown(&p);
    }
    *n = p.n;
    return grown;
}

struct growth audit_growth(const struct subject *subject,
                           const struct snapshot *before,
                           const struct snapshot *after)
{
    struct growth g = { 0, 0, 0 };
    size_t none;

    if (after->n > before->n)
        g.processes = (long)(after->n - before->n);
    if (after->threads - (long)after->n > before->threads - (long)before->n)
        g.threads = after->threads - (long)after->n -
                    (before->threads - (long)before->n);
    g.fds = all_fds_grown(subject, before, after, NULL, 0, &none);
    return g;
}

size_t audit_leaked(const struct subject *subject,
                    const struct snapshot *before, const struct snapshot *after,
                    struct leaked_fd *leaked, size_t room)
{
    size_t n;

    (void)all_fds_grown(subject, before, after, leaked, room, &n);
    return n;
}

static long lasting_fds(const struct snapshot *in, const struct snapshot *and)
{
    long n = 0;

    for (size_t i = 0; i < in->n; i++)
        if (snapshot_find(and, &in->process[i]))
            n += (long)in->process[i].fds.n;
    return n;
}

void audit_sum_up(const struct subject *subject, const struct snapshot *before,
                  const struct snapshot *after, struct audit_summary *sum)
{
    struct growth g = audit_growth(subject, before, after);

    sum->done = true;
    sum->zombies = (long)after->zombies.n;
    sum->workers_left = g.processes + g.threads;
    sum->sockets_left = after->sockets;
    sum->fds_before = lasting_fds(before, after);
    sum->fds_after = lasting_fds(after, before);
}
