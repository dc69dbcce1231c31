/* SPDX-License-Identifier: MIT */
/* The subject's life after its start: has it detached, and does it end when it
   is told to. */
#include "target/subject_lifecycle.h"

#include "linux/process_signal.h"
#include "target/subject_listener.h"
#include "target/subject_processes.h"

#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>

enum { LOOKS = 3 };

/* Whether pid sleeps, and not for a time only: a start command in nanosleep(2)
   will go on by itself. *call: the call that it sleeps in. */
static bool is_asleep(const struct subject *s, pid_t pid, long *call)
{
    struct proc_stat st;
    bool known;

    *call = procfs_syscall(pid, &known);
    return procfs_stat(pid, &st) == 0 && st.state != 'R' && st.state != 'D' &&
           !(pid == s->start && known &&
             (*call == SYS_nanosleep || *call == SYS_clock_nanosleep));
}

/* One number for "these processes, each asleep in this call, with so many
   context switches behind it"; 0 if one of them runs. */
static uint64_t fingerprint(const struct subject *s)
{
    struct pid_list l = { NULL, 0, 0 };
    uint64_t print = 1469598103934665603u; /* FNV-1a */
    bool asleep = subject_processes(s, &l) == 0;

    for (size_t i = 0; i < l.n && asleep; i++) {
        long call;

        asleep = is_asleep(s, l.pid[i], &call);
        print = (print ^ (uint64_t)l.pid[i]) * 1099511628211u;
        print = (print ^ (uint64_t)call) * 1099511628211u;
        print = (print ^ (uint64_t)procfs_switches(l.pid[i])) * 1099511628211u;
    }
    pid_list_free(&l);
    return asleep ? print : 0;
}

void subject_wait_started(struct subject *s, struct deadline d)
{
    struct pause pause = { 0 };
    uint64_t before = 0;
    int same = 0;

    if (s->target->attach)
        return;
    while (same < LOOKS - 1 && !deadline_passed(d)) {
        uint64_t now;

        (void)subject_start_ended(s); /* the fingerprint goes by it */
        now = fingerprint(s);
        same = now && now == before ? same + 1 : 0;
        before = now;
        if (same < LOOKS - 1)
            pause_until(&pause, d);
    }
    if (s->start_ended)
        s->starts = STARTS_DETACHED;
    else if (same >= LOOKS - 1)
        s->starts = STARTS_FOREGROUND;
    /* The process that listened first may have been on its way to become a
       daemon, and may have left the socket to its child; so may one that wrote
       its pid too early. */
    if (s->server_told && !procfs_alive(s->server))
        s->server_told = false;
    (void)subject_find(s);
}

static bool await_end(struct subject *s, struct deadline d)
{
    struct pause pause = { 0 };

    while (!subject_ended(s)) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}

bool subject_terminate(struct subject *s, double ms)
{
    if (s->target->attach)
        return true;
    (void)process_signal(s->server, SIGTERM);
    if (await_end(s, deadline_of_target(ms / 2)))
        return true;
    /* A wrapper around the server, or workers that outlive it; not at once, or
       what a wrapper runs to clean up would be ended, too. */
    subject_signal_all(s, SIGTERM);
    return await_end(s, deadline_of_target(ms / 2));
}
