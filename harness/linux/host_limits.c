/* SPDX-License-Identifier: MIT */
#include "linux/host_limits.h"

#include "linux/procfs.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
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
    if (limit - used >= r->left)
        return;
    r->left = limit > used ? limit - used : 0;
    snprintf(r->which, r->size, "%s %ld, %ld in use", name, limit, used);
}

static long read_number(const char *path)
{
    FILE *f = fopen(path, "re");
    long n = -1;

    if (f && fscanf(f, "%ld", &n) != 1)
        n = -1;     /* "max" */
    if (f)
        fclose(f);
    return n;
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
    DIR *d = opendir("/proc");
    struct dirent *e;
    long n = 0;

    while (d && (e = readdir(d))) {
        unsigned long long owner, threads;
        int pid = isdigit((unsigned char)e->d_name[0]) ? atoi(e->d_name) : 0;

        if (pid > 0 && procfs_status(pid, "Uid", 10, &owner) &&
            owner == uid && procfs_status(pid, "Threads", 10, &threads))
            n += (long)threads;
    }
    if (d)
        closedir(d);
    return n;
}

/* Every level of one hierarchy from path up to its root may set a limit. */
static void bound_by_cgroup(struct room *r, const char *root, char *path)
{
    for (;;) {
        char file[PATH_MAX], name[PATH_MAX];
        long limit, used;
        char *slash;

        snprintf(file, sizeof file, "%s%s/pids.max", root, path);
        limit = read_number(file);
        snprintf(name, sizeof name, "%s", file);
        snprintf(file, sizeof file, "%s%s/pids.current", root, path);
        used = read_number(file);
        if (limit >= 0)
            bound(r, name, limit, used > 0 ? used : 0);
        slash = strrchr(path, '/');
        if (!slash || !*path)
            return;
        *slash = '\0';
    }
}

static void bound_by_cgroups(struct room *r)
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
            bound_by_cgroup(r, "/sys/fs/cgroup", path);
        else if (strcmp(controllers, "pids") == 0)
            bound_by_cgroup(r, "/sys/fs/cgroup/pids", path);
    }
}

long host_limits_processes(char *which, size_t size)
{
    struct room r = { LONG_MAX, which, size };
    struct rlimit nproc;
    long threads = all_threads();

    snprintf(which, size, "no limit is known");
    bound_by_cgroups(&r);
    if (getuid() != 0 && getrlimit(RLIMIT_NPROC, &nproc) == 0 &&
        nproc.rlim_cur != RLIM_INFINITY && nproc.rlim_cur < LONG_MAX)
        bound(&r, "RLIMIT_NPROC (ulimit -u)", (long)nproc.rlim_cur,
              threads_of(getuid()));
    /* Pids below 300 are given out once, at boot. */
    bound(&r, "kernel.pid_max", read_number("/proc/sys/kernel/pid_max") - 300,
          threads);
    bound(&r, "kernel.threads-max", read_number("/proc/sys/kernel/threads-max"),
          threads);
    return r.left == LONG_MAX ? -1 : r.left;
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
