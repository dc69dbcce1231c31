/* SPDX-License-Identifier: MIT */
/* The certificate: every thread sleeps in a call that cannot end by itself, and
   nothing that is open, pending, armed or under way can wake one, within the
   time that is left. What is not known counts as able to. */
#include "stillness/stillness_inspect.h"

#include "target/subject_processes.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

bool inspect_object(struct inspection *in, pid_t pid, const char *why)
{
    snprintf(in->why, sizeof in->why, "pid %d: %s", (int)pid, why);
    return true;
}

static bool process_goes_on(struct inspection *in, pid_t pid)
{
    char timers[8];
    struct proc_stat st;

    /* One that has gone does nothing more; had it gone just now, the look that
       follows would differ from the one before. */
    if (procfs_stat(pid, &st) < 0 || procfs_is_zombie(&st))
        return false;
    if (inspect_threads(in, pid))
        return true;
    if (procfs_read(timers, sizeof timers, "%d/timers", (int)pid) != 0)
        return inspect_object(in, pid, "it has a timer");
    return inspect_descriptors(in, pid, false);
}

/* A thread of ours that runs may be about to answer a call of the target. */
static bool runs_here(pid_t pid, pid_t tid, void *in)
{
    return tid != (pid_t)syscall(SYS_gettid) &&
           procfs_thread_state(pid, tid) == 'R' &&
           inspect_object(in, pid, "the harness has something to do for it");
}

static bool processes_go_on(struct inspection *in)
{
    struct pid_list l = { NULL, 0, 0 };
    bool found = subject_processes(in->subject, &l) < 0 ||
                 (!l.n && in->subject->target->attach);

    for (size_t i = 0; i < l.n && !found; i++)
        found = process_goes_on(in, l.pid[i]);
    pid_list_free(&l);
    return found;
}

/* They wait for the subjects, too, and for nothing else. */
static bool ours_go_on(struct inspection *in, const struct seen *seen)
{
    struct pid_list l = { NULL, 0, 0 };
    bool found =
        inspect_descriptors(in, getpid(), true) || stillness_ours(seen, &l) < 0;

    in->ours = true;
    for (size_t i = 0; i < l.n && !found; i++)
        found = inspect_threads(in, l.pid[i]) ||
                inspect_descriptors(in, l.pid[i], true);
    in->ours = false;
    pid_list_free(&l);
    return found;
}

static bool anything_goes_on(struct inspection *in, const struct seen *seen)
{
    for (size_t i = 0; i < seen->n; i++) {
        in->subject = seen->subject[i];
        if (processes_go_on(in))
            return true;
    }
    if (ours_go_on(in, seen))
        return true;
    for (size_t i = 0; i < seen->n; i++) {
        in->subject = seen->subject[i];
        in->ntcp = 0;
        if (inspect_connections(in))
            return true;
    }
    return in->failed || procfs_any_thread(getpid(), runs_here, in) ||
           inspect_strangers(in, seen);
}

bool stillness_certified(const struct seen *seen, int64_t left_ns, bool of_end,
                         char *why, size_t size)
{
    struct inspection in = { .left_ns = left_ns, .of_end = of_end };
    bool goes_on = seen->n == 0 || anything_goes_on(&in, seen);

    free(in.held);
    free(in.tcp);
    snprintf(why, size, "%s", in.why[0] ? in.why : "not all of it can be seen");
    return !goes_on;
}
