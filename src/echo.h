/* SPDX-License-Identifier: MIT */
/* The echo service of RFC 862 on one connection. */
#ifndef ECHO64_ECHO_H
#define ECHO64_ECHO_H

/* Send back every byte that comes on the connected socket fd, in order, until
   the peer closes its side, the connection fails, or nothing moves on it for
   idle_s seconds (0: wait for ever). Blocks as long; does not close fd. The
   caller ignores SIGPIPE. Returns 0 when the peer closed, or -1 with errno
   (EAGAIN: idle). */
int echo_serve(int fd, int idle_s);

#endif
