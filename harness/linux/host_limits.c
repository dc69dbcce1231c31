/* SPDX-License-Identifier: MIT */
/* Every limit that can stop a fork is read anew at each call, since other
   programs use the same room. The one that leaves the least room is named. A
   limit that cannot be read is left out: a run that is refused wrongly helps
   nobody. */
#include "linux/host_limits.h"

#include "linux/procfs.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct room {
    long left;
    char *which;
    size_t size;
};

static void bound(struct room *r, const char *name, long limit, long used)
{
    if (limit < 0 || limit - used >= r->left)
        return;
    r->left = limit > used ? limit - used : 0;
    snprintf(r->which, r->size, "%s %ld, %ld in use", name, limit, used);
}

static long read_number(const char *path, const char *format)
{
    FILE *f = fopen(path, "re");
    long n = -1;

    if (f && fscanf(f, format, &n) != 1)
        n = -1; /* "max" */
    if (f)
        fclose(f);
    return n;
}

static long read_sysctl(const char *name)
{
    char buf[64];
    long n;

    return procfs_read(buf, sizeof buf, "sys/kernel/%s", name) > 0 &&
                   sscanf(buf, "%ld", &n) == 1
               ? n
               : -1;
}

/* Threads on the whole machine: loadavg's fourth field is "running/all". */
static long all_threads(void)
{
    char buf[128], *slash;

    if (procfs_read(buf, sizeof buf, "loadavg") <= 0 ||
        !(slash = strchr(buf, '/')))
        return 0;
    return strtol(slash + 1, NULL, 10);
}

/* RLIMIT_NPROC counts the threads of the real user. */
static long threads_of(uid_t uid)
{
    int fd = procfs_file(".");
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;
    long n = 0;

    while (d && (e = readdir(d))) {
        unsigned long long owner, threads;
        int pid = isdigit((unsigned char)e->d_name[0]) ? atoi(e->d_name) : 0;

        if (pid > 0 && procfs_status(pid, "Uid", 10, &owner) && owner == uid &&
            procfs_status(pid, "Threads", 10, &threads))
            n += (long)threads;
    }
    if (d)
        closedir(d);
    return n;
}

typedef void group_fn(const char *directory, void *arg);

/* Every level of one hierarchy from path up to its root may set a limit. */
static void each_level(const char *root, char *path, group_fn *f, void *arg)
{
    for (;;) {
        char directory[PATH_MAX], *slash;

        snprintf(directory, sizeof directory, "%s%s", root, path);
        f(directory, arg);
        slash = strrchr(path, '/');
        if (!slash || !*path)
            return;
        *slash = '\0';
    }
}

/* The control groups that may bound this process's number of processes. */
static void each_group(group_fn *f, void *arg)
{
    char buf[8192], *save, *line;

    if (procfs_read(buf, sizeof buf, "self/cgroup") <= 0)
        return;
    for (line = strtok_r(buf, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        char *controllers = strchr(line, ':'), *path;

        if (!controllers || !(path = strchr(controllers + 1, ':')))
            continue;
        *path++ = '\0';
        controllers++;
        if (*controllers == '\0')
            each_level("/sys/fs/cgroup", path, f, arg);
        else if (strcmp(controllers, "pids") == 0)
            each_level("/sys/fs/cgroup/pids", path, f, arg);
    }
}

static long group_number(const char *directory, const char *name,
                         const char *format)
{
    char path[PATH_MAX + 16];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    return read_number(path, format);
}

static void bound_by_group(const char *directory, void *arg)
{
    long limit = group_number(directory, "pids.max", "%ld");
    long used = group_number(directory, "pids.current", "%ld");
    char name[PATH_MAX + 16];

    snprintf(name, sizeof name, "%s/pids.max", directory);
    bound(arg, name, limit, used > 0 ? used : 0);
}

static void add_refusals(const char *directory, void *arg)
{
    long n = group_number(directory, "pids.events", "max %ld");
    long *sum = arg;

    if (n > 0)
        *sum += n;
}

long host_limits_refusals(void)
{
    long n = 0;

    each_group(add_refusals, &n);
    return n;
}

/* RLIMIT_NPROC does not bind the machine's root; the root of a container may
   be another user to the kernel. */
static bool is_root(void)
{
    unsigned long inner, outer;
    char buf[4096];

    return getuid() == 0 &&
           (procfs_read(buf, sizeof buf, "self/uid_map") <= 0 ||
            sscanf(buf, "%lu %lu", &inner, &outer) != 2 || inner != 0 ||
            outer == 0);
}

long host_limits_processes(char *which, size_t size)
{
    struct room r = { LONG_MAX, which, size };
    struct rlimit nproc;
    long threads = all_threads();

    snprintf(which, size, "no limit is known");
    each_group(bound_by_group, &r);
    if (!is_root() && getrlimit(RLIMIT_NPROC, &nproc) == 0 &&
        nproc.rlim_cur != RLIM_INFINITY && nproc.rlim_cur < LONG_MAX)
        bound(&r, "RLIMIT_NPROC (ulimit -u)", (long)nproc.rlim_cur,
              threads_of(getuid()));
    /* Pids below 300 are given out once, at boot. */
    bound(&r, "kernel.pid_max", read_sysctl("pid_max") - 300, threads);
    bound(&r, "kernel.threads-max", read_sysctl("threads-max"), threads);
    return r.left == LONG_MAX ? -1 : r.left;
}

long host_limits_files(void)
{
    struct rlimit fds;

    return getrlimit(RLIMIT_NOFILE, &fds) < 0 || fds.rlim_max > LONG_MAX
               ? LONG_MAX
               : (long)fds.rlim_max;
}

long host_limits_ports(char *which, size_t size)
{
    FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    long low = 32768, high = 60999;

    if (f && fscanf(f, "%ld %ld", &low, &high) != 2)
        low = 32768, high = 60999;
    if (f)
        fclose(f);
    snprintf(which, size, "net.ipv4.ip_local_port_range %ld-%ld", low, high);
    return high - low + 1;
}
