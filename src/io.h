/* SPDX-License-Identifier: MIT */
/* Reads and writes on blocking descriptors. Short counts and EINTR end here:
   callers see bytes, end of file or an error. */
#ifndef ECHO64_IO_H
#define ECHO64_IO_H

#include <stddef.h>
#include <sys/types.h>

/* Open /dev/null on whichever of descriptors 0 to 2 is closed: a socket that
   got such a number would be taken for a standard stream (open(2) returns the
   lowest free one). To be called before anything else is opened. Returns 0, or
   -1 with errno. */
int io_standard_fds(void);

/* Read what is there, size bytes at most; blocks until there is something.
   Returns the count, 0 at end of file, or -1 with errno (never EINTR). */
ssize_t read_some(int fd, void *buf, size_t size);

/* Write all of buf; blocks until it is taken. Returns 0, or -1 with errno
   (never EINTR), after which some of it may have been written. */
int write_full(int fd, const void *buf, size_t size);

#endif
