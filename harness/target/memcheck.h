/* SPDX-License-Identifier: MIT */
/* What valgrind wrote, one log a process, read and added up. */
#ifndef MEMCHECK_H
#define MEMCHECK_H

#include "result/verdict.h"

struct memcheck {
    long logs;         /* processes that wrote one */
    long incomplete;   /* cut off before their summary */
    long errors;       /* records of invalid accesses and of uses of what
                          was never written; each has its text in its log,
                          since valgrind's own count is of more */
    long lost_bytes;   /* definitely or indirectly, at the end */
    long kept_sockets; /* connections open at the end that may not be */
    char first_incomplete[64]; /* its file's name */
    char trouble[128];         /* why these numbers are not to be relied on, or
                                  "": a log that cannot be read, or that counts
                                  what none shows */
    json_t *errors_text, *lost_text, *kept_text; /* arrays of strings: what
                                                    valgrind said of each */
};

/* Read every log in dir, v.PID.log; the target may have put anything there,
   and what is no file or endless is not read but named in m->trouble.
   Connected TCP sockets count as kept unless it is the one connection of a
   process that is not the server (whose inner pid is given). Returns 0, or -1
   with errno. memcheck_free in either case. */
int memcheck_read(struct memcheck *m, const char *dir, long server_pid);
void memcheck_free(struct memcheck *m);

#endif
