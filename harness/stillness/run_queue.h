/* SPDX-License-Identifier: MIT */
/* For how long others kept the processors from a thread that was ready to run,
   or a lock in the kernel. The kernel adds a wait for a processor up when it
   ends (proc(5), schedstat), and a thread's state tells of the one that still
   lasts: together they say how much of a time must not be counted as time in
   which it did nothing. A lock is that of the routing tables, say, which
   getaddrinfo(3) asks for, while somebody makes network namespaces. */
#ifndef RUN_QUEUE_H
#define RUN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { RUN_QUEUE_THREADS = 4096 };

/* All in nanoseconds. */
struct run_queue_thread {
    pid_t tid;
    int64_t ran, waited; /* since it began, as the kernel says */
    int64_t ahead;       /* told of a wait that the kernel has not added yet */
    bool detained;       /* when it was seen last */
};

/* How a thread stands when it is seen. */
enum run_queue_stand { STANDS_ASLEEP, STANDS_READY, STANDS_DETAINED };

struct run_queue {
    struct run_queue_thread thread[RUN_QUEUE_THREADS];
    size_t n, next; /* the place after the one found last: the order stays */
};

/* What is seen of one thread. since: how long ago the last look was. Returns
   for how long it has waited and that was not told before: what the kernel has
   added since; and where it is ready now, the time since it last ran or was
   seen waiting, a tenth of a second at most. It may also have slept until just
   now: what is told too much is taken off the next time. Where it was detained
   at both looks and did not run between them, all that time. */
int64_t run_queue_saw(struct run_queue *q, pid_t tid,
                      enum run_queue_stand stands, int64_t ran, int64_t waited,
                      int64_t since);

/* The same for all threads of pid: the longest of any; in *others, if that is
   not NULL, the longest of any but the main thread's. The thread that looks is
   not ready: it runs. */
int64_t run_queue_look(struct run_queue *q, pid_t pid, int64_t since,
                       int64_t *others);

#endif
