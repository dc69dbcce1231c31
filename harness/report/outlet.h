/* SPDX-License-Identifier: MIT */
/* A stream to something that may not take its bytes at once: a pipe whose
   reader is busy, a terminal that is stopped. The bytes wait in memory, so that
   neither a run nor its end by a signal waits for a reader. */
#ifndef OUTLET_H
#define OUTLET_H

#include <stdio.h>

struct outlet;

/* Open what fd is open on by a descriptor of our own, which does not block if
   that is possible: O_NONBLOCK on fd itself would be seen by all who share it.
   Returns the descriptor, or -1 with errno. */
int outlet_descriptor(int fd);

/* A stream that writes to fd, which is its own from here on; *o is for the
   calls below and ends with fclose. A write succeeds unless an earlier one has
   failed. NULL with errno, and fd is closed. */
FILE *outlet_open(int fd, struct outlet **o);

/* After fflush: wait until all bytes are taken. It gives up once none was taken
   for patience_ms (-1: never), or, after a signal (signals.h), for a second.
   Returns 0, or -1 with errno: of the write that failed, ETIMEDOUT, or EINTR
   for the signal. */
int outlet_drain(struct outlet *o, int patience_ms);

#endif
