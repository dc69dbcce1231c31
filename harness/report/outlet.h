/* SPDX-License-Identifier: MIT */
/* A stream to what may not take its bytes now: a pipe whose reader is busy, a
   terminal that is held. They wait in memory, so that neither a run nor a
   signal has to wait for a reader. */
#ifndef OUTLET_H
#define OUTLET_H

#include <stdio.h>

struct outlet;

/* What fd is open on, by a descriptor of the caller's own that does not block
   where that is possible: O_NONBLOCK on fd itself would be seen by all who
   share it. Returns a descriptor, or -1 with errno. */
int outlet_descriptor(int fd);

/* A stream that writes to fd, which is its own from here on; *o is for the
   calls below and ends with fclose. A write succeeds unless an earlier one has
   failed. NULL with errno, and fd is closed. */
FILE *outlet_open(int fd, struct outlet **o);

/* After fflush: wait until all is taken; patience_ms at a time in which nothing
   is, -1: for ever; but once a signal has come (signals.h) only while the
   reader goes on reading. Returns 0, or -1 with errno: of the write that
   failed, ETIMEDOUT, or EINTR for the signal. */
int outlet_drain(struct outlet *o, int patience_ms);

#endif
