/* SPDX-License-Identifier: MIT */
/* What is to be done, made from the options before anything is started. */
#ifndef PLAN_H
#define PLAN_H

#include "client/protocol.h"
#include "plan/options.h"
#include "target/command.h"

#include <limits.h>

/* What one case of conform needs beside the processes of the target at rest and
   those for its connections; and how many descriptors the smallest run
   needs. */
enum {
    PLAN_CASE_PROCESSES = 5, /* the case's own, its thread, the sandbox's first,
                                and two of a target that starts */
    PLAN_CASE_FILES = 42,
    PLAN_FEWEST_FILES = 48
};

struct plan {
    const struct options *options;
    struct target target;
    struct protocol protocol; /* what clients say */
    char *program[2];         /* the default COMMAND */
    char program_path[PATH_MAX];
    char crowd_path[PATH_MAX]; /* the clients' executable */
    char connect_ip[64];       /* --connect, a name looked up */
    unsigned char *fixtures;   /* nfixtures frames, end to end; owned */
    uint32_t nfixtures;
    uint32_t frames; /* each client sends */
};

/* Returns 0, or the exit status for what is wrong (2 or 4) with one line in
   why that names the thing. plan_free in either case. */
int plan_make(struct plan *p, const struct options *o, char *why, size_t size);
void plan_free(struct plan *p);

/* The longest time without progress that a wait may take, --timeout. */
double plan_timeout_ms(const struct plan *p);

#endif
