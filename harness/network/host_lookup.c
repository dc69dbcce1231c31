/* SPDX-License-Identifier: MIT */
/* "localhost" is ::1 and 127.0.0.1, and a server may listen at one of them
   alone. A client would try both; here nothing connects before the cases do, so
   the kernel is asked where something listens. The addresses of other machines
   come in the order in which a client should try them, getaddrinfo(3). */
#include "network/host_lookup.h"

#include "network/sockdiag.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int is_at(const struct socket_info *s, void *arg)
{
    const struct address *want = arg;

    return address_same_host(&s->local, want) ||
           (address_is_any(&s->local) && (s->local.sa.ss_family == AF_INET6 ||
                                          want->sa.ss_family == AF_INET));
}

/* True where a socket listens that a client of want would reach. One for all
   addresses of IPv6 mostly takes those of IPv4, too. */
static bool is_served(struct address *want)
{
    int sd = sockdiag_open();
    bool served =
        sd >= 0 && sockdiag_each(sd, SOCKDIAG_LISTEN, address_port(want), is_at,
                                 want) == 1;

    if (sd >= 0)
        close(sd);
    return served;
}

static void address_of(const struct addrinfo *info, int port, struct address *a)
{
    memset(a, 0, sizeof *a);
    memcpy(&a->sa, info->ai_addr, info->ai_addrlen);
    a->len = info->ai_addrlen;
    address_set_port(a, port);
}

enum host_found host_lookup(const char *host, int port, char ip[ADDRESS_TEXT],
                            char *why, size_t size)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *all = NULL;
    struct address a;
    int error;

    errno = 0;
    error = getaddrinfo(host, NULL, &hints, &all);
    if (error) {
        snprintf(why, size, "%s",
                 error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
        return error == EAI_NONAME || error == EAI_NODATA ? HOST_UNKNOWN
                                                          : HOST_TROUBLE;
    }
    address_of(all, port, &a);
    address_host(&a, ip);
    for (const struct addrinfo *i = all; i; i = i->ai_next) {
        address_of(i, port, &a);
        if (address_is_loopback(&a) && is_served(&a)) {
            address_host(&a, ip);
            break;
        }
    }
    freeaddrinfo(all);
    return HOST_FOUND;
}
