/* SPDX-License-Identifier: MIT */
/* What can be seen of the client from outside, and how it is told. */
#include "session/client_session.h"

#include "linux/child_wait.h"
#include "linux/procfs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LOOKS = 3, TICKING_LOOKS = 40, STARTING = 4 };

bool session_has_ended(struct session *d, const void *unused)
{
    (void)unused;
    return d->ended;
}

bool session_connected(struct session *d, const void *unused)
{
    (void)unused;
    return d->peer.connections > 0;
}

/* A sum that changes whenever one of its processes has run; -1 if one runs now
   or cannot be seen. */
static long long sleep_sum(struct session *d)
{
    struct pid_list l = { NULL, 0, 0 };
    struct proc_stat st;
    long long sum = 0;

    if (subject_processes(&d->client, &l) < 0)
        sum = -1;
    for (size_t i = 0; sum >= 0 && i < l.n; i++) {
        long long switches;

        if (procfs_stat(l.pid[i], &st) < 0 || procfs_is_zombie(&st))
            continue;
        switches = procfs_switches(l.pid[i]);
        if ((st.state != 'S' && st.state != 'T') || switches < 0)
            sum = -1;
        else
            sum += switches + 1;
    }
    pid_list_free(&l);
    return sum;
}

/* True if the client has read all that was typed. */
static bool typing_is_read(struct session *d)
{
    int left = 0;

    if (d->typed_done < d->typed.n)
        return false;
    return d->in < 0 || ioctl(d->in, FIONREAD, &left) < 0 || left == 0;
}

static bool sleeps(struct session *d, bool nothing_to_do)
{
    long long sum;

    if (d->ended)
        return true;
    sum = nothing_to_do ? sleep_sum(d) : -1;
    d->looks = sum >= 0 && sum == d->sum ? d->looks + 1 : 0;
    d->sleeping = sum >= 0 ? d->sleeping + 1 : 0;
    d->sum = sum;
    return d->looks >= LOOKS;
}

/* A client that wakes by a short timer, only to look around, counts as asleep
   too: it slept at every look, though not all the time between them. */
static bool sleeps_or_ticks(struct session *d, bool nothing_to_do)
{
    if (!sleeps(d, nothing_to_do) && d->sleeping < TICKING_LOOKS)
        return false;
    d->sleeping = 0;
    return true;
}

bool session_sleeps(struct session *d, const void *unused)
{
    (void)unused;
    return sleeps_or_ticks(d, true);
}

bool session_at_rest(struct session *d, const void *unused)
{
    (void)unused;
    return sleeps_or_ticks(d, typing_is_read(d) &&
                                  peer_was_read(&d->peer, d->client.sd));
}

static bool is_up(struct session *d, const void *unused)
{
    return d->peer.connections > 0 || session_sleeps(d, unused);
}

enum met session_come_up(struct session *d)
{
    enum met met = MET_NOT;

    for (int i = 0; i < STARTING && met == MET_NOT; i++)
        met = session_wait(d, is_up, NULL, false);
    return met;
}

/* Its one thread sleeps in read(0, ...). */
static bool reads_stdin(struct session *d)
{
    struct proc_stat st;
    char line[128];
    long number;
    unsigned long fd;

    if (procfs_stat(d->client.start, &st) < 0 || st.state != 'S' ||
        st.threads != 1 || procfs_count_children(d->client.start) > 0 ||
        procfs_read(line, sizeof line, "%d/syscall", d->client.start) <= 0 ||
        sscanf(line, "%ld %lx", &number, &fd) != 2)
        return false;
    return number == SYS_read && fd == 0;
}

bool session_asks(struct session *d)
{
    return !d->closing && (d->in >= 0 || d->tty.master >= 0) &&
           sleeps(d, typing_is_read(d)) && !d->ended && reads_stdin(d);
}

const char *session_state(struct session *d, enum met met)
{
    static char text[160];
    struct proc_stat st;

    if (d->ended)
        snprintf(text, sizeof text, "it ended: %s",
                 child_status_text(d->status));
    else if (met == MET_ASKS)
        snprintf(text, sizeof text, "it waits for its next line");
    else if (met == MET_FLOODED)
        snprintf(text, sizeof text,
                 "it prints or sends without end (%zu "
                 "bytes printed, %zu sent)",
                 d->printed.n + d->floods, d->peer.got.n);
    else if (procfs_stat(d->client.start, &st) == 0)
        snprintf(text, sizeof text,
                 "it still runs (pid %d, state %c, %.1f s "
                 "of processor time)",
                 (int)d->client.start, st.state,
                 (double)st.cpu_ticks / (double)sysconf(_SC_CLK_TCK));
    else
        snprintf(text, sizeof text, "it still runs");
    return text;
}

void session_tell(struct session *d, struct verdict *v)
{
    verdict_fact(v, "the dialogue, in order:");
    transcript_tell(&d->log, v);
}
