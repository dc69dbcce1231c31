/* SPDX-License-Identifier: MIT */
/* Questions to the kernel, and its answers: netlink(7). Other processes may be
   able to write to a netlink socket. So only what the kernel has sent, as an
   answer to the question asked, is taken, and no length in it is believed. */
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/netlink.h>
#include <stdint.h>
#include <sys/types.h>

/* Called for each message of an answer. Returns 0, or -1 with errno. */
typedef int netlink_each(const struct nlmsghdr *h, void *arg);

/* A socket of protocol (NETLINK_SOCK_DIAG) for netlink_ask. Returns a
   descriptor to close(2), or -1 with errno. */
int netlink_open(int protocol);

/* Give the question its sequence number, send it, and call each for every
   message of the answer, to the end of a dump. Blocks for as long as the kernel
   works on it. Returns 0, or -1 with errno: the kernel's; that of each, which
   is called for the other messages all the same; EINTR if a dump has been
   disturbed; EBADMSG. */
int netlink_ask(int sd, struct nlmsghdr *question, netlink_each *each,
                void *arg);

/* The two steps of netlink_ask, for tests. First: receive the next datagram
   from the kernel into buf; those of other senders are thrown away. Returns its
   length, or -1 with errno, EMSGSIZE if it was longer. */
ssize_t netlink_receive(int sd, void *buf, size_t size);
/* Second: walk through a datagram, which must be aligned for its header, and
   call each for its messages that answer the question seq. Returns 1 at the end
   of the answer, 0 if there is more, -1 with errno; *failed: the errno of each,
   if that failed. */
int netlink_walk(const void *datagram, size_t length, uint32_t seq,
                 netlink_each *each, void *arg, int *failed);

#endif
