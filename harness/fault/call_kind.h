/* SPDX-License-Identifier: MIT */
/* The system calls that can be supervised, by what they do. */
#ifndef CALL_KIND_H
#define CALL_KIND_H

#include <stddef.h>

/* Kinds of calls: each stands for all system calls of this machine that do the
   same. */
enum call {
    CALL_ACCEPT,
    CALL_FORK,
    CALL_THREAD, /* a thread; not in one filter with CALL_FORK */
    CALL_RECV,
    CALL_SEND,
    CALL_CLOSE,
    CALL_POLL,
    CALL_PAUSE, /* a wait for a signal, a child or a time */
    CALL_SOCKET,
    CALL_SETSOCKOPT,
    CALL_BIND,
    CALL_LISTEN,
    CALL_SETSID,
    CALL_CHDIR,
    CALL_OPEN,
    CALL_DUP,
    CALL_TIMER,
    CALL_SETUID, /* of a user's number, of whatever kind */
    CALL_SETGID,
    CALL_SETGROUPS,
    CALL_SIGACTION, /* looked at, and never failed */
    CALL_KINDS
};

#define CALL_BIT(kind) (1u << (kind))

const char *call_name(enum call kind); /* "accept" */
/* The name of the system call itself: "epoll_pwait". */
void call_text(int number, char text[32]);
enum call call_kind(int number); /* CALL_KINDS: none; clone is a fork */

/* Every system call that is of some kind; clone is both a fork and a thread. */
struct call_known {
    enum call kind;
    int number; /* as libseccomp has it: < 0 where this machine lacks it */
};
extern const struct call_known call_known[];
extern const size_t call_nknown;

#endif
