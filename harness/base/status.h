/* SPDX-License-Identifier: MIT */
/* The exit statuses of the harness, which users' scripts rely on. Where several
   apply, the first of 128+n, 2, 3, 4, 1 counts. */
#ifndef STATUS_H
#define STATUS_H

enum {
    STATUS_PASSED = 0,  /* every judged case passed, or failed as expected */
    STATUS_FAILED = 1,  /* a case failed, or an expectation is stale */
    STATUS_USAGE = 2,   /* what the user asked for cannot be done */
    STATUS_TARGET = 3,  /* the target never came up at its first start */
    STATUS_TROUBLE = 4, /* the harness could not do its work */
    STATUS_SIGNAL = 128 /* and the number of the signal that ended it */
};

#endif
