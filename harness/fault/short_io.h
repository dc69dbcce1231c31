/* SPDX-License-Identifier: MIT */
/* A read or write on a connection, done in the target's place with fewer
   bytes. What cannot be done yet is kept until its socket is ready; nothing
   here blocks. */
#ifndef SHORT_IO_H
#define SHORT_IO_H

#include "fault/seccomp_filter.h"

#include <poll.h>
#include <stddef.h>

enum { SHORTEN_MOST = 64 };

struct shortened { /* calls that wait for their sockets */
    struct fault_call call[SHORTEN_MOST];
    int fd[SHORTEN_MOST]; /* our copies of the sockets */
    size_t n;
};

enum short_io_end {
    SHORTEN_NOT_MEANT, /* not a connection, or too many wait: let it be */
    SHORTEN_WAITS,     /* it was put into s */
    SHORTEN_DONE       /* *result: bytes, 0 at EOF, or -errno */
};

/* Where no copy can be made of a target's sockets (reach.h), what it sends on
   one of them can still be taken from its memory. */
struct short_io_capture {
    unsigned long inode; /* of that socket; 0: of none */
    int fd;              /* where the bytes go instead */
};

/* Do c with most bytes; where to names a socket, on that one alone. */
enum short_io_end shorten(struct shortened *s,
                          const struct short_io_capture *to,
                          const struct fault_call *c, size_t most,
                          long *result);

/* What waits, for poll(2); fills p and returns their number. */
nfds_t short_io_poll(const struct shortened *s, struct pollfd *p);
/* Try the i-th again; SHORTEN_DONE takes it out of s. */
enum short_io_end short_io_again(struct shortened *s, size_t i, size_t most,
                                 long *result);
/* Take it out and close our copy. */
void short_io_drop(struct shortened *s, size_t i);

#endif
