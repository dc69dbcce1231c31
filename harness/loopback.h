/* SPDX-License-Identifier: MIT */
/* The loopback interface of a network namespace of one's own. netdevice(7). */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <sys/socket.h>

/* Returns 0, or -1 with errno. */
int loopback_up(void);
/* Give it one more address, so that a server that insists on one of its own
   can have it in the cell. Returns 0, or -1 with errno. */
int loopback_add(const struct sockaddr_storage *a);

#endif
