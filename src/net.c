/* SPDX-License-Identifier: MIT */
/* Addresses, and sockets until they are connected: from then on they are plain
   descriptors, and io.c's. Each socket is close-on-exec, and options are set
   where it is made. Nothing here waits but tcp_connect, and nothing retries:
   tcp_fate tells the caller what to do after an error. */
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

    /* inet_pton, not inet_aton, which also takes 127.1 and 0177.0.0.1, and
       knows no IPv6 (UNP 3.7). A field that is not set, as the scope of an IPv6
       address, must be 0: the kernel reads it. */
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

    /* In brackets, or the port would be one group more: RFC 3986, 3.2.2. */
    (void)inet_ntop(a->sa.ss_family, ip, name, sizeof name);
    (void)snprintf(text, NET_TEXT_MAX, v6 ? "[%s]:%d" : "%s:%d", name,
                   ntohs(v6 ? in6->sin6_port : in4->sin_port));
    return text;
}

/* Linux hands these on to every socket accepted, which saves a call for each
   connection. TCP_NODELAY: an echo is complete when it is written, and must not
   wait for the peer's delayed ACK. SO_OOBINLINE: an urgent byte is a byte of
   the stream (RFC 6093). SO_REUSEADDR: connections of an earlier server, in
   TIME_WAIT or open, do not keep the port (UNP 7.5); one that listens still
   does. */
static int set_options(int fd)
{
    int on = 1;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on) < 0)
        return -1;
    return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* The order is the rule: options before bind, which looks at SO_REUSEADDR, and
   before listen, from where on connections come that take over what is set
   (UNP 7.4). SOCK_NONBLOCK, since poll(2) may have seen a connection that is
   gone when it is accepted, and accept would wait for the next one (UNP 16.6).
   */
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

/* A server that ends because one client went away, or for want of descriptors,
   can be ended by anybody; one that tries again at once when it lacks something
   burns a processor for as long. Hence three fates. */
enum tcp_fate tcp_fate(int error)
{
    switch (error) {
    case EINTR:
    case EAGAIN:
    case ECONNABORTED: /* it was reset while it waited: UNP 5.11 */
    /* On Linux accept reports errors that are the new connection's, not the
       listening socket's: accept(2), "Error handling". */
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
        return TCP_AGAIN;
    /* These are mistakes of ours: they would come back for ever. */
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
    struct tcp_info info = { 0 };
    socklen_t len = sizeof info;

    if (getsockopt(lfd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
        return 0;
    return (int)info.tcpi_unacked; /* of a listening socket: its queue */
}

/* Wait for the outcome of a connect that has begun. That the socket can be
   written to says that there is one; SO_ERROR says which, and 0 is success
   (connect(2), EINPROGRESS; UNP 16.3). */
static int await_connection(int fd, int timeout_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };
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

/* A connect that blocks waits for two minutes and more, since the kernel
   repeats its SYN six times (tcp(7), tcp_syn_retries). One that a signal broke
   off goes on like one that does not block: called again it would fail with
   EALREADY. */
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
