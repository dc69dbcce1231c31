/* SPDX-License-Identifier: MIT */
/* Questions to the kernel, and its answers: netlink(7). Whoever has the right
   to may write to a netlink socket; nothing is believed here that the kernel
   did not send, no length, and no answer to another question. */
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/netlink.h>
#include <stdint.h>
#include <sys/types.h>

/* What is done with each message of an answer: 0, or -1 with errno. */
typedef int netlink_each(const struct nlmsghdr *h, void *arg);

/* A socket of protocol (NETLINK_SOCK_DIAG) for netlink_ask. Returns a
   descriptor to close(2), or -1 with errno. */
int netlink_open(int protocol);

/* Send the question, which is numbered here, and call each for what the kernel
   answers, to the end of a dump. Blocks for as long as the kernel works on it.
   Returns 0, or -1 with errno: the kernel's, that of each (which is called for
   the rest all the same), EINTR where a dump has been disturbed, or EBADMSG. */
int netlink_ask(int sd, struct nlmsghdr *question, netlink_each *each,
                void *arg);

/* The two parts of that, for tests. The next datagram from the kernel into buf
   (those of others are thrown away): its length, or -1 with errno, EMSGSIZE
   where it was longer. */
ssize_t netlink_receive(int sd, void *buf, size_t size);
/* Walk through one, aligned as its header is, as far as it answers the question
   seq. Returns 1 at the end of the answer, 0 if there is more, -1 with errno;
   *failed: the errno of each, if that failed. */
int netlink_walk(const void *datagram, size_t length, uint32_t seq,
                 netlink_each *each, void *arg, int *failed);

#endif
