/* SPDX-License-Identifier: MIT */
/* Most questions are asked of a copy of the socket (pidfd_getfd(2)), by
   getsockopt(2) and getpeername(2). Where no copy may be made, the inode that
   /proc shows is looked for in what sock_diag lists, or in /proc/PID/net/unix.
   A copy is closed before the answer is returned: while it is open, so is the
   target's connection. */
#include "fault/socket_look.h"

#include "linux/procfs.h"
#include "linux/remote_process.h"
#include "network/sockdiag.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* ---- by a copy ---- */

static int option(int fd, int name)
{
    int value = 0;
    socklen_t len = sizeof value;

    return getsockopt(fd, SOL_SOCKET, name, &value, &len) < 0 ? 0 : value;
}

static bool copy_listens(int copy)
{
    return option(copy, SO_ACCEPTCONN) != 0;
}

static int copy_peer_port(int copy)
{
    struct address peer = { .len = sizeof peer.sa };

    if (option(copy, SO_TYPE) != SOCK_STREAM ||
        getpeername(copy, (struct sockaddr *)&peer.sa, &peer.len) < 0)
        return 0;
    return peer.sa.ss_family == AF_INET || peer.sa.ss_family == AF_INET6
               ? address_port(&peer)
               : 0;
}

static bool copy_is_unix(int copy)
{
    return option(copy, SO_DOMAIN) == AF_UNIX;
}

static bool copy_is_pair(int copy)
{
    struct sockaddr_storage peer = { 0 };
    socklen_t len = sizeof peer;

    return getpeername(copy, (struct sockaddr *)&peer, &len) == 0 &&
           peer.ss_family == AF_UNIX && len == sizeof peer.ss_family;
}

/* ---- without one ---- */

struct by_inode {
    unsigned long inode;
    int peer_port;
};

static int is_it(const struct socket_info *s, void *arg)
{
    struct by_inode *by = arg;

    if (s->inode != by->inode)
        return 0;
    by->peer_port = address_port(&s->remote);
    return 1;
}

/* Whether sock_diag shows the socket in one of states. */
static bool find(pid_t tid, int fd, unsigned states, struct by_inode *by)
{
    int sd;
    bool found;

    by->inode = procfs_fd_socket(tid, fd);
    if (!by->inode || (sd = sockdiag_open()) < 0)
        return false;
    found = sockdiag_each(sd, states, 0, is_it, by) == 1;
    close(sd);
    return found;
}

static bool inode_is_unix(pid_t tid, unsigned long inode)
{
    int fd = inode ? procfs_file("%d/net/unix", (int)tid) : -1;
    FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
    unsigned long each;
    char line[256];
    bool found = false;

    if (!f) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    /* "Num: RefCount Protocol Flags Type St Inode Path" */
    while (!found && fgets(line, sizeof line, f))
        found = sscanf(line, "%*s %*s %*s %*s %*s %*s %lu", &each) == 1 &&
                each == inode;
    fclose(f);
    return found;
}

/* ---- by whatever there is ---- */

bool socket_listens(pid_t tid, int fd)
{
    int copy = remote_fd(tid, fd);
    struct by_inode by;
    bool does;

    if (copy < 0)
        return find(tid, fd, SOCKDIAG_LISTEN, &by);
    does = copy_listens(copy);
    close(copy);
    return does;
}

int socket_peer_port(pid_t tid, int fd)
{
    int copy = remote_fd(tid, fd), port;
    struct by_inode by;

    if (copy < 0)
        return find(tid, fd, SOCKDIAG_CONNECTED, &by) ? by.peer_port : 0;
    port = copy_peer_port(copy);
    close(copy);
    return port;
}

/* Ask look about a copy, or look for the inode where there is none. */
static bool look_at_unix(pid_t tid, int fd, bool (*look)(int copy))
{
    int copy = remote_fd(tid, fd);
    bool is;

    if (copy < 0)
        return inode_is_unix(tid, procfs_fd_socket(tid, fd));
    is = look(copy);
    close(copy);
    return is;
}

bool socket_is_unix(pid_t tid, int fd)
{
    return look_at_unix(tid, fd, copy_is_unix);
}

bool socket_is_pair(pid_t tid, int fd)
{
    return look_at_unix(tid, fd, copy_is_pair);
}

bool socket_time_limit(pid_t tid, int fd, int option)
{
    struct timeval limit = { 0, 0 };
    socklen_t len = sizeof limit;
    int copy = remote_fd(tid, fd);

    if (copy < 0)
        return false;
    (void)getsockopt(copy, SOL_SOCKET, option, &limit, &len);
    close(copy);
    return limit.tv_sec || limit.tv_usec;
}

bool socket_make_room_small(pid_t tid, int fd)
{
    int copy = remote_fd(tid, fd), least = 1;
    bool done;

    if (copy < 0)
        return false;
    done = setsockopt(copy, SOL_SOCKET, SO_SNDBUF, &least, sizeof least) == 0;
    close(copy);
    return done;
}

bool socket_shut_down(pid_t tid, int fd)
{
    int copy = remote_fd(tid, fd);
    bool done;

    if (copy < 0)
        return false;
    done = copy_peer_port(copy) && shutdown(copy, SHUT_RDWR) == 0;
    close(copy);
    return done;
}

/* "tfd:  5 events: 80002019 data: ..." of one epoll set, proc(5). */
static bool set_has_edge(const char *fdinfo, int fd)
{
    static const char key[] = "\ntfd:";
    unsigned events;
    int watched;

    for (const char *at = fdinfo; (at = strstr(at, key)); at += strlen(key))
        if (sscanf(at + strlen(key), "%d events: %x", &watched, &events) == 2 &&
            watched == fd && (events & EPOLLET))
            return true;
    return false;
}

bool socket_by_edge(pid_t tid, int fd)
{
    static char fdinfo[1 << 16];
    struct fd_list l = { NULL, 0, 0 };
    bool by_edge = false;

    if (procfs_fds(tid, &l) == 0)
        for (size_t i = 0; i < l.n && !by_edge; i++)
            by_edge = strcmp(l.fd[i].what, "anon_inode:[eventpoll]") == 0 &&
                      procfs_read(fdinfo, sizeof fdinfo, "%d/fdinfo/%d",
                                  (int)tid, l.fd[i].fd) > 0 &&
                      set_has_edge(fdinfo, fd);
    fd_list_free(&l);
    return by_edge;
}

bool socket_blocks(pid_t tid, int fd)
{
    static const char key[] = "\nflags:";
    char buf[1024], *at;
    unsigned flags = 0;

    if (procfs_read(buf, sizeof buf, "%d/fdinfo/%d", (int)tid, fd) > 0 &&
        (at = strstr(buf, key)))
        (void)sscanf(at + strlen(key), "%o", &flags);
    return !(flags & O_NONBLOCK);
}
