/* SPDX-License-Identifier: MIT */
/* The loopback interface of the caller's network namespace, and which addresses
   the namespace has. netdevice(7), rtnetlink(7). */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <stdbool.h>
#include <sys/socket.h>

/* Returns 0, or -1 with errno. */
int loopback_up(void);
/* Give it one more address (a v4-mapped one as the IPv4 address in it), unless
   it has it already. The kernel may make it usable only later: see
   loopback_has. Returns 0, or -1 with errno. */
int loopback_add(const struct sockaddr_storage *a);

/* Returns 0 if this network namespace has the address, whichever interface
   holds it: a socket can be bound to it, and what is sent there stays here.
   Else -1 with errno (EADDRNOTAVAIL). */
int loopback_has(const struct sockaddr_storage *a);

#endif
