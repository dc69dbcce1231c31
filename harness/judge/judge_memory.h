/* SPDX-License-Identifier: MIT */
/* Verdicts on what valgrind saw in the server and in every worker. */
#ifndef JUDGE_MEMORY_H
#define JUDGE_MEMORY_H

#include "target/memcheck.h"
#include "target/subject.h"

enum memory_case { MEMORY_ERRORS, MEMORY_LEAKS, MEMORY_FDS, MEMORY_CASES };

struct memory_seen {
    const struct subject *subject;
    bool ended;      /* the server ended before it was told to */
    bool terminated; /* all ended by themselves after SIGTERM */
    long forked;     /* processes that must have left a report */
    int error;       /* errno of reading the logs */
    struct memcheck logs;
};

/* Read the logs, once all processes have ended; server is its inner pid. */
void memory_look(struct memory_seen *s, pid_t server);
void memory_free(struct memory_seen *s);
void judge_memory(const struct memory_seen *s, enum memory_case which,
                  struct verdict *v);

#endif
