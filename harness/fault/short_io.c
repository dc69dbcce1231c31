/* SPDX-License-Identifier: MIT */
/* The call never reaches the kernel: the supervisor itself reads or writes, on
   its own copy of the target's socket, and moves the bytes between that socket
   and the target's memory. Nothing here may block, since one thread serves all
   calls of the target: a call that would block is kept, and tried again when
   its socket is ready. */
#include "fault/short_io.h"

#include "fault/socket_look.h"
#include "linux/procfs.h"
#include "linux/remote_process.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { BUFFER = 4096, WHOLE = 65536, VECTORS = 64 };

/* Where the first bytes of the call lie in the target. */
struct place {
    uint64_t address;
    size_t n;
};

static bool first_of_vector(pid_t pid, uint64_t vector, uint64_t count,
                            struct place *p)
{
    struct iovec v;

    for (uint64_t i = 0; i < count && i < VECTORS; i++) {
        if (remote_read(pid, vector + i * sizeof v, &v, sizeof v) !=
            (ssize_t)sizeof v)
            return false;
        p->address = (uintptr_t)v.iov_base;
        p->n = v.iov_len;
        if (p->n)
            return true;
    }
    return false;
}

static bool place_of(const struct fault_call *c, struct place *p)
{
    struct msghdr m;

    switch (c->number) {
    case SYS_read:
    case SYS_recvfrom:
    case SYS_write:
    case SYS_sendto:
        *p = (struct place){ c->args[1], (size_t)c->args[2] };
        return p->n > 0;
    case SYS_readv:
    case SYS_writev:
        return first_of_vector(c->pid, c->args[1], c->args[2], p);
    case SYS_recvmsg:
    case SYS_sendmsg:
        return remote_read(c->pid, c->args[1], &m, sizeof m) ==
                   (ssize_t)sizeof m &&
               first_of_vector(c->pid, (uintptr_t)m.msg_iov, m.msg_iovlen, p);
    default:
        return false;
    }
}

static bool is_connection(int fd)
{
    struct sockaddr_storage a = { 0 };
    socklen_t len = sizeof a;
    int type = 0;
    socklen_t type_len = sizeof type;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) < 0 ||
        type != SOCK_STREAM)
        return false;
    if (getpeername(fd, (struct sockaddr *)&a, &len) < 0)
        return false;
    return a.ss_family == AF_INET || a.ss_family == AF_INET6;
}

/* What the call is to bring: most, and less than it asks for, so that a header
   of four bytes is cut too. */
static size_t part(const struct place *p, size_t most)
{
    size_t n = p->n <= most ? (p->n + 1) / 2 : most;

    return n < BUFFER ? n : BUFFER;
}

static int flags_of(const struct fault_call *c)
{
    if (c->number == SYS_recvfrom || c->number == SYS_sendto)
        return (int)c->args[3];
    if (c->number == SYS_recvmsg || c->number == SYS_sendmsg)
        return (int)c->args[2];
    return 0;
}

static long receive(const struct fault_call *c, int fd, const struct place *p,
                    size_t most)
{
    char buf[BUFFER];
    ssize_t got =
        recv(fd, buf, part(p, most), MSG_DONTWAIT | (flags_of(c) & MSG_OOB));

    if (got < 0)
        return -errno;
    if (got > 0 && remote_write(c->pid, p->address, buf, (size_t)got) != got)
        return -EFAULT;
    return got;
}

static long transmit(const struct fault_call *c, int fd, const struct place *p,
                     size_t most)
{
    char buf[BUFFER];
    size_t n = part(p, most);
    ssize_t sent;

    if (remote_read(c->pid, p->address, buf, n) != (ssize_t)n)
        return -EFAULT;
    sent = send(fd, buf, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

/* All bytes of a write, gathered into buf. Returns their number; 0 where they
   are more than WHOLE, or are not to be seen. */
static size_t gather(const struct fault_call *c, unsigned char buf[WHOLE])
{
    uint64_t vector = c->args[1], count = c->args[2];
    struct iovec v[VECTORS];
    struct msghdr m;
    size_t n = 0;

    if (c->number == SYS_write || c->number == SYS_sendto) {
        n = (size_t)c->args[2];
        return n <= WHOLE &&
                       remote_read(c->pid, c->args[1], buf, n) == (ssize_t)n
                   ? n
                   : 0;
    }
    if (c->number == SYS_sendmsg) {
        if (remote_read(c->pid, c->args[1], &m, sizeof m) != (ssize_t)sizeof m)
            return 0;
        vector = (uintptr_t)m.msg_iov;
        count = m.msg_iovlen;
    }
    if (count > VECTORS || remote_read(c->pid, vector, v, count * sizeof *v) !=
                               (ssize_t)(count * sizeof *v))
        return 0;
    for (uint64_t i = 0; i < count; n += v[i++].iov_len)
        if (v[i].iov_len > WHOLE - n ||
            remote_read(c->pid, (uintptr_t)v[i].iov_base, buf + n,
                        v[i].iov_len) != (ssize_t)v[i].iov_len)
            return 0;
    return n;
}

/* What the kernel makes of the call: on a socket that does not block a number
   made up would say that there is no more room, epoll(7), and a program that
   waits for room would never hear of it. */
static enum short_io_end transmit_whole(const struct fault_call *c, int fd,
                                        struct short_io_result *r)
{
    static unsigned char buf[WHOLE];
    size_t n = gather(c, buf);
    ssize_t sent;

    if (n == 0)
        return SHORTEN_NOT_MEANT;
    sent = send(fd, buf, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    r->value = sent < 0 ? -errno : sent;
    r->cut = sent > 0 && (size_t)sent < n;
    return r->value == -EPIPE ? SHORTEN_NOT_MEANT : SHORTEN_DONE;
}

/* Whether the target would wait here; on a socket that does not block it must
   see EAGAIN. */
static bool target_waits(const struct fault_call *c)
{
    return socket_blocks(c->pid, (int)c->args[0]) &&
           !(flags_of(c) & MSG_DONTWAIT);
}

/* A read that the kernel never cuts: it ends when all has come (recv(2)), or as
   much as SO_RCVLOWAT says (socket(7)); or it takes nothing, and so shows all
   that is there, and the read after it finds what was shown. */
static bool brings_all(struct shortened *s, const struct fault_call *c, int fd,
                       const struct place *p, size_t most)
{
    int flags = flags_of(c), low = 1;
    size_t shown = s->shown;
    socklen_t len = sizeof low;

    if (flags & MSG_PEEK) {
        s->shown = p->n;
        return true;
    }
    s->shown -= p->n < shown ? p->n : shown;
    if (shown || (flags & MSG_WAITALL && target_waits(c)))
        return true;
    return getsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &low, &len) == 0 &&
           low > 1 && part(p, most) < p->n && part(p, most) < (size_t)low;
}

static enum short_io_end attempt(struct shortened *s,
                                 const struct fault_call *c, int fd,
                                 size_t most, struct short_io_result *r)
{
    bool waits = target_waits(c);
    struct place p;

    if (c->kind == CALL_SEND && !waits)
        return transmit_whole(c, fd, r);
    if (!place_of(c, &p) ||
        (c->kind == CALL_RECV && brings_all(s, c, fd, &p, most)))
        return SHORTEN_NOT_MEANT;
    r->value = c->kind == CALL_RECV ? receive(c, fd, &p, most)
                                    : transmit(c, fd, &p, most);
    r->cut = r->value > 0;
    if (r->value == -EAGAIN && waits)
        return SHORTEN_WAITS;
    /* EPIPE comes with a signal: let the kernel do this call. */
    return r->value == -EPIPE ? SHORTEN_NOT_MEANT : SHORTEN_DONE;
}

static enum short_io_end capture(const struct short_io_capture *to,
                                 const struct fault_call *c, size_t most,
                                 struct short_io_result *r)
{
    char buf[BUFFER];
    struct place p;
    size_t n;

    if (procfs_fd_socket(c->pid, (int)c->args[0]) != to->inode ||
        !target_waits(c) || !place_of(c, &p))
        return SHORTEN_NOT_MEANT;
    n = part(&p, most);
    if (remote_read(c->pid, p.address, buf, n) != (ssize_t)n)
        return SHORTEN_NOT_MEANT;
    r->value = write(to->fd, buf, n);
    r->cut = r->value > 0;
    return r->cut ? SHORTEN_DONE : SHORTEN_NOT_MEANT;
}

enum short_io_end shorten(struct shortened *s,
                          const struct short_io_capture *to,
                          const struct fault_call *c, size_t most,
                          struct short_io_result *r)
{
    enum short_io_end end = SHORTEN_NOT_MEANT;
    int fd;

    if (to->inode)
        return capture(to, c, most, r);
    fd = remote_fd(c->pid, (int)c->args[0]);
    if (fd < 0)
        return end;
    if (is_connection(fd) &&
        !(c->kind == CALL_RECV && socket_by_edge(c->pid, (int)c->args[0])))
        end = attempt(s, c, fd, most, r);
    if (end == SHORTEN_WAITS && s->n < SHORTEN_MOST) {
        s->call[s->n] = *c;
        s->fd[s->n++] = fd;
        return end;
    }
    close(fd);
    return end == SHORTEN_WAITS ? SHORTEN_NOT_MEANT : end;
}

nfds_t short_io_poll(const struct shortened *s, struct pollfd *p)
{
    for (size_t i = 0; i < s->n; i++)
        p[i] = (struct pollfd){
            .fd = s->fd[i],
            .events = s->call[i].kind == CALL_RECV ? POLLIN : POLLOUT,
        };
    return s->n;
}

enum short_io_end short_io_again(struct shortened *s, size_t i, size_t most,
                                 struct short_io_result *r)
{
    return attempt(s, &s->call[i], s->fd[i], most, r);
}

void short_io_drop(struct shortened *s, size_t i)
{
    close(s->fd[i]);
    s->n--;
    s->fd[i] = s->fd[s->n];
    s->call[i] = s->call[s->n];
}
