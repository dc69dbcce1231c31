/* SPDX-License-Identifier: MIT */
/* Which processes are the subject's own. */
#include "target/subject_processes.h"

#include "linux/child_wait.h"
#include "linux/process_signal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SUMMED = 512 }; /* processes, whose time is added up */

int subject_processes(const struct subject *s, struct pid_list *out)
{
    struct pid_list adopted = { NULL, 0, 0 };
    int rc = 0;

    if (s->target->attach)
        return s->server ? procfs_tree(s->server, out) : 0;
    if (s->start > 0 && !s->start_ended)
        rc = procfs_tree(s->start, out);
    if (rc == 0)
        rc = procfs_children(s->sandbox->init, &adopted);
    for (size_t i = 0; rc == 0 && i < adopted.n; i++)
        if (adopted.pid[i] != s->start &&
            !pid_list_has(&s->not_ours, adopted.pid[i]))
            rc = procfs_tree(adopted.pid[i], out);
    pid_list_free(&adopted);
    return rc;
}

int subject_server_tree(const struct subject *s, struct pid_list *out)
{
    return s->server ? procfs_tree(s->server, out) : subject_processes(s, out);
}

int subject_holders(const struct subject *s, unsigned long inode,
                    struct pid_list *out)
{
    struct pid_list all = { NULL, 0, 0 };
    int rc = inode ? subject_processes(s, &all) : 0;

    for (size_t i = 0; rc == 0 && i < all.n; i++)
        if (procfs_holds_socket(all.pid[i], inode))
            rc = pid_list_add(out, all.pid[i]);
    pid_list_free(&all);
    return rc;
}

static bool any_lives(const struct subject *s)
{
    struct pid_list l = { NULL, 0, 0 };
    bool lives =
        (s->server && procfs_alive(s->server)) || subject_processes(s, &l) < 0;

    for (size_t i = 0; i < l.n && !lives; i++)
        lives = procfs_alive(l.pid[i]);
    pid_list_free(&l);
    return lives;
}

static bool in_a_state(pid_t pid, pid_t tid, void *states)
{
    char state = procfs_thread_state(pid, tid);

    return state != '\0' && strchr(*(const char **)states, state);
}

bool any_thread(pid_t pid, const char *states)
{
    return procfs_any_thread(pid, in_a_state, &states);
}

bool any_thread_of(const struct subject *s, subject_lister *processes,
                   const char *states)
{
    struct pid_list l = { NULL, 0, 0 };
    bool found = false;

    if (processes(s, &l) == 0)
        for (size_t i = 0; i < l.n && !found; i++)
            found = any_thread(l.pid[i], states);
    pid_list_free(&l);
    return found;
}

int64_t subject_processor_ns(const struct subject *s)
{
    struct pid_list l = { NULL, 0, 0 };
    unsigned long long ticks = 0;
    struct proc_stat st;

    (void)subject_processes(s, &l);
    if (l.n > MOST_SUMMED) /* each look would take longer than the one before */
        l.n = 0;
    for (size_t i = 0; i < l.n; i++)
        if (procfs_stat(l.pid[i], &st) == 0)
            ticks += st.cpu_ticks + st.waited_ticks;
    pid_list_free(&l);
    /* Whoever lost its parent is waited for by the first process. */
    if (!s->target->attach && procfs_stat(s->sandbox->init, &st) == 0)
        ticks += st.waited_ticks;
    return (int64_t)ticks * 1000000000 / sysconf(_SC_CLK_TCK);
}

bool subject_start_ended(struct subject *s)
{
    if (s->start && !s->start_ended)
        s->start_ended = child_ended(s->start, &s->start_status);
    return s->start_ended;
}

bool subject_ended(struct subject *s)
{
    bool ended;

    (void)subject_start_ended(s); /* subject_processes goes by it */
    child_reap_all();
    /* Look twice: while a child is reaped, as the middle process of a double
       fork is, the list of children may leave out the next one. */
    ended = !any_lives(s) && !any_lives(s);
    /* It may have ended since the look above; its status is asked for next. */
    if (ended)
        (void)subject_start_ended(s);
    return ended;
}

void subject_signal_all(const struct subject *s, int sig)
{
    struct pid_list l = { NULL, 0, 0 };

    if (!s->target->attach && subject_processes(s, &l) == 0)
        process_signal_all(&l, sig);
    pid_list_free(&l);
}
