/* SPDX-License-Identifier: MIT */
/* What valgrind wrote, one log a process, read and added up. */
#ifndef MEMCHECK_H
#define MEMCHECK_H

#include "result/verdict.h"

struct memcheck {
    long logs;         /* processes that wrote one */
    long incomplete;   /* cut off before their summary */
    long errors;       /* invalid accesses and uses of uninitialised bytes, by
                          their records in the logs: valgrind's own count
                          includes others */
    long lost_bytes;   /* definitely or indirectly, at the end */
    long kept_sockets; /* connections open at the end that may not be */
    char first_incomplete[64]; /* its file's name */
    char trouble[128];         /* why these numbers cannot be relied on, or "":
                                  a log cannot be read, or counts errors that no
                                  log shows */
    json_t *errors_text, *lost_text, *kept_text; /* arrays of strings: what
                                                    valgrind said of each */
};

/* Read every log in dir, v.PID.log. The target may have put anything there:
   what is no file, or has no end, is not read but named in m->trouble. Each
   connected TCP socket counts as kept, but for one in each process that is not
   the server (whose inner pid is given). Returns 0, or -1 with errno.
   memcheck_free in either case. */
int memcheck_read(struct memcheck *m, const char *dir, long server_pid);
void memcheck_free(struct memcheck *m);

#endif
