/* SPDX-License-Identifier: MIT */
/* One read, one write, again: only what was read is written, so that no byte of
   an earlier message can follow a shorter one. Runs in the worker, and makes
   nothing but system calls: workers.c says why. It closes nothing. */
#include "echo.h"

#include <sys/socket.h>
#include <sys/time.h>

#include "io.h"

/* Large, so that bulk needs few calls; static and never initialised, so that a
   worker has memory for no more of it than its largest message has touched. */
static char buffer[64 * 1024];

/* The kernel keeps the clock (socket(7)), so that the loop needs no poll(2):
   one call more for each message. */
static int limit_silence(int fd, int idle_s)
{
    struct timeval tv = { .tv_sec = idle_s };

    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv) < 0)
        return -1;
    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
}

int echo_serve(int fd, int idle_s)
{
    ssize_t n;

    if (idle_s > 0 && limit_silence(fd, idle_s) < 0)
        return -1;
    while ((n = read_some(fd, buffer, sizeof buffer)) > 0)
        if (write_full(fd, buffer, (size_t)n) < 0)
            return -1;
    return (int)n;
}
