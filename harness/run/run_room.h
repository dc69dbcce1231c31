/* SPDX-License-Identifier: MIT */
/* Which cases the machine has room for, and how many of them at a time: each
   needs processes and descriptors, and a server that gets none is not wrong. */
#ifndef RUN_ROOM_H
#define RUN_ROOM_H

#include "result/case.h"
#include "run/case_run.h"

enum fits {
    FITS_NOW,
    FITS_LATER, /* once cases that run have ended */
    FITS_NEVER
};

struct run_room {
    long processes;  /* that could be had at the last look; -1: no limit */
    long taken;      /* by the cases that run */
    long files;      /* in one process */
    char which[512]; /* the limit of processes */
};

/* Look, while no case runs. */
void run_room_look(struct run_room *r);

/* The most that the case needs at a time, the harness's own included. */
long run_room_need(const struct test_case *c, const struct survey *s);

/* Is there room for the case, next to those that run? If there will never be,
   why says so in one line. */
enum fits run_room_fits(struct run_room *r, const struct test_case *c,
                        const struct survey *s, char *why, size_t size);

#endif
