/* SPDX-License-Identifier: MIT */
/* No socket here blocks: every wait is a poll(2) with the caller's deadline.
   Each send leaves at once (TCP_NODELAY), and none raises SIGPIPE. No verdict
   is stated here: errors go up as errno. */
#include "client/conn.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <unistd.h>

/* Wait until events or the deadline. Returns 0, or -1 with ETIMEDOUT. */
static int ready(int fd, short events, struct deadline d)
{
    struct pollfd p = { .fd = fd, .events = events };

    for (;;) {
        int n = poll(&p, 1, deadline_left_ms(d));

        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return -1;
        if (n == 0 && deadline_passed(d)) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
}

static int finish_connect(int fd, struct deadline d)
{
    int error = 0;
    socklen_t len = sizeof error;

    if (ready(fd, POLLOUT, d) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
        return -1;
    errno = error;
    return error ? -1 : 0;
}

bool conn_is_our_lack(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM ||
           error == ENOBUFS || error == EADDRNOTAVAIL;
}

int conn_open(const struct address *to, struct deadline d)
{
    return conn_open_narrow(to, 0, 0, d);
}

int conn_open_narrow(const struct address *to, int buffer_bytes,
                     int segment_bytes, struct deadline d)
{
    int fd =
        socket(to->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1, saved;

    if (fd < 0)
        return -1;
    /* Each send leaves at once: a case relies on the segments that it
       writes. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    /* Set before connect, which agrees with the server on both. If they are
       refused, the connection only stays wide. */
    if (buffer_bytes)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes,
                         sizeof buffer_bytes);
    if (segment_bytes)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment_bytes,
                         sizeof segment_bytes);
    if (connect(fd, (const struct sockaddr *)&to->sa, to->len) == 0)
        return fd;
    if (errno == EINPROGRESS && finish_connect(fd, d) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

int conn_send(int fd, const void *buf, size_t n, struct deadline d)
{
    const char *p = buf;

    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

        if (sent >= 0) {
            p += sent;
            n -= (size_t)sent;
        } else if (errno == EAGAIN) {
            if (ready(fd, POLLOUT, d) < 0)
                return -1;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

size_t conn_recv(int fd, void *buf, size_t n, struct deadline d)
{
    char *p = buf;
    size_t done = 0;

    while (done < n) {
        ssize_t got = recv(fd, p + done, n - done, 0);

        if (got > 0)
            done += (size_t)got;
        else if (got == 0)
            break;
        else if (errno == EAGAIN) {
            if (ready(fd, POLLIN, d) < 0)
                return done;
        } else if (errno != EINTR)
            return done;
    }
    errno = 0;
    return done;
}

/* How the connection ended, by the errno that conn_recv left. */
static enum conn_end end_by(int error)
{
    return error == 0 ? CONN_FIN : error == ETIMEDOUT ? CONN_SILENCE : CONN_RST;
}

enum conn_end conn_next(int fd, struct deadline d)
{
    char byte;

    return conn_recv(fd, &byte, 1, d) == 1 ? CONN_BYTE : end_by(errno);
}

enum conn_end conn_end_of(int fd, struct deadline d)
{
    static char surplus[1 << 16];
    enum conn_end end;

    while ((end = conn_next(fd, d)) == CONN_BYTE && !deadline_passed(d)) {
        ssize_t n = recv(fd, surplus, sizeof surplus, MSG_DONTWAIT);

        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return n == 0 ? CONN_FIN : CONN_RST; /* reported only once */
    }
    return end;
}

const char *conn_end_name(enum conn_end end)
{
    static const char *const name[] = {
        [CONN_FIN] = "FIN",
        [CONN_RST] = "RST",
        [CONN_SILENCE] = "silence",
        [CONN_BYTE] = "a byte more",
    };

    return name[end];
}

int conn_half_close(int fd)
{
    return shutdown(fd, SHUT_WR);
}

void conn_reset(int fd)
{
    struct linger off = { .l_onoff = 1, .l_linger = 0 };

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof off);
    close(fd);
}

void conn_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

int conn_local(int fd, struct address *a)
{
    a->len = sizeof a->sa;
    return getsockname(fd, (struct sockaddr *)&a->sa, &a->len);
}

int conn_local_port(int fd)
{
    struct address a;

    return conn_local(fd, &a) < 0 ? 0 : address_port(&a);
}
