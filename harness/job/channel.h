/* SPDX-License-Identifier: MIT */
/* From the process that runs a case to the one that reports: JSON objects, a
   line each, over a pipe. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "result/results.h"

/* Write one object as a line and release it. Returns 0, or -1 with errno (the
   reader is gone: the writer has nothing left to do). */
int channel_send(int fd, json_t *object);

struct channel_reader {
    char *buf;
    size_t n, room;
};

/* Read what is there without blocking (fd is O_NONBLOCK) and call take for
   each whole line; take owns nothing. Returns 1 at end of file, 0 for later,
   -1 with errno. */
int channel_read(struct channel_reader *r, int fd,
                 void (*take)(json_t *object, void *arg), void *arg);
void channel_free(struct channel_reader *r);

#endif
