/* SPDX-License-Identifier: MIT */
/* libseccomp makes the program, for whatever machine this is. The raw system
   call loads it, since libseccomp 2.5 does not know
   SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: without that flag each SIGCHLD would
   take a held call back. The child of the start installs the filter; a process
   that it forks for that sends the listener to the parent. */
#include "fault/seccomp_filter.h"

#include "base/deadline.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5) /* Linux 5.19 */
#endif

enum { MOST_INSTRUCTIONS = 4096, INSTALL_MS = 5000 };

/* A thread is no fork, and clone3 keeps its flags in memory, where no filter
   sees them. Where forks are asked for, the supervisor looks; where threads
   are, this kernel has no clone3, and libc makes them by clone. */
static int add_rule(scmp_filter_ctx ctx, enum call kind, int number)
{
    if (number == SCMP_SYS(clone))
        return seccomp_rule_add(
            ctx, SCMP_ACT_NOTIFY, number, 1,
            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD,
                    kind == CALL_THREAD ? CLONE_THREAD : 0));
    if (number < 0)
        return 0; /* this machine has no such call */
    if (number == SCMP_SYS(clone3) && kind == CALL_THREAD)
        return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), number, 0);
    return seccomp_rule_add(ctx, SCMP_ACT_NOTIFY, number, 0);
}

/* Returns 0, or -1 with errno. */
static int export_program(struct seccomp_filter *f, scmp_filter_ctx ctx)
{
    int fd = memfd_create("filter", MFD_CLOEXEC), rc, saved;
    ssize_t n = -1;

    if (fd < 0)
        return -1;
    f->program = calloc(MOST_INSTRUCTIONS, sizeof(struct sock_filter));
    rc = f->program ? seccomp_export_bpf(ctx, fd) : -ENOMEM;
    if (rc == 0)
        n = pread(fd, f->program,
                  MOST_INSTRUCTIONS * sizeof(struct sock_filter), 0);
    saved = rc < 0 ? -rc : n == 0 ? EIO : errno;
    close(fd);
    f->length =
        (unsigned short)(n > 0 ? (size_t)n / sizeof(struct sock_filter) : 0);
    errno = saved;
    return n > 0 ? 0 : -1;
}

/* What the child and its parent share: the state, a futex; the socket pair. */
static int open_way(struct seccomp_filter *f)
{
    void *shared = mmap(NULL, sizeof *f->shared, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return -1;
    f->shared = shared;
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, f->way);
}

/* Returns 0, or -1 with errno. */
static int make_program(struct seccomp_filter *f, unsigned calls)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    int rc = 0, saved;

    if (!ctx) {
        errno = ENOMEM;
        return -1;
    }
    (void)seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW);
    for (size_t i = 0; rc == 0 && i < call_nknown; i++)
        if (calls & CALL_BIT(call_known[i].kind))
            rc = add_rule(ctx, call_known[i].kind, call_known[i].number);
    if (rc < 0)
        errno = -rc;
    else
        rc = export_program(f, ctx);
    saved = errno;
    seccomp_release(ctx);
    errno = saved;
    return rc < 0 ? -1 : 0;
}

int seccomp_filter_make(struct seccomp_filter *f, unsigned calls)
{
    int saved;

    /* Notifications need API level 5, which the library believes missing where
       seccomp(2) is refused. Whether they are allowed here shows when the
       filter is loaded. */
    (void)seccomp_api_set(5);
    *f = (struct seccomp_filter){ .way = { -1, -1 } };
    if (make_program(f, calls) == 0 && open_way(f) == 0)
        return 0;
    saved = errno;
    seccomp_filter_free(f);
    errno = saved;
    return -1;
}

void seccomp_filter_free(struct seccomp_filter *f)
{
    if (f->shared)
        munmap(f->shared, sizeof *f->shared);
    for (int i = 0; i < 2; i++)
        if (f->way[i] >= 0)
            close(f->way[i]);
    free(f->program);
    *f = (struct seccomp_filter){ .way = { -1, -1 } };
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

/* ---- the listener's way out of the child ---- */

static int send_fd(int way, int fd)
{
    char byte = 0;
    struct iovec one = { &byte, 1 };
    union {
        char buf[CMSG_SPACE(sizeof fd)];
        struct cmsghdr align;
    } room = {
        .align = { .cmsg_len = CMSG_LEN(sizeof fd),
                   .cmsg_level = SOL_SOCKET,
                   .cmsg_type = SCM_RIGHTS },
    };
    struct msghdr m = { .msg_iov = &one,
                        .msg_iovlen = 1,
                        .msg_control = room.buf,
                        .msg_controllen = sizeof room.buf };

    memcpy(CMSG_DATA(&room.align), &fd, sizeof fd);
    return sendmsg(way, &m, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int receive_fd(int way)
{
    char byte;
    struct iovec one = { &byte, 1 };
    union {
        char buf[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } room;
    struct msghdr m = { .msg_iov = &one,
                        .msg_iovlen = 1,
                        .msg_control = room.buf,
                        .msg_controllen = sizeof room.buf };
    const struct cmsghdr *c;
    int fd;

    if (recvmsg(way, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
        return -1;
    c = CMSG_FIRSTHDR(&m);
    if (!c || c->cmsg_type != SCM_RIGHTS) {
        errno = EMFILE; /* a descriptor came, but there was no room for it */
        return -1;
    }
    memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

static void fail(struct seccomp_filter_shared *s, int error)
{
    s->error = error;
    set_state(s, 3);
}

/* The child cannot send the listener: its own sendmsg(2) may be a supervised
   call, which waits for somebody who has the listener. So before it installs
   the filter it starts this process, which is not filtered but shares its table
   of descriptors. */
static void send_listener(struct seccomp_filter *f, pid_t child)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != child)
        _exit(1);
    if (wait_state(f->shared, 0, deadline_in(INSTALL_MS)) == 1) {
        if (send_fd(f->way[1], f->shared->fd) < 0)
            fail(f->shared, errno);
        else
            set_state(f->shared, 2);
    }
    _exit(0);
}

/* Without a signal at its end: the target must not see a child that it did not
   make. */
static pid_t start_sender(struct seccomp_filter *f)
{
    pid_t child = getpid();
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES, NULL, NULL, NULL, NULL);

    if (pid == 0)
        send_listener(f, child);
    return pid;
}

/* ---- the filter ---- */

static long load(const struct seccomp_filter *f)
{
    struct sock_fprog program = { f->length, f->program };
    unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                      flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);

    if (fd < 0 && errno == EINVAL) /* a kernel before 5.19 */
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    return fd;
}

/* Without CAP_SYS_ADMIN, which even root may lack in a container, the kernel
   takes a filter only from a process that has given up gaining privileges by
   exec. */
static long load_as_allowed(const struct seccomp_filter *f)
{
    long fd = load(f);

    if (fd < 0 && errno == EACCES &&
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        fd = load(f);
    return fd;
}

int seccomp_filter_install(void *filter)
{
    struct seccomp_filter *f = filter;
    pid_t sender = start_sender(f);
    long fd = sender < 0 ? -1 : load_as_allowed(f);

    if (fd < 0) {
        fail(f->shared, errno);
    } else {
        f->shared->fd = (int32_t)fd;
        set_state(f->shared, 1);
        /* From here to exec this process may make no call that the filter
           reports. */
        if (wait_state(f->shared, 1, deadline_in(INSTALL_MS)) == 1)
            fail(f->shared, ECHILD);
    }
    if (sender > 0)
        (void)waitpid(sender, NULL, __WALL);
    errno = f->shared->error;
    return f->shared->error ? -1 : 0;
}

int seccomp_filter_take_listener(struct seccomp_filter *f, int timeout_ms)
{
    struct deadline d = deadline_in(timeout_ms);
    uint32_t state = wait_state(f->shared, 0, d);

    if (state == 1)
        state = wait_state(f->shared, 1, d);
    if (state == 2)
        return receive_fd(f->way[0]);
    errno = state == 3 ? f->shared->error : ETIMEDOUT;
    return -1;
}
