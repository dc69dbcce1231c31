/* SPDX-License-Identifier: MIT */
/* Fields of /proc/PID/status, read in one place. */
#include "linux/procfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool procfs_status_text(pid_t pid, const char *field, char *text, size_t size)
{
    char buf[4096], name[32], *at;

    snprintf(name, sizeof name, "\n%s:", field);
    if (procfs_read(buf, sizeof buf, "%d/status", (int)pid) <= 0 ||
        !(at = strstr(buf, name)))
        return false;
    at += strlen(name);
    at += strspn(at, " \t");
    snprintf(text, size, "%.*s", (int)strcspn(at, "\n"), at);
    return true;
}

bool procfs_status(pid_t pid, const char *field, int base,
                   unsigned long long *value)
{
    char text[64];

    if (!procfs_status_text(pid, field, text, sizeof text))
        return false;
    *value = strtoull(text, NULL, base);
    return true;
}

long long procfs_switches(pid_t pid)
{
    unsigned long long voluntary, forced;

    if (!procfs_status(pid, "voluntary_ctxt_switches", 10, &voluntary) ||
        !procfs_status(pid, "nonvoluntary_ctxt_switches", 10, &forced))
        return -1;
    return (long long)(voluntary + forced);
}

pid_t procfs_inner_pid(pid_t pid)
{
    char text[256], *last;

    if (!procfs_status_text(pid, "NSpid", text, sizeof text))
        return pid;
    last = strrchr(text, '\t');
    return atoi(last ? last + 1 : text);
}

pid_t procfs_process_of(pid_t tid)
{
    unsigned long long pid;

    return procfs_status(tid, "Tgid", 10, &pid) ? (pid_t)pid : tid;
}

bool procfs_pends(pid_t pid, int sig)
{
    unsigned long long bit = 1ULL << (sig - 1), own, shared, blocked;

    return procfs_status(pid, "SigBlk", 16, &blocked) && !(blocked & bit) &&
           procfs_status(pid, "SigPnd", 16, &own) &&
           procfs_status(pid, "ShdPnd", 16, &shared) && ((own | shared) & bit);
}
