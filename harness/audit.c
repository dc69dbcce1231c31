/* SPDX-License-Identifier: MIT */
#include "audit.h"

#include "reap.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void snapshot_free(struct snapshot *s)
{
    for (size_t i = 0; i < s->n; i++)
        fd_list_free(&s->process[i].fds);
    free(s->process);
    pid_list_free(&s->zombies);
    memset(s, 0, sizeof *s);
}

static int count_socket(const struct socket_info *i, void *arg)
{
    long *n = arg;

    *n += i->inode != 0;    /* the kernel alone holds the others */
    return 0;
}

/* Adopted by us or by the cell's init: whoever ends then is ours to reap. */
static bool is_ours_to_reap(const struct subject *subject, pid_t ppid)
{
    return ppid == subject->cell->init || ppid == getpid();
}

static void look_at(struct snapshot *s, const struct subject *subject,
                    pid_t pid, enum snapshot_depth depth)
{
    struct audit_process *p = &s->process[s->n];
    struct proc_stat st;

    if (procfs_stat(pid, &st) < 0 || st.state == 'X')
        return;
    if (procfs_is_zombie(&st)) {
        if (!is_ours_to_reap(subject, st.ppid))
            (void)pid_list_add(&s->zombies, pid);
        return;
    }
    memset(p, 0, sizeof *p);
    p->pid = pid;
    p->ppid = st.ppid;
    p->start_ticks = st.start_ticks;
    p->state = st.state;
    p->threads = st.threads;
    if (depth == SNAPSHOT_FDS)
        p->fds_known = procfs_fds(pid, &p->fds) == 0;
    s->threads += st.threads;
    s->fds += (long)p->fds.n;
    s->n++;
}

int snapshot_take(struct snapshot *s, struct subject *subject,
                  enum snapshot_depth depth)
{
    struct pid_list l = { NULL, 0, 0 };
    int rc;

    snapshot_free(s);
    reap_all();
    rc = subject_processes(subject, &l);
    if (rc == 0 && l.n) {
        s->process = calloc(l.n, sizeof *s->process);
        rc = s->process ? 0 : -1;
    }
    for (size_t i = 0; rc == 0 && i < l.n; i++)
        look_at(s, subject, l.pid[i], depth);
    if (rc == 0)
        rc = sockdiag_each(subject->sd, SOCKDIAG_CONNECTED,
                           address_port(&subject->address), count_socket,
                           &s->sockets);
    pid_list_free(&l);
    return rc;
}

const struct audit_process *snapshot_find(const struct snapshot *s,
                                          const struct audit_process *p)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->process[i].pid == p->pid &&
            s->process[i].start_ticks == p->start_ticks)
            return &s->process[i];
    return NULL;
}

bool audit_is_spare(const char *what)
{
    return strcmp(what, "/dev/null") == 0;
}

/* What two descriptors must share to stand for each other: their file, or
   their kind where each has an inode of its own. The listening socket is not
   just any socket. */
static void kind_of(const struct subject *subject, const char *what,
                    char kind[96])
{
    unsigned long inode = procfs_socket_inode(what);
    char *bracket;

    for (size_t i = 0; inode && i < subject->nlisteners; i++)
        if (subject->listener[i] == inode) {
            strcpy(kind, "listener");
            return;
        }
    snprintf(kind, 96, "%s", what);
    bracket = strchr(kind, '[');
    if (bracket && isdigit((unsigned char)bracket[1]))
        *bracket = '\0';
}

static long count_kind(const struct subject *subject, const struct fd_list *l,
                       const char *kind)
{
    char other[96];
    long n = 0;

    for (size_t i = 0; i < l->n; i++) {
        kind_of(subject, l->fd[i].what, other);
        n += strcmp(kind, other) == 0;
    }
    return n;
}

static bool has_same(const struct fd_list *l, const struct proc_fd *fd)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->fd[i].fd == fd->fd && strcmp(l->fd[i].what, fd->what) == 0)
            return true;
    return false;
}

/* True if the i-th descriptor is the first of its kind in the list. */
static bool first_of_kind(const struct subject *subject,
                          const struct fd_list *l, size_t i, const char *kind)
{
    char other[96];

    while (i-- > 0) {
        kind_of(subject, l->fd[i].what, other);
        if (strcmp(kind, other) == 0)
            return false;
    }
    return true;
}

/* Add up how many more of each kind after holds; note them in leaked. */
static long fds_grown(const struct subject *subject, pid_t pid,
                      const struct fd_list *before,
                      const struct fd_list *after,
                      struct leaked_fd *leaked, size_t room, size_t *n)
{
    char kind[96], other[96];
    long grown = 0;

    for (size_t i = 0; i < after->n; i++) {
        long more;

        kind_of(subject, after->fd[i].what, kind);
        if (audit_is_spare(kind) ||
            !first_of_kind(subject, after, i, kind))
            continue;
        more = count_kind(subject, after, kind) -
               count_kind(subject, before, kind);
        if (more <= 0)
            continue;
        grown += more;
        for (size_t k = i; k < after->n && more > 0 && *n < room; k++) {
            kind_of(subject, after->fd[k].what, other);
            if (strcmp(kind, other) != 0 || has_same(before, &after->fd[k]))
                continue;
            leaked[*n].pid = pid;
            leaked[*n].fd = after->fd[k].fd;
            memcpy(leaked[*n].what, after->fd[k].what,
                   sizeof leaked[*n].what);
            ++*n;
            more--;
        }
    }
    return grown;
}

static long all_fds_grown(const struct subject *subject,
                          const struct snapshot *before,
                          const struct snapshot *after,
                          struct leaked_fd *leaked, size_t room, size_t *n)
{
    long grown = 0;

    *n = 0;
    for (size_t i = 0; i < after->n; i++) {
        const struct audit_process *now = &after->process[i];
        const struct audit_process *then = snapshot_find(before, now);

        if (then && then->fds_known && now->fds_known)
            grown += fds_grown(subject, now->pid, &then->fds, &now->fds,
                               leaked, room, n);
    }
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
                    const struct snapshot *before,
                    const struct snapshot *after,
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

void audit_describe(const struct subject *subject,
                    const struct audit_process *p, char *text, size_t size)
{
    pid_t inner = procfs_inner_pid(p->pid);
    struct proc_stat st;
    int n;

    if (procfs_stat(p->pid, &st) < 0) {
        snprintf(text, size, "pid %d has ended since", (int)p->pid);
        return;
    }
    n = snprintf(text, size, "pid %d", (int)p->pid);
    if (inner != p->pid)
        n += snprintf(text + n, size - (size_t)n, " [%d]", (int)inner);
    n += snprintf(text + n, size - (size_t)n,
                  " (%s, state %c, parent %d, %d threads)%s", st.comm,
                  st.state, (int)st.ppid, st.threads,
                  p->pid == subject->server ? ", the server" : "");
    for (size_t i = 0; i < p->fds.n && n > 0 && (size_t)n + 100 < size; i++)
        n += snprintf(text + n, size - (size_t)n, "%s fd %d %s",
                      i ? "," : ":", p->fds.fd[i].fd, p->fds.fd[i].what);
}
