/* SPDX-License-Identifier: MIT */
/* The seccomp filter that reports chosen system calls to a supervisor,
   seccomp_unotify(2), and how its listener gets from the target to the
   supervisor. */
#ifndef SECCOMP_FILTER_H
#define SECCOMP_FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

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

struct fault_call { /* one system call that was made */
    uint64_t id;    /* names it to fault_answer */
    enum call kind;
    int number; /* of the system call */
    pid_t pid;  /* the thread's, as seen from outside */
    uint64_t args[6];
    uint64_t place; /* address of the instruction that made it */
};

/* Memory shared with the child that installs the filter. */
struct seccomp_filter_shared {
    uint32_t state; /* futex: 0, 1 installed, 2 sent, 3 failed */
    int32_t error;  /* errno of what failed */
    int32_t fd;     /* the listener, in the child */
};

struct seccomp_filter {
    struct seccomp_filter_shared *shared;
    void *program; /* struct sock_filter, made before fork */
    unsigned short length;
    int way[2]; /* the listener comes out of the first */
};

/* Prepare a filter for the kinds in calls (CALL_BIT). Returns 0, or -1 with
   errno. */
int seccomp_filter_make(struct seccomp_filter *f, unsigned calls);
void seccomp_filter_free(struct seccomp_filter *f);

/* In the child, last before exec: install the filter, and send the listener to
   the parent. Without the right to do so (CAP_SYS_ADMIN, seccomp(2)) the
   process first gives up gaining privileges by exec, for itself and for the
   target. Returns 0, or -1 with errno. For struct subject_how. */
int seccomp_filter_install(void *filter);

/* In the parent, on a second thread, since the main one waits for exec: take
   the listener that the child sends. Returns a descriptor, or -1 with errno
   (EBUSY: another supervisor above us; EPERM, EACCES: not allowed here;
   ETIMEDOUT). */
int seccomp_filter_take_listener(struct seccomp_filter *f, int timeout_ms);

#endif
