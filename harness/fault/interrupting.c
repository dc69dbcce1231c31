/* SPDX-License-Identifier: MIT */
/* /proc says what is caught and what is let in, the watch of rt_sigaction(2)
   says what its handler does to a call. */
#include "fault/interrupting.h"

#include "fault/call_waits.h"
#include "fault/socket_look.h"
#include "linux/procfs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* In the order in which they are tried. */
static const int signals[] = {
    SIGCHLD, SIGWINCH,  SIGURG,  SIGIO,   SIGUSR1, SIGUSR2,
    SIGCONT, SIGPWR,    SIGTSTP, SIGTTIN, SIGTTOU, SIGSTKFLT,
    SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ,
};

enum { FIRST_REALTIME = 34, LAST_REALTIME = 64 };

static bool is_alarm(int sig)
{
    return sig == SIGALRM || sig == SIGVTALRM || sig == SIGPROF ||
           sig == SIGXCPU || sig == SIGXFSZ;
}

struct open_signals {
    struct fault *f;
    pid_t pid;
    uint64_t program[2];
    unsigned long long let_in; /* caught, and not blocked by the thread */
    struct interrupting of;
};

static bool look(struct open_signals *o, pid_t tid)
{
    unsigned long long caught, blocked;

    if (!procfs_program(o->pid, o->program) ||
        !procfs_status(tid, "SigCgt", 16, &caught) ||
        !procfs_status(tid, "SigBlk", 16, &blocked))
        return false;
    o->let_in = caught & ~blocked;
    return o->let_in != 0;
}

static bool interrupts(const struct open_signals *o, int sig)
{
    if (!(o->let_in & 1ULL << (sig - 1)) || (is_alarm(sig) && !o->of.alarms))
        return false;
    return o->of.restarting ||
           fault_signal_interrupts(o->f, o->pid, sig, o->program);
}

int interrupting_signal(struct fault *f, pid_t pid, pid_t tid,
                        struct interrupting of)
{
    struct open_signals o = { .f = f, .pid = pid, .of = of };

    if (!look(&o, tid))
        return 0;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (interrupts(&o, signals[i]))
            return signals[i];
    for (int sig = FIRST_REALTIME; sig <= LAST_REALTIME; sig++)
        if (interrupts(&o, sig))
            return sig;
    return 0;
}

bool interrupting_can(struct fault *f, const struct fault_call *c)
{
    pid_t pid = procfs_process_of(c->pid);
    int fd = (int)c->args[0];
    struct interrupting of = { .alarms = true };

    switch (c->kind) {
    case CALL_POLL:
        of.restarting = true;
        return call_waits(c) && interrupting_signal(f, pid, c->pid, of);
    case CALL_ACCEPT:
    case CALL_RECV:
    case CALL_SEND:
        of.restarting = socket_time_limit(
            c->pid, fd, c->kind == CALL_SEND ? SO_SNDTIMEO : SO_RCVTIMEO);
        return socket_blocks(c->pid, fd) &&
               interrupting_signal(f, pid, c->pid, of);
    default:
        return false;
    }
}

static bool is_file(const struct fault_call *c)
{
    char name[32], what[256];

    snprintf(name, sizeof name, "fd/%d", (int)c->args[0]);
    return procfs_link(c->pid, name, what, sizeof what) && what[0] == '/' &&
           strncmp(what, "/dev/", 5) != 0 && strncmp(what, "/proc/", 6) != 0;
}

bool fault_possible(struct fault *f, const struct fault_call *c, int error)
{
    struct proc_stat st;

    if (error == EINTR)
        return interrupting_can(f, c);
    switch (c->kind) {
    case CALL_RECV:
    case CALL_SEND:
        return socket_peer_port(c->pid, (int)c->args[0]) != 0;
    case CALL_CLOSE:
        return is_file(c);
    case CALL_SETSID:
        return procfs_stat(procfs_process_of(c->pid), &st) == 0 &&
               st.pgrp == st.pid;
    case CALL_DUP: /* only what chooses the lowest number finds none */
        return (c->number == SYS_dup) == (error == EMFILE);
    default:
        return true;
    }
}
