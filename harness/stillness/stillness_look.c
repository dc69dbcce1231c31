/* SPDX-License-Identifier: MIT */
/* The print of a look: for each thread its state, its line of /proc/PID/syscall
   and that of schedstat, which changes whenever it has run; of each socket its
   state and queues. A process may end between any two reads: what cannot be
   read any more changes the print. */
#include "stillness/stillness_look.h"

#include "fault/seccomp_filter.h"
#include "linux/stop_processes.h"
#include "target/subject_listener.h"
#include "target/subject_processes.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

static const uint64_t empty_sum = 1469598103934665603u;

static void add_bytes(uint64_t *sum, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < n; i++)
        *sum = (*sum ^ at[i]) * 1099511628211u; /* FNV-1a */
}

static void add_text(uint64_t *sum, const char *text)
{
    add_bytes(sum, text, strlen(text) + 1);
}

static bool print_thread(pid_t pid, pid_t tid, void *arg)
{
    char call[256] = "", times[128] = "", state;
    struct print *p = arg;
    long long used;

    state = procfs_thread_state(pid, tid);
    if (state == 'Z' || state == 'X')
        return false;
    if (state == 'S') /* else it is in none, or will not stay there */
        (void)procfs_read(call, sizeof call, "%d/task/%d/syscall", pid, tid);
    (void)procfs_read(times, sizeof times, "%d/task/%d/schedstat", pid, tid);
    add_bytes(&p->sum, &tid, sizeof tid);
    add_bytes(&p->sum, &state, sizeof state);
    add_text(&p->sum, call);
    add_text(&p->sum, times);
    if (sscanf(times, "%lld", &used) == 1)
        p->used_ns += used;
    p->running += state == 'R';
    if (state == 'T' && is_stopped_here(pid))
        return false;
    if (state != 'S' || call[0] < '0' || call[0] > '9')
        p->asleep = false;
    return false;
}

static int print_socket(const struct socket_info *i, void *arg)
{
    uint64_t *sum = arg;
    int port[2] = { address_port(&i->local), address_port(&i->remote) };

    add_bytes(sum, &i->state, sizeof i->state);
    add_bytes(sum, port, sizeof port);
    add_bytes(sum, &i->inode, sizeof i->inode);
    add_bytes(sum, &i->rqueue, sizeof i->rqueue);
    add_bytes(sum, &i->wqueue, sizeof i->wqueue);
    return 0;
}

static void print_processes(const struct subject *s, struct print *print)
{
    struct pid_list l = { NULL, 0, 0 };

    if (subject_processes(s, &l) < 0 || (l.n == 0 && s->target->attach))
        print->asleep = false; /* not to be seen */
    for (size_t i = 0; i < l.n; i++)
        (void)procfs_any_thread(l.pid[i], print_thread, print);
    pid_list_free(&l);
}

/* A socket that is only bound cannot change. */
static void print_sockets(const struct subject *s, struct print *print)
{
    int port = s->sandbox->isolated ? 0 : address_port(&s->address);

    if (sockdiag_each(s->sd, SOCKDIAG_IN_USE, port, print_socket,
                      &print->queues) < 0)
        print->asleep = false;
}

int stillness_ours(const struct seen *seen, struct pid_list *l)
{
    return seen->ours ? seen->ours(l, seen->arg) : 0;
}

/* That they run is not the subjects' doing. */
static void print_ours(const struct seen *seen, struct print *print)
{
    struct print own = { .sum = empty_sum, .asleep = true };
    struct pid_list l = { NULL, 0, 0 };

    if (stillness_ours(seen, &l) < 0)
        own.asleep = false;
    for (size_t i = 0; i < l.n && own.asleep; i++)
        (void)procfs_any_thread(l.pid[i], print_thread, &own);
    pid_list_free(&l);
    add_bytes(&print->sum, &own.sum, sizeof own.sum);
    print->asleep = print->asleep && own.asleep;
}

void stillness_print(const struct seen *seen, struct print *print)
{
    *print =
        (struct print){ .sum = empty_sum, .queues = empty_sum, .asleep = true };
    for (size_t i = 0; i < seen->n; i++)
        print_processes(seen->subject[i], print);
    for (size_t i = 0; i < seen->n; i++)
        if (print->asleep || print->running)
            print_sockets(seen->subject[i], print);
    if (print->asleep)
        print_ours(seen, print);
    add_bytes(&print->sum, &print->queues, sizeof print->queues);
}

/* ---- who sleeps where ---- */

struct description {
    const struct subject *subject;
    char *text;
    size_t size, more;
};

static const char *what_is(const struct subject *s, pid_t tid, long number,
                           const unsigned long long arg[6])
{
    unsigned long inode;

    if (number == SYS_futex)
        return ", a lock";
    switch (number) {
    case SYS_read:
    case SYS_readv:
    case SYS_write:
    case SYS_writev:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_accept:
    case SYS_accept4:
        inode = procfs_fd_socket(tid, (int)arg[0]);
        return subject_is_listener(s, inode) ? ", the listening socket"
               : inode                       ? ", a connection"
                                             : ", no socket";
    default:
        return "";
    }
}

static bool describe_thread(pid_t pid, pid_t tid, void *arg)
{
    struct description *d = arg;
    struct proc_stat st;
    unsigned long long call[6];
    char name[32], one[160], state = procfs_thread_state(pid, tid);
    size_t n = strlen(d->text);
    long number;

    if (state == 'Z' || state == 'X' || state == '\0' ||
        procfs_stat(pid, &st) < 0)
        return false;
    if (procfs_thread_call(tid, &number, call) && number >= 0) {
        call_text((int)number, name);
        snprintf(one, sizeof one, "in %s%s", name,
                 what_is(d->subject, tid, number, call));
    } else {
        snprintf(one, sizeof one, "%s",
                 state == 'T'   ? "stopped"
                 : state == 'R' ? "running"
                                : "in the kernel");
    }
    /* A pool of workers that do the same is told by its first. */
    if (strstr(d->text, one) || n + strlen(one) + 64 > d->size)
        d->more++;
    else
        snprintf(d->text + n, d->size - n, "%spid %d (%.15s) %s", n ? "; " : "",
                 (int)pid, st.comm, one);
    return false;
}

void stillness_describe(const struct seen *seen, char *text, size_t size)
{
    size_t more = 0, n;

    text[0] = '\0';
    for (size_t i = 0; i < seen->n; i++) {
        struct description d = { seen->subject[i], text, size - 24, 0 };
        struct pid_list l = { NULL, 0, 0 };

        if (subject_processes(seen->subject[i], &l) == 0)
            for (size_t k = 0; k < l.n; k++)
                (void)procfs_any_thread(l.pid[k], describe_thread, &d);
        pid_list_free(&l);
        more += d.more;
    }
    n = strlen(text);
    if (n == 0)
        snprintf(text, size, "no process of it is left");
    else if (more)
        snprintf(text + n, size - n, "; %zu more alike", more);
}
