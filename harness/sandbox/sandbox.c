/* SPDX-License-Identifier: MIT */
/* Three processes make a sandbox: the caller, who entered the network and mount
   namespaces but watches from the outer pid namespace; the init, pid 1 inside,
   who only reaps and holds the namespace open; and the target, forked by the
   caller into the sandbox. */
#include "sandbox/sandbox.h"

#include "base/deadline.h"
#include "linux/child_wait.h"
#include "linux/early_thread.h"
#include "linux/process_signal.h"
#include "network/loopback.h"
#include "sandbox/sandbox_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONNECTIONS_HASHED "4096"

enum { DEFAULT_FD_LIMIT = 4096, FIRST_PID = 300, CLOSE_MS = 10000 };

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC), saved;
    ssize_t n;

    if (fd < 0)
        return -1;
    n = write(fd, text, strlen(text));
    saved = errno;
    close(fd);
    errno = saved;
    return n == (ssize_t)strlen(text) ? 0 : -1;
}

int sandbox_die_with(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return -1;
    return getppid() == parent ? 0 : -1;
}

void sandbox_limits(long need)
{
    struct rlimit none = { 0, 0 }, fds;

    (void)setrlimit(RLIMIT_CORE, &none);
    if (getrlimit(RLIMIT_NOFILE, &fds) < 0)
        return;
    fds.rlim_cur = (rlim_t)(need > DEFAULT_FD_LIMIT ? need : DEFAULT_FD_LIMIT);
    if (fds.rlim_cur > fds.rlim_max)
        fds.rlim_cur = fds.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &fds);
}

/* Map the caller to itself, so that files and evidence keep their owner. */
static int map_self(uid_t uid, gid_t gid)
{
    char line[64];

    if (write_file("/proc/self/setgroups", "deny") < 0 && errno != ENOENT)
        return -1;
    snprintf(line, sizeof line, "%u %u 1", uid, uid);
    if (write_file("/proc/self/uid_map", line) < 0)
        return -1;
    snprintf(line, sizeof line, "%u %u 1", gid, gid);
    return write_file("/proc/self/gid_map", line);
}

/* Root needs no user namespace, and a map of one line would break the
   setgroups(2) and setuid(2) of a target that drops its privileges. But in a
   container root may lack CAP_SYS_ADMIN, and then there is no other way. */
static int unshare_most(void)
{
    int flags = CLONE_NEWNET | CLONE_NEWNS;
    uid_t uid = geteuid();
    gid_t gid = getegid();

    if (uid == 0 && unshare(flags) == 0)
        return 0;
    if (unshare(flags | CLONE_NEWUSER) < 0)
        return -1;
    return map_self(uid, gid);
}

/* All network namespaces share the machine's table of connections, which has
   room for all its memory, and each look at our sockets walks the whole of it.
   A namespace made in one where this switch is set (ip-sysctl, Linux 6.1) has a
   table of its own. Without, looks only take longer. */
static bool have_small_tables(void)
{
    return write_file("/proc/sys/net/ipv4/tcp_child_ehash_entries",
                      CONNECTIONS_HASHED) == 0;
}

static int nursery = -1; /* such a namespace, or -1 */

/* In a child, since who has left the network may not be let in again. It lives
   until the caller has the namespace, or ends. */
static void make_nursery(int caller)
{
    char byte = 0;

    if (unshare(CLONE_NEWNET) == 0 && have_small_tables() &&
        write(caller, &byte, 1) == 1)
        (void)!read(caller, &byte, 1);
    _exit(0);
}

static void take_nursery(void)
{
    int ends[2];
    char path[64], byte;
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return;
    child = fork();
    if (child == 0) {
        close(ends[0]);
        make_nursery(ends[1]);
    }
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)child);
    if (child > 0 && read(ends[0], &byte, 1) == 1)
        nursery = open(path, O_RDONLY | O_CLOEXEC);
    close(ends[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

void sandbox_prepare(void)
{
    static bool done;

    if (!done && geteuid() == 0)
        take_nursery();
    done = true;
}

/* A network namespace takes longer to make than all else here together. */
static int unshare_all_but_pids(void)
{
    bool born = nursery >= 0 && setns(nursery, CLONE_NEWNET) == 0;

    if (unshare_most() < 0)
        return -1;
    if (!born && have_small_tables())
        (void)unshare(CLONE_NEWNET);
    return 0;
}

/* pid 1 of the sandbox: it adopts what daemonises, reaps it, and ends with the
   caller. All signals are blocked: the target cannot end it. */
static void init_main(int lifeline, int ready, pid_t outer)
{
    sigset_t child;
    char byte = 0, number[16];

    (void)prctl(PR_SET_NAME, "harness-sandbox");
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* As long as anybody is in the caller's group, the caller can lead no
       session, setsid(2), and some need a terminal (pty.h). */
    (void)setpgid(0, 0);
    sigfillset(&child);
    (void)sigprocmask(SIG_BLOCK, &child, NULL);
    /* getppid(2) is 0 here, whether the caller lives or not. The pipe tells
       whether the caller had ended before PR_SET_PDEATHSIG took effect. */
    (void)fcntl(lifeline, F_SETFL, O_NONBLOCK);
    if (read(lifeline, &byte, 1) == 0)
        _exit(0);
    /* A /proc of the sandbox's own for the target; some containers forbid it,
       and then the target sees the outer one. */
    (void)mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                NULL);
    /* Processes of two sandboxes would have the same numbers, but both share
       /tmp: a program that locks a file there named after its pid, as a JVM
       does, would find it locked. So each sandbox counts from another number,
       if the kernel lets it; below 32,768, which may be all that pid_max
       allows. */
    snprintf(number, sizeof number, "%d", FIRST_PID + outer % 512 * 60);
    (void)write_file("/proc/sys/kernel/ns_last_pid", number);
    (void)write(ready, &byte, 1); /* a dead caller cannot be told */
    (void)close_range(0, ~0u, 0);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        (void)sigwaitinfo(&child, NULL);
    }
}

/* A target that is root could trace the init, clear its death signal and let
   the sandbox outlive us. A process has only one tracer, so we are that, and
   PTRACE_O_EXITKILL makes the init die with us. Where tracing is refused, the
   death signal and the pipe have to do. ptrace(2). */
static void hold_init(pid_t init)
{
    (void)ptrace(PTRACE_SEIZE, init, NULL, PTRACE_O_EXITKILL);
}

static int start_init(struct sandbox *c)
{
    int lifeline[2] = { -1, -1 }, ready[2] = { -1, -1 }, saved;
    pid_t outer = getpid();
    char byte;

    c->init = -1;
    if (pipe2(lifeline, O_CLOEXEC) < 0 || pipe2(ready, O_CLOEXEC) < 0)
        goto out;
    c->init = fork();
    if (c->init == 0) {
        close(lifeline[1]);
        close(ready[0]);
        init_main(lifeline[0], ready[1], outer);
    }
    if (c->init < 0)
        goto out;
    close(ready[1]);
    ready[1] = -1;
    c->lifeline = lifeline[1];
    lifeline[1] = -1;
    hold_init(c->init);
    if (child_watch(c->init) < 0 || read(ready[0], &byte, 1) != 1) {
        errno = ECHILD;
        c->init = -1;
    }
out:
    saved = errno;
    for (int i = 0; i < 2; i++) {
        if (lifeline[i] >= 0)
            close(lifeline[i]);
        if (ready[i] >= 0)
            close(ready[i]);
    }
    errno = saved;
    return c->init < 0 ? -1 : 0;
}

static int failed(char *why, size_t size, const char *step)
{
    int saved = errno;

    snprintf(why, size, "%s: %s", step, strerror(saved));
    errno = saved;
    return -1;
}

int sandbox_enter(struct sandbox *c, pid_t parent, char *const *keep, char *why,
                  size_t why_size)
{
    const char *step;

    *c = (struct sandbox){
        .isolated = true, .init = -1, .lifeline = -1, .dir_fd = -1
    };
    if (procfs_open() < 0)
        return failed(why, why_size, "/proc");
    if (unshare_all_but_pids() < 0)
        return failed(why, why_size, "namespaces");
    if (early_thread_prepare() < 0) /* the next line forbids threads */
        return failed(why, why_size, "thread");
    if (unshare(CLONE_NEWPID) < 0)
        return failed(why, why_size, "pid namespace");
    /* Both were cleared by a new user namespace. */
    (void)prctl(PR_SET_DUMPABLE, 1);
    if (sandbox_die_with(parent) < 0)
        return failed(why, why_size, "parent");
    if (loopback_up() < 0)
        return failed(why, why_size, "loopback");
    c->dir_fd = sandbox_mounts(c->dir, sizeof c->dir, keep, &step);
    if (c->dir_fd < 0)
        return failed(why, why_size, step);
    /* Let the target bind any port without root, and clients use more ports; an
       older kernel lacks the first switch. */
    (void)write_file("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    (void)write_file("/proc/sys/net/ipv4/ip_local_port_range", "16384 65535");
    /* Some hosts pace what they send, by a timer for each packet (bbr). There
       is no congestion here, and the simplest way is in every kernel. */
    (void)write_file("/proc/sys/net/ipv4/tcp_congestion_control", "reno");
    if (start_init(c) < 0)
        return failed(why, why_size, "first process");
    return 0;
}

int sandbox_open_plain(struct sandbox *c, pid_t parent, const char *dir,
                       int dir_fd)
{
    *c = (struct sandbox){
        .isolated = false, .init = getpid(), .lifeline = -1, .dir_fd = dir_fd
    };
    snprintf(c->dir, sizeof c->dir, "%s", dir);
    if (procfs_open() < 0 || early_thread_prepare() < 0 ||
        prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return -1;
    return sandbox_die_with(parent);
}

/* List all descendants that live, without the processes in spare and those
   below them. Children that have ended are reaped: a process that forks and
   ends without a rest leaves them by the thousand, and whoever looks at each of
   those first comes too late for the one that lives. Returns how many were
   reaped, each of which may have left us a child since; -1: no memory. */
static int list_descendants(const struct pid_list *spare, struct pid_list *out)
{
    struct pid_list children = { NULL, 0, 0 };
    int rc = procfs_children(getpid(), &children), reaped = 0;

    out->n = 0;
    for (size_t i = 0; rc == 0 && i < children.n; i++) {
        if (spare && pid_list_has(spare, children.pid[i]))
            continue;
        if (waitpid(children.pid[i], NULL, WNOHANG) != 0)
            reaped++;
        else
            rc = procfs_tree(children.pid[i], out);
    }
    pid_list_free(&children);
    return rc < 0 ? -1 : reaped;
}

pid_t sandbox_kill_descendants(const struct pid_list *spare)
{
    struct pid_list l = { NULL, 0, 0 };
    struct deadline d = deadline_in(CLOSE_MS);
    struct pause pause = { 0 };
    pid_t left;
    int reaped;

    while ((reaped = list_descendants(spare, &l)) > 0 || l.n) {
        if (reaped < 0 || deadline_passed(d))
            break;
        process_signal_all(&l, SIGKILL);
        if (l.n)
            pause_until(&pause, d);
    }
    left = l.n ? l.pid[0] : 0;
    pid_list_free(&l);
    return left;
}

/* All of the sandbox dies with its init. But the init ends only once every
   zombie in the sandbox has been reaped, and some of those are our children. */
static void close_namespaces(struct sandbox *c)
{
    (void)process_signal(c->init, SIGKILL);
    (void)child_reap_everyone(deadline_in(CLOSE_MS));
}

void sandbox_close(struct sandbox *c)
{
    if (c->isolated && c->init > 0)
        close_namespaces(c);
    else
        (void)sandbox_kill_descendants(NULL);
    if (c->lifeline >= 0)
        close(c->lifeline);
    if (c->dir_fd >= 0)
        close(c->dir_fd);
    c->lifeline = c->dir_fd = -1;
    c->init = -1;
}
