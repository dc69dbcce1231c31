/* SPDX-License-Identifier: MIT */
/* One log of memcheck's, as valgrind 3.19 to 3.27 write it. */
#ifndef MEMCHECK_LOG_H
#define MEMCHECK_LOG_H

#include "target/memcheck.h"

#include <stdio.h>

struct memcheck_log {
    long pid;
    bool server;    /* may hold no connection at all */
    bool complete;  /* it has its summary */
    long passed_on; /* records that a child forked later also counts, without
                       showing them */
    long unshown;   /* counted in the summary, and not shown */
};

/* Read f to its end, but at most limit bytes, and add to m what it says of
   memory and sockets; fills complete, passed_on and unshown. Returns the bytes
   read, limit + 1 where there are more, or -1 with errno. */
long memcheck_log_read(struct memcheck_log *log, struct memcheck *m, FILE *f,
                       long limit);

#endif
