/* SPDX-License-Identifier: MIT */
/* The ioctls of a seccomp listener, one function for each answer. An injected
   failure must look like the kernel's own: EPIPE comes with its SIGPIPE, and a
   close that fails still closes. Which call is to fail is decided by the
   caller. */
#include "fault/notify_reply.h"

#include "linux/remote_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

size_t notify_reply_take_size(void)
{
    struct seccomp_notif_sizes sizes;

    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 &&
        sizes.seccomp_notif > sizeof(struct seccomp_notif))
        return sizes.seccomp_notif;
    return sizeof(struct seccomp_notif);
}

int notify_reply_take(int listener, struct seccomp_notif *n, size_t size,
                      struct fault_call *c)
{
    memset(n, 0, size); /* or the kernel refuses it */
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, n) < 0)
        return -1;
    c->id = n->id;
    c->number = n->data.nr;
    c->kind = call_kind(n->data.nr);
    c->pid = (pid_t)n->pid;
    c->place = n->data.instruction_pointer;
    for (int i = 0; i < 6; i++)
        c->args[i] = n->data.args[i];
    if (c->number == SYS_clone && (c->args[0] & CLONE_THREAD))
        c->kind = CALL_THREAD;
    return 0;
}

static int respond(int listener, struct seccomp_notif_resp r)
{
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r);
}

int notify_reply_continue(int listener, uint64_t id)
{
    return respond(listener,
                   (struct seccomp_notif_resp){
                       .id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE });
}

int notify_reply_result(int listener, uint64_t id, long result)
{
    if (result < 0)
        return respond(listener, (struct seccomp_notif_resp){
                                     .id = id, .error = (int)result });
    return respond(listener,
                   (struct seccomp_notif_resp){ .id = id, .val = result });
}

int notify_reply_anew(int listener, uint64_t id)
{
    enum { ERESTARTNOINTR = 513 }; /* as in the kernel's own errno.h */

    return notify_reply_result(listener, id, -ERESTARTNOINTR);
}

/* The kernel raises SIGPIPE with EPIPE, send(2), and so must we: the target
   takes it when the call returns. True if it was raised. */
static bool raise_pipe(const struct fault_call *c)
{
    bool quiet = (c->number == SYS_sendto && (c->args[3] & MSG_NOSIGNAL)) ||
                 (c->number == SYS_sendmsg && (c->args[2] & MSG_NOSIGNAL));

    return !quiet && syscall(SYS_tkill, c->pid, SIGPIPE) == 0;
}

/* close(2) closes the descriptor even if it returns an error. So what the
   descriptor stood for is closed, and /dev/null put in its place: only the
   number stays taken. */
static void close_there(int listener, const struct fault_call *c)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct seccomp_notif_addfd a = {
        .id = c->id,
        .flags = SECCOMP_ADDFD_FLAG_SETFD,
        .srcfd = (uint32_t)null,
        .newfd = (uint32_t)c->args[0],
        .newfd_flags = O_CLOEXEC,
    };

    if (null < 0)
        return;
    (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &a);
    close(null);
}

int notify_reply_fault(int listener, const struct fault_call *c, int error)
{
    bool raised;

    if (error == 0)
        return notify_reply_continue(listener, c->id);
    if (error == ANSWER_EXPIRED)
        return notify_reply_result(listener, c->id, 0);
    raised = error == EPIPE && c->kind == CALL_SEND && raise_pipe(c);
    if (c->kind == CALL_CLOSE)
        close_there(listener, c);
    if (notify_reply_result(listener, c->id, -error) == 0)
        return 0;
    /* SIGPIPE has ended the process in its call, and that is the fault
       delivered: its wait for us is broken off by a fatal signal only
       (seccomp_filter.c). */
    return raised && errno == ENOENT ? 0 : -1;
}

bool notify_reply_waits(int listener, uint64_t id)
{
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

bool notify_reply_is_thread(const struct fault_call *c)
{
    uint64_t flags = 0; /* first in struct clone_args */

    return c->number == SYS_clone3 &&
           remote_read(c->pid, c->args[0], &flags, sizeof flags) ==
               (ssize_t)sizeof flags &&
           (flags & CLONE_THREAD);
}
