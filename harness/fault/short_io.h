/* SPDX-License-Identifier: MIT */
/* A read or write on a connection, done in the target's place with fewer
   bytes, where fewer say no more than that: not a read on a socket that is
   watched by edge, to which it says that nothing is left; and a write on a
   socket that does not block is done whole, and what the kernel makes of it is
   the answer, for fewer bytes would say that there is no room. What cannot be
   done yet is kept until its socket is ready; nothing here blocks. */
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
    size_t shown; /* bytes at most that MSG_PEEK has shown and no read taken */
};

struct short_io_result {
    long value; /* bytes, 0 at EOF, or -errno */
    bool cut;   /* fewer bytes than were asked for */
};

enum short_io_end {
    SHORTEN_NOT_MEANT, /* not a connection, or too many wait: leave it to the
                          kernel */
    SHORTEN_WAITS,     /* it was put into s */
    SHORTEN_DONE       /* *r says what is to be answered */
};

/* Where no copy of a target's socket can be made (remote_process.h), what it
   sends on one of them can still be taken from its memory. */
struct short_io_capture {
    unsigned long inode; /* of that socket; 0: of none */
    int fd;              /* where the bytes go instead */
};

/* Do the call c with at most `most` bytes. If to names a socket, only calls on
   that socket are meant. */
enum short_io_end shorten(struct shortened *s,
                          const struct short_io_capture *to,
                          const struct fault_call *c, size_t most,
                          struct short_io_result *r);

/* Fill p with the sockets that calls wait for, for poll(2). Returns their
   number. */
nfds_t short_io_poll(const struct shortened *s, struct pollfd *p);
/* Try the i-th call again. It stays in s until short_io_drop. */
enum short_io_end short_io_again(struct shortened *s, size_t i, size_t most,
                                 struct short_io_result *r);
/* Take the i-th call out of s and close our copy of its socket. */
void short_io_drop(struct shortened *s, size_t i);

#endif
