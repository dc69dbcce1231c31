/* SPDX-License-Identifier: MIT */
/* Numeric addresses: text to sockaddr and back. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct address {
    struct sockaddr_storage sa;
    socklen_t len;
};

enum { ADDRESS_TEXT = 64 };

/* IPv4 or IPv6, numeric. Returns 0, or -1 with EINVAL. */
int address_parse(struct address *a, const char *ip, int port);
int address_port(const struct address *a);
void address_set_port(struct address *a, int port);
/* "127.0.0.1:7", "[::1]:7". */
const char *address_text(const struct address *a, char text[ADDRESS_TEXT]);
/* "127.0.0.1", "::1": as inet_ntop(3) writes it, however the user wrote it. */
const char *address_host(const struct address *a, char text[ADDRESS_TEXT]);
bool address_is_any(const struct address *a); /* 0.0.0.0, :: */
/* Turn a, on which a server listens, into what a client connects to: a wildcard
   becomes the loopback address of its family, a v4-mapped wildcard
   ::ffff:127.0.0.1. */
void address_make_reachable(struct address *a);
bool address_is_loopback(const struct address *a); /* 127.0.0.0/8, ::1 */
/* True if both are the same host; a v4-mapped IPv6 address counts as the IPv4
   address in it. */
bool address_same_host(const struct address *a, const struct address *b);

#endif
