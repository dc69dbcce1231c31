/* SPDX-License-Identifier: MIT */
/* TCP over IPv4 and IPv6. Every descriptor is close-on-exec from birth. */
#ifndef ECHO64_NET_H
#define ECHO64_NET_H

#include <sys/socket.h>

struct net_address {
    struct sockaddr_storage sa;
    socklen_t len; /* bytes of sa in use */
};

enum { NET_TEXT_MAX = 64 }; /* bytes that any net_text fits in, NUL included */

enum tcp_fate { TCP_AGAIN, TCP_PAUSE, TCP_GIVE_UP };

/* Set *a from a numeric address (inet_pton(3)) and a port, 0 to 65535. Returns
   0, or -1 with EINVAL if ip is neither IPv4 nor IPv6. */
int net_parse(const char *ip, int port, struct net_address *a);

/* Write 127.0.0.1:7 or [::1]:7 into text, NET_TEXT_MAX bytes. Returns text. */
const char *net_text(const struct net_address *a, char *text);

/* Listen on *a, and set *a to what the kernel bound: with port 0 that is a port
   of its choice. Returns the listening socket, which does not block; or -1 with
   errno, and in *attempt what could not be done, to stand between "cannot" and
   an address. */
int tcp_listen(struct net_address *a, int backlog, const char **attempt);

/* Accept a connection, without waiting for one: the one that poll(2) has seen
   may have been reset since, or taken by another process. Returns the connected
   socket, which blocks; or -1 with errno, EAGAIN if none waits: see
   tcp_fate. */
int tcp_accept(int lfd);

/* What to do after tcp_accept failed with this errno: call it again, call it
   again after a pause, or give up. */
enum tcp_fate tcp_fate(int error);

/* Returns how many connections wait to be accepted, 0 if that is not known. */
int tcp_waiting(int lfd);

/* Connect to *a within timeout_ms. Returns a socket that does not block; or -1
   with errno, ETIMEDOUT where there was no answer in time. */
int tcp_connect(const struct net_address *a, int timeout_ms);

#endif
