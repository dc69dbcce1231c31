/* SPDX-License-Identifier: MIT */
/* proc_pid_smaps_rollup(5) counts pages, and so is exact; the counters of
   proc_pid_status(5), for where it is missing, lag by some pages a thread. */
#include "target/anonymous_memory.h"

#include "linux/procfs.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FACTS = 8 };

static long field_kib(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? atol(at + strlen(name)) : 0;
}

/* Returns -1 where it cannot be told. */
static long anonymous_kib(pid_t pid)
{
    unsigned long long resident, swapped;
    char buf[4096];

    if (procfs_read(buf, sizeof buf, "%d/smaps_rollup", (int)pid) > 0)
        return field_kib(buf, "\nAnonymous:") + field_kib(buf, "\nSwap:");
    if (procfs_status(pid, "RssAnon", 10, &resident) &&
        procfs_status(pid, "VmSwap", 10, &swapped))
        return (long)(resident + swapped);
    return -1;
}

void memory_weigh(struct anonymous_memory *m, const struct snapshot *s)
{
    m->n = 0;
    for (size_t i = 0; i < s->n && m->n < MEMORY_MOST_PROCESSES; i++) {
        long kib = anonymous_kib(s->process[i].pid);

        if (kib < 0)
            continue;
        m->pid[m->n] = s->process[i].pid;
        m->start[m->n] = s->process[i].start_ticks;
        m->kib[m->n++] = kib;
    }
}

long memory_grown_kib(const struct anonymous_memory *before,
                      const struct anonymous_memory *after, struct verdict *v)
{
    long grown = 0;
    int facts = 0;

    for (size_t i = 0; i < after->n; i++)
        for (size_t k = 0; k < before->n; k++) {
            long more = after->kib[i] - before->kib[k];

            if (after->pid[i] != before->pid[k] ||
                after->start[i] != before->start[k])
                continue;
            grown += more;
            if (v && more > 0 && facts++ < MOST_FACTS)
                verdict_fact(v, "pid %d grew from %ld to %ld KiB",
                             (int)after->pid[i], before->kib[k], after->kib[i]);
        }
    return grown;
}
