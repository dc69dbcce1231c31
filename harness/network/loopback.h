/* SPDX-License-Identifier: MIT */
/* The loopback interface of a network namespace of one's own, and which
   addresses a namespace has. netdevice(7), rtnetlink(7). */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <stdbool.h>
#include <sys/socket.h>

/* Returns 0, or -1 with errno. */
int loopback_up(void);
/* Give it one more address, a v4-mapped one as its IPv4 one; it may have it
   already. The kernel makes it usable in its own time: see the next. Returns
   0, or -1 with errno. */
int loopback_add(const struct sockaddr_storage *a);

/* Whether this network namespace has the address, whichever interface holds
   it: a socket may be bound to it, and what is sent there stays here. Returns
   0, or -1 with errno (EADDRNOTAVAIL). */
int loopback_has(const struct sockaddr_storage *a);

#endif
