/* SPDX-License-Identifier: MIT */
/* No process for a worker, no descriptor for a connection. */
#include "cases/fault/no_worker.h"

#include "kit/wait_idle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* Less than the pause that a server makes between two tries, of 50 ms mostly:
   with workers that try in turn there is no longer rest. */
enum { REFUSE_MS = 20 };

/* ---- fault/fork-eagain ---- */

static bool fork_fails(struct context *c, struct fault *f, int error,
                       int *served)
{
    long before = fault_injected(f, CALL_FORK);
    char what[48], after[64];
    struct talk t;
    bool good;

    snprintf(what, sizeof what, "fork failed with %s", strerrorname_np(error));
    snprintf(after, sizeof after, "after %s,", what);
    fault_fail(f, CALL_FORK, error, 1, NULL, NULL);
    good = client_come(c, &t, 0);
    if (good) {
        talk_begin(&t, 0);
        t.enough = 1;
        good = no_worker_answer(c, &t, what, served);
    }
    fault_release(f, CALL_FORK);
    talk_leave(&t);
    if (!good && fault_injected(f, CALL_FORK) == before)
        faulty_undelivered(c);
    if (!good || fault_injected(f, CALL_FORK) == before)
        return good;
    ++*served;
    return faulty_lives(c, f, after);
}

static void fork_eagain(struct context *c)
{
    struct fault *f = faulty_up(c, CALL_BIT(CALL_FORK), false);
    struct snapshot before = { .n = 0 };
    enum idle settled;
    char why[160];
    int served = 0;

    if (!f)
        return;
    (void)client_served(c, 0, why, sizeof why); /* what starts lazily */
    if (server_wait_idle(c, NULL, &before, &settled) &&
        fork_fails(c, f, EAGAIN, &served) &&
        fork_fails(c, f, ENOMEM, &served) &&
        faulty_delivered(c, f, CALL_FORK, "no process for a connection") &&
        no_worker_fds_kept(c, &before, served, "where fork failed"))
        verdict_pass(c->v);
    snapshot_free(&before);
    faulty_down(c, f);
}

/* ---- fault/fd-limit ---- */

/* The lowest number that is free in pid. */
static int first_free_fd(pid_t pid)
{
    struct fd_list l = { NULL, 0, 0 };
    int free_fd = 0;
    bool taken = true;

    if (procfs_fds(pid, &l) < 0)
        return -1;
    for (; taken; free_fd += taken) {
        taken = false;
        for (size_t i = 0; i < l.n && !taken; i++)
            taken = l.fd[i].fd == free_fd;
    }
    fd_list_free(&l);
    return free_fd;
}

/* Let every process of the server have no more descriptors than it has; old is
   what the server process had, *threads how many run in all of them. */
static bool limit_all(struct context *c, struct rlimit *old, int *threads)
{
    struct pid_list l = { NULL, 0, 0 };
    bool good = subject_server_tree(&c->subject, &l) == 0 && l.n > 0;

    *threads = 0;
    for (size_t i = 0; good && i < l.n; i++) {
        int n = first_free_fd(l.pid[i]);
        struct proc_stat stat;
        struct rlimit now;

        if (procfs_stat(l.pid[i], &stat) == 0)
            *threads += stat.threads;

        good = n >= 0 && prlimit(l.pid[i], RLIMIT_NOFILE, NULL, &now) == 0;
        if (good && l.pid[i] == c->subject.server)
            *old = now;
        now.rlim_cur = (rlim_t)n;
        good = good && prlimit(l.pid[i], RLIMIT_NOFILE, &now, NULL) == 0;
        if (!good && l.pid[i] != c->subject.server)
            good = procfs_ending(l.pid[i]);
    }
    pid_list_free(&l);
    return good;
}

static void unlimit_all(struct context *c, const struct rlimit *old)
{
    struct pid_list l = { NULL, 0, 0 };

    if (subject_server_tree(&c->subject, &l) == 0)
        for (size_t i = 0; i < l.n; i++) /* gone: no matter */
            (void)prlimit(l.pid[i], RLIMIT_NOFILE, old, NULL);
    pid_list_free(&l);
}

static bool is_accepted(struct context *c, int fd)
{
    struct socket_info end;

    return server_end(c, fd, &end) && end.inode != 0;
}

/* An accept is counted when it is made, and refused a little later. So wait
   until the next one is made, or the server has ended, or it has paused longer
   than that, and not for want of a processor: then it has been refused. */
static void let_refuse(struct context *c, struct fault *f, long made)
{
    struct deadline soon = deadline_in(REFUSE_MS), d = wait_deadline(c);
    struct pause pause = { 0 };

    while (fault_made(f, CALL_ACCEPT) == made && !server_ended(c) &&
           !deadline_passed(d) && (!deadline_passed(soon) || server_runs(c)))
        pause_until(&pause, d);
}

/* Connect n clients, or as many as are let in. True if one of them was turned
   away: the server closed its listening socket with that client in its queue,
   or had closed it before. */
static bool turned_away(struct context *c, int *fd, int n, int *opened)
{
    struct deadline d = wait_deadline(c);

    for (*opened = 0; *opened < n; ++*opened)
        if ((fd[*opened] = conn_open(&c->subject.address, d)) < 0)
            return errno == ECONNREFUSED || errno == ECONNRESET;
    return false;
}

/* Connect n clients. As many as there are threads may still be taken, each by
   an accept that has its descriptor already. True once one waits, or was turned
   away, although the server has tried to accept, and then rests or has tried
   more often than there are clients, or once it has ended: the limit was
   reached. */
static bool reach_limit(struct context *c, struct fault *f, int *fd, int n)
{
    struct deadline d = wait_deadline(c);
    long before = fault_made(f, CALL_ACCEPT), made;
    struct pause pause = { 0 };
    int opened;
    bool away = turned_away(c, fd, n, &opened);

    while (!deadline_passed(d)) { /* none opened: it may be ending */
        /* Its last worker may hold the listener for a moment yet, and then it
           seems to live again. */
        if (server_ended(c))
            return true;
        made = fault_made(f, CALL_ACCEPT);
        if (made > before && away)
            return true;
        if (opened && made > before && !is_accepted(c, fd[opened - 1])) {
            let_refuse(c, f, made);
            if (server_ended(c) || made > before + n ||
                (fault_made(f, CALL_ACCEPT) == made &&
                 !is_accepted(c, fd[opened - 1])))
                return true;
        }
        pause_until(&pause, d);
    }
    return false;
}

static void at_fd_limit(struct context *c, struct verdict *v, struct fault *f)
{
    enum { WAITING = 4, MOST = 128 };
    int fd[MOST], n;
    struct rlimit old;
    bool reached;

    for (int i = 0; i < MOST; i++)
        fd[i] = -1;
    if (!limit_all(c, &old, &n)) {
        int error = errno;

        if (server_ended(c))
            verdict_skip(v, "the server has ended");
        else if (error == EPERM) /* it has changed its user */
            verdict_skip(v,
                         "its limits are not ours to set: it has changed its "
                         "user, and CAP_SYS_RESOURCE is not there");
        else
            verdict_error(v, "cannot limit its descriptors: %s",
                          strerror(error));
        return;
    }
    n = n < MOST - WAITING ? n + WAITING : MOST;
    reached = reach_limit(c, f, fd, n);
    /* What it does about a refusal is done before the clients leave: one that
       waits for that would wait for ever if it came to it later. */
    if (reached)
        server_let_act(c);
    for (int i = 0; i < n; i++)
        conn_close(fd[i]);
    /* What the clients held comes back to the server by itself. Without the
       limit one that had nothing to spare has descriptors again too. */
    unlimit_all(c, &old);
    if (!reached && !server_ended(c))
        verdict_skip(v, "its limit of descriptors was not reached");
    else if (faulty_lives(c, f, "after its limit of descriptors was reached,"))
        verdict_pass(v);
}

static void fd_limit(struct context *c)
{
    struct fault *f = faulty_up(c, CALL_BIT(CALL_ACCEPT), false);
    char why[160];

    if (!f)
        return;
    (void)client_served(c, 0, why, sizeof why); /* what starts lazily */
    faulty_wait_idle(c); /* so that what it closes late is not counted */
    if (server_ended(c))
        verdict_skip(c->v, "the server has ended after its first client");
    else
        at_fd_limit(c, c->v, f);
    faulty_down(c, f);
}

static const struct test_case cases[] = {
    { "fault/fd-limit", MUST,
      "a real limit of descriptors reached, then clients leave: it serves "
      "again",
      "getrlimit(2)", fd_limit, 50,
      "prlimit(2) leaves the server no free number; clients connect, one is "
      "seen to wait after accept was tried; they leave, the limit goes; a new "
      "client must be served.",
      "The listening socket is dropped from the poll set, or the server ends.",
      "Treat EMFILE as a pause: when it is over, or a connection was closed, "
      "the listener is back in the set." },
    { "fault/fork-eagain", MUST,
      "no process for a worker: it lives, that client is served later or sees "
      "a close, no descriptor is lost",
      "fork(2)", fork_eagain, 50,
      "One fork is answered EAGAIN, then one ENOMEM, each with a client just "
      "accepted; descriptors may not grow by more than the clients that were "
      "served cost without a fault.",
      "if ((pid = fork()) < 0) exit(1); or continue without close(cfd).",
      "On -1: log, close(cfd), go back to accept." },
};

const struct case_table fault_process_cases = CASE_TABLE(cases);
