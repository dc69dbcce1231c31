/* SPDX-License-Identifier: MIT */
/* What is seen of the threads, descriptors and sockets of one or more subjects
   when it is asked whether anything is still going on in them. Nothing is
   signalled, stopped or connected to. */
#ifndef STILLNESS_LOOK_H
#define STILLNESS_LOOK_H

#include "target/subject_launch.h"

enum { STILLNESS_TEXT = 512 };

/* Append to l processes of ours. Returns 0, or -1 with errno. */
typedef int stillness_lister(struct pid_list *l, void *arg);

struct seen {
    const struct subject *subject[SUBJECTS_LIVE];
    size_t n;
    stillness_lister *ours; /* other processes of the harness, which talk to the
                               subjects; or NULL */
    void *arg;
};

struct print {
    uint64_t sum;    /* equal sums: nothing has run, no queue has changed */
    bool asleep;     /* every thread sleeps in a system call, ours too */
    int running;     /* threads of the subjects that ran, or were ready to */
    int64_t used_ns; /* the processor time of all of these together */
    uint64_t queues; /* of the sockets alone, as sum */
};

/* A cheap look, to be compared with the next. */
void stillness_print(const struct seen *seen, struct print *print);

/* True if nobody in the subjects, or in the kernel, can do anything within
   left_ns, unless the caller acts; else why says what may go on. of_end: that
   one of them is killed counts, too. Costs ten times as much as a print. */
bool stillness_certified(const struct seen *seen, int64_t left_ns, bool of_end,
                         char *why, size_t size);

/* List seen->ours, if there are any; l is empty before. Returns 0, or -1 with
   errno. */
int stillness_ours(const struct seen *seen, struct pid_list *l);

/* Who sleeps where: "pid 7 (server) in accept, the listening socket; pid 9
   (worker) in futex, a lock". */
void stillness_describe(const struct seen *seen, char *text, size_t size);

#endif
