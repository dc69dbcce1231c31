/* SPDX-License-Identifier: MIT */
/* One listening socket and one connection, neither of which blocks: each call
   does what can be done now, and the session's loop polls. A further connection
   is accepted, noted and closed. Whatever happens is written to the transcript;
   nothing is judged here. */
#include "session/peer.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* Like a server with ordinary buffers the peer holds so many bytes at most: it
   stops reading from a client that sends on and on without reading. */
enum {
    CHUNK = 16384,
    MOST_PENDING = 65536,
    SOCKET_BUFFER = 65536,
    BACKLOG = 16
};

static const int on = 1;

int peer_begin(struct peer *p, const struct address *at, struct transcript *log)
{
    static const int size = SOCKET_BUFFER;
    int family = at->sa.ss_family;

    memset(p, 0, sizeof *p);
    p->log = log;
    p->fd = -1;
    p->limit = SIZE_MAX;
    p->lfd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (p->lfd < 0 ||
        setsockopt(p->lfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        /* Accepted sockets inherit these. */
        setsockopt(p->lfd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) < 0 ||
        setsockopt(p->lfd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) < 0 ||
        setsockopt(p->lfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
        bind(p->lfd, (const struct sockaddr *)&at->sa, at->len) < 0)
        return -1;
    return listen(p->lfd, BACKLOG);
}

void peer_end(struct peer *p)
{
    if (p->lfd >= 0)
        close(p->lfd);
    if (p->fd >= 0)
        close(p->fd);
    p->lfd = p->fd = -1;
    bytes_free(&p->got);
}

static size_t pending(const struct peer *p)
{
    size_t may = p->got.n < p->limit ? p->got.n : p->limit;

    return p->done || may < p->returned ? 0 : may - p->returned;
}

void peer_poll(const struct peer *p, struct pollfd *fd)
{
    short events = 0;

    if (!p->fin && !p->reset && !p->flooded && pending(p) < MOST_PENDING)
        events |= POLLIN;
    if (pending(p) && !p->reset)
        events |= POLLOUT;
    fd[0] = (struct pollfd){ .fd = p->lfd, .events = POLLIN };
    fd[1] = (struct pollfd){ .fd = events ? p->fd : -1, .events = events };
}

static void take_connection(struct peer *p)
{
    int fd = accept4(p->lfd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return;
    transcript_event(p->log, "client connects", "%s",
                     p->connections++ ? "once more, and is closed" : "");
    if (p->connections > 1) {
        close(fd);
        return;
    }
    p->fd = fd;
    p->here.len = p->there.len = sizeof p->here.sa;
    (void)getsockname(fd, (struct sockaddr *)&p->here.sa, &p->here.len);
    (void)getpeername(fd, (struct sockaddr *)&p->there.sa, &p->there.len);
}

static void take_bytes(struct peer *p)
{
    unsigned char buf[CHUNK];
    ssize_t n = recv(p->fd, buf, sizeof buf, 0);

    if (n > 0) {
        transcript_bytes(p->log, "server receives", buf, (size_t)n);
        p->flooded = bytes_add(&p->got, buf, (size_t)n) < 0 ||
                     p->got.n >= PEER_MOST_BYTES;
    } else if (n == 0) {
        p->fin = true;
        transcript_event(p->log, "client closes its side", "(FIN)");
    } else if (errno != EAGAIN && errno != EINTR) {
        p->reset = true;
        transcript_event(p->log, "client's side breaks off", "(%s)",
                         strerror(errno));
    }
}

static void give_back(struct peer *p)
{
    unsigned char buf[CHUNK];
    size_t n = pending(p) < sizeof buf ? pending(p) : sizeof buf;
    ssize_t sent;

    for (size_t i = 0; i < n; i++) {
        size_t at = p->returned + i;

        buf[i] = at >= p->false_from && at < p->false_to ? PEER_FALSE
                                                         : p->got.at[at];
    }
    sent = n ? send(p->fd, buf, n, MSG_NOSIGNAL) : 0;
    if (sent > 0) {
        transcript_bytes(p->log, "server sends", buf, (size_t)sent);
        p->returned += (size_t)sent;
    } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        p->reset = true;
        transcript_event(p->log, "client's side breaks off", "(%s)",
                         strerror(errno));
    }
}

void peer_serve(struct peer *p, const struct pollfd *fd)
{
    if (fd[0].fd >= 0 && fd[0].revents)
        take_connection(p);
    if (p->fd < 0)
        return;
    /* A connection that was just accepted has not been polled. Both directions
       may be tried, since neither blocks. */
    if (fd[1].fd < 0 || (fd[1].revents & ~POLLOUT)) {
        struct pollfd now[PEER_POLLS];

        peer_poll(p, now);
        if (now[1].events & POLLIN)
            take_bytes(p);
    }
    if (pending(p) && !p->reset)
        give_back(p);
    /* Like any echo server it sends what it owes, and then its own FIN. */
    if (p->fin && !p->done && p->returned == p->got.n)
        peer_finish(p);
}

int peer_add(struct peer *p, const void *bytes, size_t n)
{
    ssize_t sent = send(p->fd, bytes, n, MSG_NOSIGNAL);

    if (sent > 0)
        transcript_bytes(p->log, "server sends unasked", bytes, (size_t)sent);
    return sent == (ssize_t)n ? 0 : -1;
}

void peer_finish(struct peer *p)
{
    p->done = true;
    if (p->fd >= 0)
        (void)shutdown(p->fd, SHUT_WR);
    transcript_event(p->log, "server closes its side", "(FIN)");
}

void peer_close(struct peer *p)
{
    if (p->fd < 0)
        return;
    take_bytes(p); /* unread bytes would make it a reset */
    close(p->fd);
    p->fd = -1;
    p->done = true;
    transcript_event(p->log, "server closes the connection", "(FIN)");
}

void peer_reset(struct peer *p)
{
    static const struct linger at_once = { 1, 0 };

    if (p->fd < 0)
        return;
    (void)setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(p->fd);
    p->fd = -1;
    p->done = true;
    transcript_event(p->log, "server resets the connection", "(RST)");
}

int peer_client_end(const struct peer *p, int sd, struct socket_info *end)
{
    return p->connections ? sockdiag_find(sd, &p->there, &p->here, end) : 0;
}

bool peer_was_read(const struct peer *p, int sd)
{
    struct socket_info end;

    return peer_client_end(p, sd, &end) != 1 || end.rqueue == 0;
}
