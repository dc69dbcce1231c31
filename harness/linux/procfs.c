/* SPDX-License-Identifier: MIT */
/* Files are opened below one descriptor of /proc, which procfs_open has taken,
   read at one go and closed: few are open at a time, however many processes are
   looked at. A process may end between any two reads, so that every function
   has an answer for one that is gone. Nothing is cached. */
#include "linux/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int proc_dir = -1;

int procfs_open(void)
{
    if (proc_dir < 0)
        proc_dir = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return proc_dir < 0 ? -1 : 0;
}

/* NSpid has the pids of this process from the namespace of /proc inwards,
   proc(5). There is only one if both are in the same namespace. */
static bool is_only_number(const char *status, pid_t pid)
{
    const char *p = strstr(status, "\nNSpid:");
    char *end;

    return p && strtol(p + strlen("\nNSpid:"), &end, 10) == pid && *end == '\n';
}

bool procfs_is_ours(char *why, size_t size)
{
    char buf[4096];

    if (procfs_read(buf, sizeof buf, "self/status") < 0 &&
        procfs_read(buf, sizeof buf, "version") < 0)
        snprintf(why, size,
                 "/proc is not mounted: without it no process can "
                 "be seen");
    else if (procfs_read(buf, sizeof buf, "self/status") < 0 ||
             !is_only_number(buf, getpid()))
        snprintf(why, size,
                 "/proc shows the processes of another pid "
                 "namespace (mount one of this namespace: unshare "
                 "--mount-proc, bwrap --proc /proc)");
    else
        return true;
    return false;
}

static int open_path(int flags, const char *fmt, va_list ap)
{
    char path[128];

    if (procfs_open() < 0)
        return -1;
    vsnprintf(path, sizeof path, fmt, ap);
    return openat(proc_dir, path, flags | O_CLOEXEC);
}

int procfs_file(const char *fmt, ...)
{
    va_list ap;
    int fd;

    va_start(ap, fmt);
    fd = open_path(O_RDONLY, fmt, ap);
    va_end(ap);
    return fd;
}

static ssize_t read_whole(int fd, char *buf, size_t size)
{
    size_t n = 0;

    while (n < size - 1) {
        ssize_t got = read(fd, buf + n, size - 1 - n);

        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    buf[n] = '\0';
    return (ssize_t)n;
}

ssize_t procfs_read(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    int fd;
    ssize_t n;

    va_start(ap, fmt);
    fd = open_path(O_RDONLY, fmt, ap);
    va_end(ap);
    if (fd < 0)
        return -1;
    n = read_whole(fd, buf, size);
    close(fd);
    return n;
}

void pid_list_free(struct pid_list *l)
{
    free(l->pid);
    *l = (struct pid_list){ NULL, 0, 0 };
}

int pid_list_add(struct pid_list *l, pid_t pid)
{
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 64;
        pid_t *more = realloc(l->pid, room * sizeof *more);

        if (!more)
            return -1;
        l->pid = more;
        l->room = room;
    }
    l->pid[l->n++] = pid;
    return 0;
}

bool pid_list_has(const struct pid_list *l, pid_t pid)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->pid[i] == pid)
            return true;
    return false;
}

/* Append the numbers of an open "children" file, each with a space after it;
   closes it. */
static int read_children(int fd, struct pid_list *out)
{
    char buf[4096];
    ssize_t n;
    pid_t pid = 0;
    int rc = 0;

    while (rc == 0 && (n = read(fd, buf, sizeof buf)) > 0)
        for (ssize_t i = 0; i < n && rc == 0; i++) {
            if (buf[i] != ' ') {
                pid = 10 * pid + (buf[i] - '0');
                continue;
            }
            rc = pid_list_add(out, pid);
            pid = 0;
        }
    close(fd);
    return rc;
}

/* The directory of threads has two links more than there are threads: to look
   at that is cheaper than to read the process's stat. */
static long count_threads(pid_t pid)
{
    char path[32];
    struct stat st;

    snprintf(path, sizeof path, "%d/task", pid);
    return fstatat(proc_dir, path, &st, 0) < 0 ? 0 : (long)st.st_nlink - 2;
}

bool procfs_any_thread(pid_t pid, thread_look *look, void *arg)
{
    long n = count_threads(pid);
    struct dirent *e;
    bool found = false;
    DIR *d;
    int fd;

    if (n == 1)
        return look(pid, pid, arg);
    fd = procfs_file("%d/task", (int)pid);
    d = fd < 0 ? NULL : fdopendir(fd);
    if (!d) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (!found && (e = readdir(d)))
        found = e->d_name[0] != '.' && look(pid, atoi(e->d_name), arg);
    closedir(d);
    return found;
}

/* True: no memory for them. */
static bool add_children(pid_t pid, pid_t tid, void *out)
{
    int fd = tid == pid ? -1 : procfs_file("%d/task/%d/children", pid, tid);

    return fd >= 0 && read_children(fd, out) < 0;
}

int procfs_children(pid_t pid, struct pid_list *out)
{
    int fd = procfs_file("%d/task/%d/children", pid, pid);

    if (fd >= 0 && read_children(fd, out) < 0)
        return -1;
    if (count_threads(pid) == 1)
        return 0;
    return procfs_any_thread(pid, add_children, out) ? -1 : 0;
}

long procfs_count_children(pid_t pid)
{
    char buf[16384];
    long n = 0;
    ssize_t got;
    int fd = procfs_file("%d/task/%d/children", pid, pid);

    if (fd < 0)
        return 0;
    while ((got = read(fd, buf, sizeof buf)) > 0)
        for (ssize_t i = 0; i < got; i++)
            n += buf[i] == ' ';
    close(fd);
    return n;
}

int procfs_tree(pid_t root, struct pid_list *out)
{
    size_t next = out->n;

    if (pid_list_add(out, root) < 0)
        return -1;
    for (; next < out->n; next++)
        if (procfs_children(out->pid[next], out) < 0)
            return -1;
    return 0;
}

int procfs_all(struct pid_list *out)
{
    int fd =
        procfs_open() < 0 ? -1 : openat(proc_dir, ".", O_RDONLY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;
    int rc = 0;

    if (!d) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    while (rc == 0 && (e = readdir(d)))
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
            rc = pid_list_add(out, atoi(e->d_name));
    closedir(d);
    return rc;
}

int procfs_stat(pid_t pid, struct proc_stat *st)
{
    enum { PF_EXITING = 4 }; /* as in the kernel's own sched.h */
    char buf[1024], *p, *q;
    unsigned long utime, stime;
    long cutime, cstime;
    unsigned flags;

    if (procfs_read(buf, sizeof buf, "%d/stat", pid) <= 0)
        return -1;
    p = strchr(buf, '(');
    q = strrchr(buf, ')');
    if (!p || !q) {
        errno = EPROTO;
        return -1;
    }
    *q = '\0';
    memset(st, 0, sizeof *st);
    st->pid = pid;
    snprintf(st->comm, sizeof st->comm, "%s", p + 1);
    if (sscanf(q + 2,
               "%c %d %d %d %d %*d %u %*u %*u %*u %*u %lu %lu %ld %ld"
               " %*d %*d %d %*d %llu",
               &st->state, &st->ppid, &st->pgrp, &st->session, &st->tty, &flags,
               &utime, &stime, &cutime, &cstime, &st->threads,
               &st->start_ticks) != 12) {
        errno = EPROTO;
        return -1;
    }
    st->ending = (flags & PF_EXITING) && st->threads <= 1;
    st->cpu_ticks = (unsigned long long)utime + stime;
    st->waited_ticks = (unsigned long long)cutime + (unsigned long long)cstime;
    return 0;
}

bool procfs_is_zombie(const struct proc_stat *st)
{
    return (st->state == 'Z' || st->state == 'X') && st->threads <= 1;
}

char procfs_thread_state(pid_t pid, pid_t tid)
{
    char buf[512], *end;

    if (procfs_read(buf, sizeof buf, "%d/task/%d/stat", pid, tid) <= 0)
        return '\0';
    /* The state follows the name, which may itself hold brackets. */
    end = strrchr(buf, ')');
    return end && end[1] == ' ' ? end[2] : '\0';
}

bool procfs_thread_is_detained(pid_t pid, pid_t tid)
{
    char buf[128];

    return procfs_read(buf, sizeof buf, "%d/task/%d/wchan", pid, tid) > 0 &&
           strcmp(buf, "0") != 0 && strcmp(buf, "kernel_clone") != 0 &&
           !strstr(buf, "seccomp");
}

bool procfs_alive(pid_t pid)
{
    struct proc_stat st;

    return procfs_stat(pid, &st) == 0 && !procfs_is_zombie(&st);
}

bool procfs_ending(pid_t pid)
{
    struct proc_stat st;

    return procfs_stat(pid, &st) < 0 || st.ending;
}

long procfs_syscall(pid_t pid, bool *known)
{
    char buf[256];

    *known = procfs_read(buf, sizeof buf, "%d/syscall", pid) > 0;
    if (!*known || strncmp(buf, "running", 7) == 0)
        return -1;
    return strtol(buf, NULL, 10);
}

bool procfs_thread_call(pid_t tid, long *number, unsigned long long args[6])
{
    char buf[256];

    return procfs_read(buf, sizeof buf, "%d/syscall", tid) > 0 &&
           sscanf(buf, "%ld %llx %llx %llx %llx %llx %llx", number, &args[0],
                  &args[1], &args[2], &args[3], &args[4], &args[5]) == 7;
}

bool procfs_thread_times(pid_t pid, pid_t tid, long long *ran_ns,
                         long long *waited_ns)
{
    char buf[128];

    return procfs_read(buf, sizeof buf, "%d/task/%d/schedstat", pid, tid) > 0 &&
           sscanf(buf, "%lld %lld", ran_ns, waited_ns) == 2;
}

long long procfs_contended_ns(void)
{
    char buf[256], *total;

    if (procfs_read(buf, sizeof buf, "pressure/cpu") <= 0 ||
        !(total = strstr(buf, "total=")))
        return 0;
    return 1000 * strtoll(total + strlen("total="), NULL, 10);
}

bool procfs_link(pid_t pid, const char *name, char *buf, size_t size)
{
    char path[64];
    ssize_t n;

    snprintf(path, sizeof path, "%d/%s", pid, name);
    n = readlinkat(proc_dir, path, buf, size - 1);
    buf[n < 0 ? 0 : n] = '\0';
    return n >= 0;
}

bool procfs_program(pid_t pid, uint64_t program[2])
{
    char path[64];
    struct stat st;

    snprintf(path, sizeof path, "%d/exe", pid);
    if (fstatat(proc_dir, path, &st, 0) < 0)
        return false;
    program[0] = st.st_dev;
    program[1] = st.st_ino;
    return true;
}
