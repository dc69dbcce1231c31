/* SPDX-License-Identifier: MIT */
/* A sockaddr_storage is read as IPv4 or IPv6 by its family; there are no
   others. A v4-mapped IPv6 address is treated as the IPv4 address in it, since
   a socket for both families shows its IPv4 peers so. Names are never looked
   up. */
#include "base/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct sockaddr_in *in4(const struct address *a)
{
    return (struct sockaddr_in *)&a->sa;
}

static struct sockaddr_in6 *in6(const struct address *a)
{
    return (struct sockaddr_in6 *)&a->sa;
}

int address_parse(struct address *a, const char *ip, int port)
{
    memset(a, 0, sizeof *a);
    if (inet_pton(AF_INET, ip, &in4(a)->sin_addr) == 1) {
        a->sa.ss_family = AF_INET;
        a->len = sizeof(struct sockaddr_in);
    } else if (inet_pton(AF_INET6, ip, &in6(a)->sin6_addr) == 1) {
        a->sa.ss_family = AF_INET6;
        a->len = sizeof(struct sockaddr_in6);
    } else {
        errno = EINVAL;
        return -1;
    }
    address_set_port(a, port);
    return 0;
}

int address_port(const struct address *a)
{
    return ntohs(a->sa.ss_family == AF_INET6 ? in6(a)->sin6_port
                                             : in4(a)->sin_port);
}

void address_set_port(struct address *a, int port)
{
    if (a->sa.ss_family == AF_INET6)
        in6(a)->sin6_port = htons((uint16_t)port);
    else
        in4(a)->sin_port = htons((uint16_t)port);
}

const char *address_host(const struct address *a, char text[ADDRESS_TEXT])
{
    const void *at = a->sa.ss_family == AF_INET6
                         ? (const void *)&in6(a)->sin6_addr
                         : &in4(a)->sin_addr;

    return inet_ntop(a->sa.ss_family, at, text, ADDRESS_TEXT) ? text : "?";
}

const char *address_text(const struct address *a, char text[ADDRESS_TEXT])
{
    bool six = a->sa.ss_family == AF_INET6;
    char ip[ADDRESS_TEXT];

    /* 46 bytes hold any IPv4 or IPv6 address, inet_ntop(3). */
    snprintf(text, ADDRESS_TEXT, "%s%.46s%s:%d", six ? "[" : "",
             address_host(a, ip), six ? "]" : "", address_port(a));
    return text;
}

/* The IPv4 address in a, also from a v4-mapped one. */
static bool as_ipv4(const struct address *a, in_addr_t *ip)
{
    if (a->sa.ss_family == AF_INET) {
        *ip = in4(a)->sin_addr.s_addr;
        return true;
    }
    if (!IN6_IS_ADDR_V4MAPPED(&in6(a)->sin6_addr))
        return false;
    memcpy(ip, &in6(a)->sin6_addr.s6_addr[12], sizeof *ip);
    return true;
}

bool address_is_any(const struct address *a)
{
    in_addr_t ip;

    if (as_ipv4(a, &ip))
        return ip == htonl(INADDR_ANY);
    return IN6_IS_ADDR_UNSPECIFIED(&in6(a)->sin6_addr);
}

void address_make_reachable(struct address *a)
{
    const char *loopback = a->sa.ss_family == AF_INET ? "127.0.0.1"
                           : IN6_IS_ADDR_V4MAPPED(&in6(a)->sin6_addr)
                               ? "::ffff:127.0.0.1"
                               : "::1";

    if (address_is_any(a))
        (void)address_parse(a, loopback, address_port(a));
}

bool address_is_loopback(const struct address *a)
{
    in_addr_t ip;

    if (as_ipv4(a, &ip))
        return ntohl(ip) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&in6(a)->sin6_addr);
}

bool address_same_host(const struct address *a, const struct address *b)
{
    in_addr_t x, y;
    bool x4 = as_ipv4(a, &x), y4 = as_ipv4(b, &y);

    if (x4 != y4)
        return false;
    if (x4)
        return x == y;
    return memcmp(&in6(a)->sin6_addr, &in6(b)->sin6_addr,
                  sizeof(struct in6_addr)) == 0;
}
