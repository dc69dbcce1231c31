/* SPDX-License-Identifier: MIT */
/* What the kernel says of TCP sockets, without touching one: sock_diag(7).
   Always of the network namespace in which sockdiag_open was called. */
#ifndef SOCKDIAG_H
#define SOCKDIAG_H

#include "base/address.h"

#include <stdint.h>

/* States as in <netinet/tcp.h>: TCP_ESTABLISHED .. TCP_CLOSING. */
#define SOCKDIAG_STATE(s) (1u << (s))
#define SOCKDIAG_LISTEN SOCKDIAG_STATE(10)
/* From ESTABLISHED to CLOSING; without handshakes under way, without TIME_WAIT,
   and without listening ones. */
#define SOCKDIAG_CONNECTED                                       \
    (SOCKDIAG_STATE(1) | SOCKDIAG_STATE(4) | SOCKDIAG_STATE(5) | \
     SOCKDIAG_STATE(8) | SOCKDIAG_STATE(9) | SOCKDIAG_STATE(11))
#define SOCKDIAG_TIME_WAIT SOCKDIAG_STATE(6)
/* All but sockets that are only bound: for those Linux (from 6.8) looks through
   the machine's table of ports each time, 65,536 slots. */
#define SOCKDIAG_IN_USE (SOCKDIAG_STATE(13) - 2u)

struct socket_info {
    int state;
    struct address local, remote;
    unsigned long inode; /* 0: no process holds it */
    uint32_t rqueue;     /* listening: connections waiting; else bytes */
    uint32_t wqueue;     /* listening: the backlog; else bytes unacked */
};

/* Returns a descriptor to close(2), or -1 with errno. */
int sockdiag_open(void);

/* Call each for every TCP socket, IPv4 and IPv6, in one of states whose local
   port is port (0: any). A non-zero result of each ends it and is returned;
   -1 with errno if the kernel does not answer. */
int sockdiag_each(int sd, unsigned states, int port,
                  int (*each)(const struct socket_info *s, void *arg),
                  void *arg);

/* Find the one connected socket that has these two addresses, as the side of
   local sees it, without a walk through the kernel's table of all connections,
   which takes a millisecond. Returns 1; 0 if there is none any more; -1 with
   errno. */
int sockdiag_find(int sd, const struct address *local,
                  const struct address *remote, struct socket_info *s);

struct nlmsghdr;
/* Read one message of the kernel's answer. Returns 0, or -1 with EBADMSG: it is
   not what was asked for. */
int sockdiag_parse(const struct nlmsghdr *h, struct socket_info *s);

const char *sockdiag_state_name(int state); /* "CLOSE_WAIT" */

#endif
