/* SPDX-License-Identifier: MIT */
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int net_parse(const char *ip, int port, struct net_address *a)
{
    struct sockaddr_in *in4 = (struct sockaddr_in *)&a->sa;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a->sa;

    memset(a, 0, sizeof *a);
    if (inet_pton(AF_INET, ip, &in4->sin_addr) == 1) {
        in4->sin_family = AF_INET;
        in4->sin_port = htons((in_port_t)port);
        a->len = sizeof *in4;
    } else if (inet_pton(AF_INET6, ip, &in6->sin6_addr) == 1) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((in_port_t)port);
        a->len = sizeof *in6;
    } else {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

const char *net_text(const struct net_address *a, char *text)
{
    const struct sockaddr_in *in4 = (const struct sockaddr_in *)&a->sa;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->sa;
    int v6 = a->sa.ss_family == AF_INET6;
    const void *ip = v6 ? (const void *)&in6->sin6_addr : &in4->sin_addr;
    char name[INET6_ADDRSTRLEN] = "?";

    (void)inet_ntop(a->sa.ss_family, ip, name, sizeof name);
    (void)snprintf(text, NET_TEXT_MAX, v6 ? "[%s]:%d" : "%s:%d", name,
                   ntohs(v6 ? in6->sin6_port : in4->sin_port));
    return text;
}

/* Linux hands these on to every socket accepted, which saves a call for each
   connection. TCP_NODELAY: an echo is complete when it is written, and must not
   wait for the peer's delayed ACK. SO_OOBINLINE: an urgent byte is a byte of
   the stream (RFC 6093). SO_REUSEADDR: connections of an earlier server, in
   TIME_WAIT or open, do not keep the port. */
static int set_options(int fd)
{
    int on = 1;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on) < 0)
        return -1;
    return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int tcp_listen(struct net_address *a, int backlog, const char **attempt)
{
    int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
    struct sockaddr *sa = (struct sockaddr *)&a->sa;
    int saved;
    int fd;

    *attempt = "open a socket for";
    fd = socket(a->sa.ss_family, type, 0);
    if (fd < 0)
        return -1;
    *attempt = "set the socket options for";
    if (set_options(fd) < 0)
        goto fail;
    *attempt = "bind";
    if (bind(fd, sa, a->len) < 0)
        goto fail;
    *attempt = "listen on";
    if (listen(fd, backlog) < 0 || getsockname(fd, sa, &a->len) < 0)
        goto fail;
    return fd;
fail:
    saved = errno;
    (void)close(fd); /* nothing was sent: there is no error to lose */
    errno = saved;
    return -1;
}

/* SOCK_CLOEXEC in the call: set by fcntl(2) afterwards, a fork and exec in
   between could get past it. On Linux the connected socket does not inherit
   O_NONBLOCK: accept(2), Notes. */
int tcp_accept(int lfd)
{
    return accept4(lfd, NULL, NULL, SOCK_CLOEXEC);
}

enum tcp_fate tcp_fate(int error)
{
    switch (error) {
    case EINTR:
    case EAGAIN:
    case ECONNABORTED:
    case ENETDOWN: /* from here: accept(2), "Error handling" */
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
        return TCP_AGAIN;
    case EBADF:
    case EFAULT:
    case EINVAL:
    case ENOTSOCK:
        return TCP_GIVE_UP;
    default: /* EMFILE, ENFILE, ENOBUFS, ENOMEM, and what is not foreseen */
        return TCP_PAUSE;
    }
}

int tcp_waiting(int lfd)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;

    if (getsockopt(lfd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
        return 0;
    return (int)info.tcpi_unacked; /* of a listening socket: its queue */
}

/* Wait for the outcome of a connect that has begun. */
static int await_connection(int fd, int timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t len = sizeof error;
    int n;

    do
        n = poll(&p, 1, timeout_ms);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -1;
    if (n == 0)
        error = ETIMEDOUT;
    else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
        return -1;
    errno = error;
    return error ? -1 : 0;
}

int tcp_connect(const struct net_address *a, int timeout_ms)
{
    int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
    int fd = socket(a->sa.ss_family, type, 0);
    int saved;

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&a->sa, a->len) == 0)
        return fd;
    if ((errno == EINPROGRESS || errno == EINTR) &&
        await_connection(fd, timeout_ms) == 0)
        return fd;
    saved = errno;
    (void)close(fd); /* nothing was sent: there is no error to lose */
    errno = saved;
    return -1;
}
