/* SPDX-License-Identifier: MIT */
/* Between the look whether a port is free and the moment when the target binds
   it, another run may look too. So a run first claims the port: it binds a unix
   socket of that name in the abstract namespace. That needs no file, belongs to
   the same network namespace as the port, and goes with the last process that
   holds it, however that ends. unix(7). */
#include "network/port.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LOWEST_PORT = 7000, HIGHEST_PORT = 16000 };

/* A socket bound to the name of that port, or -1 with errno (EADDRINUSE:
   another run has claimed it). */
static int claim(int port)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), saved;
    int n =
        snprintf(a.sun_path + 1, sizeof a.sun_path - 1, "echo64-port-%d", port);

    if (fd < 0 || bind(fd, (struct sockaddr *)&a,
                       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                                   (size_t)n)) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* Bind the port on all addresses, which for AF_INET6 are those of both
   families. Without SO_REUSEADDR even a TIME_WAIT is in the way, tcp(7). */
static int try_bind(int family, int port)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6,
                                .sin6_port = htons((uint16_t)port) };
    struct sockaddr_in four = { .sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port) };
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), off = 0, rc, saved;

    if (fd < 0)
        return -1;
    if (family == AF_INET6)
        rc = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) < 0
                 ? -1
                 : bind(fd, (struct sockaddr *)&six, sizeof six);
    else
        rc = bind(fd, (struct sockaddr *)&four, sizeof four);
    saved = errno;
    close(fd);
    errno = saved;
    return rc;
}

/* A kernel without IPv6 refuses that socket for another reason: then IPv4 alone
   is tried. */
static int check_free(int port)
{
    if (try_bind(AF_INET6, port) == 0)
        return 0;
    return errno == EADDRINUSE ? -1 : try_bind(AF_INET, port);
}

int port_take(struct port *p, unsigned seed)
{
    unsigned span = HIGHEST_PORT - LOWEST_PORT;

    *p = (struct port){ 0, -1 };
    for (unsigned i = 0; i < span; i++) {
        int port = LOWEST_PORT + (int)((seed % span + i) % span);

        p->claim = claim(port);
        if (p->claim >= 0 && check_free(port) == 0) {
            p->number = port;
            return 0;
        }
        if (errno != EADDRINUSE)
            return -1;
        port_release(p);
    }
    errno = EADDRINUSE;
    return -1;
}

void port_release(struct port *p)
{
    if (p->claim >= 0)
        close(p->claim);
    *p = (struct port){ 0, -1 };
}
