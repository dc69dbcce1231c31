/* SPDX-License-Identifier: MIT */
/* What the server holds: its processes, threads, descriptors and sockets at a
   moment; the difference of two moments; and the wait until it is at rest.
   Leaks are differences.

   A look at /proc/PID/fd, the names alone included, holds each open file for a
   moment. What the process closes in this moment is closed a little later than
   close(2) returns, and an epoll set may tell of it once more, epoll(7); right
   servers have freed what they kept for it by then. Measured: 5 of a million
   closes. So who runs is looked at as seldom as can be. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "result/results.h"
#include "target/subject_processes.h"

struct audit_process {
    pid_t pid, ppid;
    unsigned long long start_ticks; /* with pid: names the process */
    char state;
    int threads;
    bool fds_known; /* false: not ours to see, or it has gone */
    struct fd_list fds;
    const struct proc_fd **by_kind; /* the same, in the order of kinds */
};

struct snapshot {
    struct audit_process *process; /* zombies are not among them */
    size_t n;
    struct audit_process **by_pid; /* the same, in the order of pids */
    struct pid_list zombies; /* ended, and not waited for by their parent */
    long threads;            /* of all processes */
    long sockets;            /* connected ones of the server's port */
    long fds;                /* of all processes whose fds are known */
};

enum snapshot_depth { SNAPSHOT_PROCESSES, SNAPSHOT_FDS };

/* Look. Returns 0, or -1 with errno. snapshot_free in either case; an all-zero
   snapshot is empty. */
int snapshot_take(struct snapshot *s, struct subject *subject,
                  enum snapshot_depth depth);
void snapshot_free(struct snapshot *s);
/* Fill by_pid and by_kind, which the rest of this file needs; snapshot_take has
   done it. Returns 0, or -1 with ENOMEM. */
int snapshot_index(struct snapshot *s);
/* The process of s that is the same as p, or NULL. */
const struct audit_process *snapshot_find(const struct snapshot *s,
                                          const struct audit_process *p);

/* True if pid is in s and its descriptors were seen: those of a process that
   has changed its user, or may not be dumped, are shown only to
   CAP_SYS_PTRACE. */
bool snapshot_shows_fds(const struct snapshot *s, pid_t pid);

struct growth {
    long processes; /* more than before; never below 0 */
    long threads;
    long fds; /* in processes that were there before, each
                 kind of descriptor for itself */
};

struct growth audit_growth(const struct subject *subject,
                           const struct snapshot *before,
                           const struct snapshot *after);

/* The descriptors that make up growth.fds, at most room of them; returns their
   number. */
size_t audit_leaked(const struct subject *subject,
                    const struct snapshot *before, const struct snapshot *after,
                    struct leaked_fd *leaked, size_t room);

/* Fill the counts of sum but workers_seen, leaked and seconds. */
void audit_sum_up(const struct subject *subject, const struct snapshot *before,
                  const struct snapshot *after, struct audit_summary *sum);

/* True for /dev/null, which may come and go: some servers keep it open, to have
   a descriptor to spare when their table is full. */
bool audit_is_spare(const char *what);

enum idle {
    IDLE,        /* at rest, and nothing more than before */
    IDLE_MORE,   /* the deadline passed, and something is left */
    IDLE_ENDED,  /* the server has ended */
    IDLE_TROUBLE /* errno */
};

/* Wait until the server holds no more than in before, and has no zombie and no
   connected socket; each step towards that renews timeout_ms. before NULL: wait
   until no socket is connected and its processes no longer change. The last
   look is left in now. *seconds grows by the time spent looking, without
   pauses. */
enum idle snapshot_when_idle(struct subject *subject,
                             const struct snapshot *before, double timeout_ms,
                             struct snapshot *now, double *seconds);

/* A line about a process for the evidence: pid, what it does, what it
   holds. */
void audit_describe(const struct subject *subject,
                    const struct audit_process *p, char *text, size_t size);

#endif
