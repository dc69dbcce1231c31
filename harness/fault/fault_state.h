/* SPDX-License-Identifier: MIT */
/* What the supervisor's thread and the case, on the main thread, both use.
   Inside fault.c and fault_thread.c only. */
#ifndef FAULT_STATE_H
#define FAULT_STATE_H

#include "fault/fault.h"
#include "fault/signal_watch.h"

#include <pthread.h>

enum { FAULT_MOST_HELD = 256, FAULT_TAKE_MS = 5000 };

struct fault_rule {
    bool hold;
    size_t most; /* bytes at a time; 0: as many as asked for */
    struct short_io_capture capture; /* where they go, if not to the socket */
    long skip; /* how many pass before the first that fails */
    long fail; /* how many are still to fail; < 0: all */
    int error;
    bool (*which)(const struct fault_call *c, void *arg);
    void *arg;
    long made, delivered;
    pid_t caller; /* who has made all calls since the rule was set; 0: none
                     was made; -1: several have */
};

struct fault {
    struct seccomp_filter filter;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t news;
    int listener;      /* -1 until it is taken */
    int stop;          /* eventfd: written to end the thread */
    bool taken, ended; /* listener or error is known; no task is left */
    int error;         /* errno of taking it */
    struct fault_rule rule[CALL_KINDS];
    struct fault_call held[FAULT_MOST_HELD];
    size_t nheld;
    struct {
        long n; /* 0: none yet */
        enum call kind;
        pid_t pid;
        int error; /* 0: it was cut short */
    } last;        /* fault that was delivered */
    struct shortened shortened;
    struct signal_watch signals;
};

/* The thread: take the listener, then decide on each notification until no
   supervised process is left or f->stop is written. arg is the struct fault. */
void fault_thread(void *arg);
/* Under the lock: try the calls again that wait for their socket, and drop
   those whose process has ended, since our copy would keep its connection
   open. */
void fault_try_again(struct fault *f);
/* Under the lock: note that c was delivered, with error or cut short (0). */
void fault_note(struct fault *f, const struct fault_call *c, int error);
/* After an error that says so the connection of c is gone in truth, too: else a
   server that closes nothing would be blamed for the silence of one that
   lives. */
void fault_sever(const struct fault_call *c, int error);

#endif
