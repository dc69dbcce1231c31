/* SPDX-License-Identifier: MIT */
/* libseccomp writes the program, portably; it is loaded by the raw call, since
   libseccomp 2.5 does not know SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, without
   which each SIGCHLD would take a held call back. */
#include "fault/seccomp_filter.h"

#include "base/deadline.h"
#include "linux/procfs.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)   /* Linux 5.19 */
#endif

static const struct {
    enum call kind;
    int number;
} table[] = {
    { CALL_ACCEPT, SCMP_SYS(accept) }, { CALL_ACCEPT, SCMP_SYS(accept4) },
    { CALL_FORK, SCMP_SYS(fork) }, { CALL_FORK, SCMP_SYS(vfork) },
    { CALL_FORK, SCMP_SYS(clone) }, { CALL_FORK, SCMP_SYS(clone3) },
    { CALL_RECV, SCMP_SYS(read) }, { CALL_RECV, SCMP_SYS(recvfrom) },
    { CALL_RECV, SCMP_SYS(recvmsg) }, { CALL_RECV, SCMP_SYS(readv) },
    { CALL_SEND, SCMP_SYS(write) }, { CALL_SEND, SCMP_SYS(sendto) },
    { CALL_SEND, SCMP_SYS(sendmsg) }, { CALL_SEND, SCMP_SYS(writev) },
    { CALL_CLOSE, SCMP_SYS(close) },
    { CALL_POLL, SCMP_SYS(poll) }, { CALL_POLL, SCMP_SYS(ppoll) },
    { CALL_POLL, SCMP_SYS(select) }, { CALL_POLL, SCMP_SYS(pselect6) },
    { CALL_POLL, SCMP_SYS(epoll_wait) }, { CALL_POLL, SCMP_SYS(epoll_pwait) },
    { CALL_POLL, SCMP_SYS(epoll_pwait2) },
    { CALL_SOCKET, SCMP_SYS(socket) },
    { CALL_SETSOCKOPT, SCMP_SYS(setsockopt) },
    { CALL_BIND, SCMP_SYS(bind) }, { CALL_LISTEN, SCMP_SYS(listen) },
    { CALL_SETSID, SCMP_SYS(setsid) }, { CALL_CHDIR, SCMP_SYS(chdir) },
    { CALL_OPEN, SCMP_SYS(open) }, { CALL_OPEN, SCMP_SYS(openat) },
    { CALL_DUP, SCMP_SYS(dup) }, { CALL_DUP, SCMP_SYS(dup2) },
    { CALL_DUP, SCMP_SYS(dup3) },
    { CALL_TIMER, SCMP_SYS(alarm) }, { CALL_TIMER, SCMP_SYS(setitimer) },
};

enum { NTABLE = sizeof table / sizeof *table, MOST_INSTRUCTIONS = 4096 };

const char *call_name(enum call kind)
{
    static const char *const name[] = {
        [CALL_ACCEPT] = "accept", [CALL_FORK] = "fork", [CALL_RECV] = "recv",
        [CALL_SEND] = "send", [CALL_CLOSE] = "close", [CALL_POLL] = "poll",
        [CALL_SOCKET] = "socket", [CALL_SETSOCKOPT] = "setsockopt",
        [CALL_BIND] = "bind", [CALL_LISTEN] = "listen",
        [CALL_SETSID] = "setsid", [CALL_CHDIR] = "chdir",
        [CALL_OPEN] = "open", [CALL_DUP] = "dup",
        [CALL_TIMER] = "alarm",
    };

    return kind < CALL_KINDS ? name[kind] : "?";
}

enum call call_kind(int number)
{
    for (size_t i = 0; i < NTABLE; i++)
        if (table[i].number == number)
            return table[i].kind;
    return CALL_KINDS;
}

/* A thread is no fork; clone3 keeps its flags in memory, where no filter sees
   them: the supervisor looks. */
static int add_rule(scmp_filter_ctx ctx, int number)
{
    if (number == SCMP_SYS(clone))
        return seccomp_rule_add(ctx, SCMP_ACT_NOTIFY, number, 1,
                                SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    if (number < 0)
        return 0;       /* this machine has no such call */
    return seccomp_rule_add(ctx, SCMP_ACT_NOTIFY, number, 0);
}

static int export_program(struct seccomp_filter *f, scmp_filter_ctx ctx)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    ssize_t n = -1;

    f->program = calloc(MOST_INSTRUCTIONS, sizeof(struct sock_filter));
    if (fd >= 0 && f->program && seccomp_export_bpf(ctx, fd) == 0)
        n = pread(fd, f->program,
                  MOST_INSTRUCTIONS * sizeof(struct sock_filter), 0);
    if (fd >= 0)
        close(fd);
    f->length = (unsigned short)(n > 0 ? (size_t)n /
                                         sizeof(struct sock_filter) : 0);
    return n > 0 ? 0 : -1;
}

int seccomp_filter_make(struct seccomp_filter *f, unsigned calls)
{
    scmp_filter_ctx ctx;
    int rc;

    /* Notifications are level 5. Whether they are allowed here is seen when
       the filter is loaded: where seccomp(2) is refused the library would take
       them for unknown. */
    (void)seccomp_api_set(5);
    ctx = seccomp_init(SCMP_ACT_ALLOW);
    rc = ctx ? 0 : -1;

    memset(f, 0, sizeof *f);
    if (ctx)
        (void)seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW);
    for (size_t i = 0; rc == 0 && i < NTABLE; i++)
        if (calls & CALL_BIT(table[i].kind))
            rc = add_rule(ctx, table[i].number);
    if (rc == 0)
        rc = export_program(f, ctx);
    seccomp_release(ctx);
    if (rc == 0) {
        f->shared = mmap(NULL, sizeof *f->shared, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (f->shared == MAP_FAILED) {
            f->shared = NULL;
            rc = -1;
        }
    }
    if (rc == 0)
        return 0;
    seccomp_filter_free(f);
    errno = ENOMEM;
    return -1;
}

void seccomp_filter_free(struct seccomp_filter *f)
{
    if (f->shared)
        munmap(f->shared, sizeof *f->shared);
    free(f->program);
    memset(f, 0, sizeof *f);
}

static void set_state(struct seccomp_filter_shared *s, uint32_t state)
{
    __atomic_store_n(&s->state, state, __ATOMIC_RELEASE);
    syscall(SYS_futex, &s->state, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Wait while it is state; returns what it is now. */
static uint32_t wait_state(struct seccomp_filter_shared *s, uint32_t state,
                           struct deadline d)
{
    uint32_t now;

    while ((now = __atomic_load_n(&s->state, __ATOMIC_ACQUIRE)) == state &&
           !deadline_passed(d)) {
        const struct timespec pause = { 0, 10000000 };

        syscall(SYS_futex, &s->state, FUTEX_WAIT, state, &pause, NULL, 0);
    }
    return now;
}

int seccomp_filter_install(void *filter)
{
    struct seccomp_filter *f = filter;
    struct sock_fprog program = { f->length, f->program };
    unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    long fd;

    f->shared->pid = getpid();
    /* Without root a filter may not outlive a gain of rights by exec. */
    if (geteuid() != 0)
        (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                 flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
    if (fd < 0 && errno == EINVAL)      /* a kernel before 5.19 */
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    f->shared->error = fd < 0 ? errno : 0;
    f->shared->fd = (int32_t)fd;
    set_state(f->shared, fd < 0 ? 3 : 1);
    if (fd < 0) {
        errno = f->shared->error;
        return -1;
    }
    /* From here on no call that it reports may be made but exec's own. */
    if (wait_state(f->shared, 1, deadline_in(5000)) == 2)
        return 0;
    errno = ECHILD;
    return -1;
}

/* The child of ours whose pid in its own namespace is inner. */
static pid_t outer_pid(pid_t inner)
{
    struct pid_list l = { NULL, 0, 0 };
    pid_t found = -1;

    if (procfs_children(getpid(), &l) == 0)
        for (size_t i = l.n; i-- > 0 && found < 0; )
            if (procfs_inner_pid(l.pid[i]) == inner)
                found = l.pid[i];
    pid_list_free(&l);
    return found;
}

int seccomp_filter_take_listener(struct seccomp_filter *f, int timeout_ms)
{
    uint32_t state = wait_state(f->shared, 0, deadline_in(timeout_ms));
    int listener = -1, pidfd = -1, saved;
    pid_t pid;

    if (state != 1) {
        errno = state == 3 ? f->shared->error : ETIMEDOUT;
        return -1;
    }
    pid = outer_pid(f->shared->pid);
    if (pid > 0)
        pidfd = pidfd_open(pid, 0);
    if (pidfd >= 0) {
        listener = pidfd_getfd(pidfd, f->shared->fd, 0);
        saved = errno;
        close(pidfd);
        errno = saved;
    }
    saved = errno;
    set_state(f->shared, listener >= 0 ? 2 : 3);
    errno = saved;
    return listener;
}
