/* SPDX-License-Identifier: MIT */
/* What each process of a server holds of memory that is no file's: the heap,
   stacks, arenas. Growth is a difference of two looks. */
#ifndef ANONYMOUS_MEMORY_H
#define ANONYMOUS_MEMORY_H

#include "result/verdict.h"
#include "target/snapshot.h"

enum { MEMORY_MOST_PROCESSES = 256 };

struct anonymous_memory {
    pid_t pid[MEMORY_MOST_PROCESSES];
    unsigned long long start[MEMORY_MOST_PROCESSES];
    long kib[MEMORY_MOST_PROCESSES]; /* in memory or swapped out */
    size_t n;                        /* 0: none of it is ours to see */
};

/* Weigh the processes of s, as far as they are ours to see, and no more than
   MEMORY_MOST_PROCESSES. */
void memory_weigh(struct anonymous_memory *m, const struct snapshot *s);

/* How many KiB the processes that lived through both have grown, in all; those
   that grew are told as facts of v, unless v is NULL. */
long memory_grown_kib(const struct anonymous_memory *before,
                      const struct anonymous_memory *after, struct verdict *v);

#endif
