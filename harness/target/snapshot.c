/* SPDX-License-Identifier: MIT */
/* The server runs on while a snapshot is taken, so that a process may end
   between two reads: one that has gone is left out, and one whose descriptors
   cannot be read is marked so (fds_known). A zombie that this process or the
   sandbox's init will reap is not counted: the server could not wait for it. */
#include "target/snapshot.h"

#include "linux/child_wait.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void snapshot_free(struct snapshot *s)
{
    for (size_t i = 0; i < s->n; i++) {
        fd_list_free(&s->process[i].fds);
        free(s->process[i].by_kind);
    }
    free(s->process);
    free(s->by_pid);
    pid_list_free(&s->zombies);
    memset(s, 0, sizeof *s);
}

static int count_socket(const struct socket_info *i, void *arg)
{
    long *n = arg;

    *n += i->inode != 0; /* no process holds the others */
    return 0;
}

/* A child of ours, or of the sandbox's init: then we, not the server, have to
   reap it. */
static bool is_ours_to_reap(const struct subject *subject, pid_t ppid)
{
    return ppid == subject->sandbox->init || ppid == getpid();
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
    child_reap_all();
    rc = subject_processes(subject, &l);
    if (rc == 0 && l.n) {
        s->process = calloc(l.n, sizeof *s->process);
        rc = s->process ? 0 : -1;
    }
    for (size_t i = 0; rc == 0 && i < l.n; i++)
        look_at(s, subject, l.pid[i], depth);
    if (rc == 0)
        rc = snapshot_index(s);
    if (rc == 0)
        rc = subject_each_socket(subject, SOCKDIAG_CONNECTED, count_socket,
                                 &s->sockets);
    pid_list_free(&l);
    return rc;
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
                  " (%s, state %c, parent %d, %d threads)%s", st.comm, st.state,
                  (int)st.ppid, st.threads,
                  p->pid == subject->server ? ", the server" : "");
    for (size_t i = 0; i < p->fds.n && n > 0 && (size_t)n + 100 < size; i++)
        n += snprintf(text + n, size - (size_t)n, "%s fd %d %s", i ? "," : ":",
                      p->fds.fd[i].fd, p->fds.fd[i].what);
}
