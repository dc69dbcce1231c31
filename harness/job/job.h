/* SPDX-License-Identifier: MIT */
/* A case in a process of its own, which owns a sandbox, tells what it sees
   through a channel, and dies with the process that started it. Whatever
   daemonises below it becomes a child of that process, the subreaper of all. */
#ifndef JOB_H
#define JOB_H

#include "job/channel.h"
#include "plan/plan.h"
#include "sandbox/sandbox.h"

enum { JOB_LEFT = 512 }; /* bytes of a line about what is left behind */

struct job {
    pid_t pid; /* 0: none */
    int pipe;  /* O_NONBLOCK; readable when there is news */
    struct channel_reader reader;
    char scratch[64]; /* without isolation: to be removed */
    int scratch_fd;   /* open on that directory, whatever its path leads to */
};

/* Runs in the job's process, and says all through channel. */
typedef void job_main(const struct plan *plan, struct sandbox *sandbox,
                      int channel, void *arg);

/* Once, before the first job: adopt what is orphaned, close-on-exec all.
   Returns 0, or -1 with errno. */
int job_prepare(void);

/* Fork it, in a sandbox of its own if isolate. If namespaces turn out not to be
   allowed, it tells "no-sandbox" and ends. Returns 0, or -1 with errno. */
int job_start(struct job *j, const struct plan *plan, bool isolate,
              job_main *run, void *arg);

/* Take what it has told; returns as channel_read. */
int job_read(struct job *j, void (*take)(json_t *object, void *arg), void *arg);

/* End it if it has not ended, and wait until all that it started is gone;
   others are the jobs that run on. Returns its wait status, and in left, empty
   as a rule, one line about what could not be ended or removed. */
int job_end(struct job *j, const struct pid_list *others, char *left,
            size_t size);

#endif
