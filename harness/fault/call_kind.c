/* SPDX-License-Identifier: MIT */
/* One table: a call that is to be supervised is added here. */
#include "fault/call_kind.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>

const struct call_known call_known[] = {
    { CALL_ACCEPT, SCMP_SYS(accept) },
    { CALL_ACCEPT, SCMP_SYS(accept4) },
    { CALL_FORK, SCMP_SYS(fork) },
    { CALL_FORK, SCMP_SYS(vfork) },
    { CALL_FORK, SCMP_SYS(clone) },
    { CALL_FORK, SCMP_SYS(clone3) },
    { CALL_THREAD, SCMP_SYS(clone) },
    { CALL_THREAD, SCMP_SYS(clone3) },
    { CALL_RECV, SCMP_SYS(read) },
    { CALL_RECV, SCMP_SYS(recvfrom) },
    { CALL_RECV, SCMP_SYS(recvmsg) },
    { CALL_RECV, SCMP_SYS(readv) },
    { CALL_SEND, SCMP_SYS(write) },
    { CALL_SEND, SCMP_SYS(sendto) },
    { CALL_SEND, SCMP_SYS(sendmsg) },
    { CALL_SEND, SCMP_SYS(writev) },
    { CALL_CLOSE, SCMP_SYS(close) },
    { CALL_POLL, SCMP_SYS(poll) },
    { CALL_POLL, SCMP_SYS(ppoll) },
    { CALL_POLL, SCMP_SYS(select) },
    { CALL_POLL, SCMP_SYS(pselect6) },
    { CALL_POLL, SCMP_SYS(epoll_wait) },
    { CALL_POLL, SCMP_SYS(epoll_pwait) },
    { CALL_POLL, SCMP_SYS(epoll_pwait2) },
    { CALL_PAUSE, SCMP_SYS(pause) },
    { CALL_PAUSE, SCMP_SYS(rt_sigsuspend) },
    { CALL_PAUSE, SCMP_SYS(rt_sigtimedwait) },
    { CALL_PAUSE, SCMP_SYS(wait4) },
    { CALL_PAUSE, SCMP_SYS(waitid) },
    { CALL_PAUSE, SCMP_SYS(nanosleep) },
    { CALL_PAUSE, SCMP_SYS(clock_nanosleep) },
    { CALL_PAUSE, SCMP_SYS(semop) },
    { CALL_PAUSE, SCMP_SYS(semtimedop) },
    { CALL_PAUSE, SCMP_SYS(msgrcv) },
    { CALL_SOCKET, SCMP_SYS(socket) },
    { CALL_SETSOCKOPT, SCMP_SYS(setsockopt) },
    { CALL_BIND, SCMP_SYS(bind) },
    { CALL_LISTEN, SCMP_SYS(listen) },
    { CALL_SETSID, SCMP_SYS(setsid) },
    { CALL_CHDIR, SCMP_SYS(chdir) },
    { CALL_OPEN, SCMP_SYS(open) },
    { CALL_OPEN, SCMP_SYS(openat) },
    { CALL_DUP, SCMP_SYS(dup) },
    { CALL_DUP, SCMP_SYS(dup2) },
    { CALL_DUP, SCMP_SYS(dup3) },
    { CALL_TIMER, SCMP_SYS(alarm) },
    { CALL_TIMER, SCMP_SYS(setitimer) },
    { CALL_SETUID, SCMP_SYS(setuid) },
    { CALL_SETUID, SCMP_SYS(setreuid) },
    { CALL_SETUID, SCMP_SYS(setresuid) },
    { CALL_SETGID, SCMP_SYS(setgid) },
    { CALL_SETGID, SCMP_SYS(setregid) },
    { CALL_SETGID, SCMP_SYS(setresgid) },
    { CALL_SETGROUPS, SCMP_SYS(setgroups) },
    { CALL_SIGACTION, SCMP_SYS(rt_sigaction) },
};

const size_t call_nknown = sizeof call_known / sizeof *call_known;

const char *call_name(enum call kind)
{
    static const char *const name[] = {
        [CALL_ACCEPT] = "accept",       [CALL_FORK] = "fork",
        [CALL_THREAD] = "thread",       [CALL_RECV] = "recv",
        [CALL_SEND] = "send",           [CALL_CLOSE] = "close",
        [CALL_POLL] = "poll",           [CALL_PAUSE] = "pause",
        [CALL_SOCKET] = "socket",       [CALL_SETSOCKOPT] = "setsockopt",
        [CALL_BIND] = "bind",           [CALL_LISTEN] = "listen",
        [CALL_SETSID] = "setsid",       [CALL_CHDIR] = "chdir",
        [CALL_OPEN] = "open",           [CALL_DUP] = "dup",
        [CALL_TIMER] = "alarm",         [CALL_SETUID] = "setuid",
        [CALL_SETGID] = "setgid",       [CALL_SETGROUPS] = "setgroups",
        [CALL_SIGACTION] = "sigaction",
    };

    return kind < CALL_KINDS ? name[kind] : "?";
}

void call_text(int number, char text[32])
{
    char *known = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

    snprintf(text, 32, "%s", known ? known : "a system call");
    free(known);
}

enum call call_kind(int number)
{
    for (size_t i = 0; i < call_nknown; i++)
        if (call_known[i].number == number)
            return call_known[i].kind;
    return CALL_KINDS;
}
