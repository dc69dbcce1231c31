/* SPDX-License-Identifier: MIT */
/* Fields of /proc/PID/status. Fields that are asked for together come from one
   read of the file: a look at hundreds of processes consists of such reads. */
#include "linux/procfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATUS_BYTES = 4096 };

static bool read_status(pid_t pid, char buf[STATUS_BYTES])
{
    return procfs_read(buf, STATUS_BYTES, "%d/status", (int)pid) > 0;
}

/* Where the value of a field begins; NULL: there is none of that name. */
static const char *value_of(const char *status, const char *field)
{
    size_t n = strlen(field);

    for (const char *at = status; (at = strchr(at, '\n')); at++)
        if (strncmp(at + 1, field, n) == 0 && at[n + 1] == ':')
            return at + n + 2 + strspn(at + n + 2, " \t");
    return NULL;
}

static unsigned long long number_of(const char *status, const char *field,
                                    int base)
{
    const char *value = value_of(status, field);

    return value ? strtoull(value, NULL, base) : 0;
}

bool procfs_status_text(pid_t pid, const char *field, char *text, size_t size)
{
    char buf[STATUS_BYTES];
    const char *value = read_status(pid, buf) ? value_of(buf, field) : NULL;

    if (value)
        snprintf(text, size, "%.*s", (int)strcspn(value, "\n"), value);
    return value;
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
    char buf[STATUS_BYTES];

    if (!read_status(pid, buf))
        return -1;
    return (long long)(number_of(buf, "voluntary_ctxt_switches", 10) +
                       number_of(buf, "nonvoluntary_ctxt_switches", 10));
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
    unsigned long long bit = 1ULL << (sig - 1), pending;
    char buf[STATUS_BYTES];

    if (!read_status(pid, buf))
        return false;
    pending = number_of(buf, "SigPnd", 16) | number_of(buf, "ShdPnd", 16);
    return pending & ~number_of(buf, "SigBlk", 16) & bit;
}
