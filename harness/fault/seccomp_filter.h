/* SPDX-License-Identifier: MIT */
/* The seccomp filter that reports chosen system calls to a supervisor,
   seccomp_unotify(2), and how its listener gets from the target to the
   supervisor. */
#ifndef SECCOMP_FILTER_H
#define SECCOMP_FILTER_H

#include "fault/call_kind.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

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
