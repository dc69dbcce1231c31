/* SPDX-License-Identifier: MIT */
/* What is open: descriptors that may become ready by themselves, and sockets
   and pipes, whose other ends must be the target's or ours. */
#include "stillness/stillness_inspect.h"

#include "linux/remote_process.h"
#include "network/unixdiag.h"
#include "stillness/stillness_rules.h"
#include "target/subject_processes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- descriptors ---- */

static struct held *find_held(struct inspection *in, unsigned long inode,
                              bool socket)
{
    for (size_t i = 0; i < in->nheld; i++)
        if (in->held[i].inode == inode && in->held[i].socket == socket)
            return &in->held[i];
    if (in->nheld == in->room) {
        size_t room = in->room ? 2 * in->room : 64;
        struct held *more = realloc(in->held, room * sizeof *more);

        if (!more)
            return NULL;
        in->held = more;
        in->room = room;
    }
    in->held[in->nheld] = (struct held){ .inode = inode, .socket = socket };
    return &in->held[in->nheld++];
}

/* "flags:\t0100002" of fdinfo, in octal. */
static int access_mode(const char *info)
{
    const char *at = strstr(info, "flags:");

    return at ? (int)strtol(at + 6, NULL, 8) & O_ACCMODE : O_RDWR;
}

/* What an epoll set waits for, though the descriptor itself is closed: it may
   be a timer. */
static bool names_closed_ones(const char *info, const struct fd_list *l)
{
    for (const char *at = info; (at = strstr(at, "tfd:")); at += 4) {
        int fd = atoi(at + 4);
        bool open = false;

        for (size_t i = 0; i < l->n && !open; i++)
            open = l->fd[i].fd == fd;
        if (!open)
            return true;
    }
    return false;
}

static bool descriptor_goes_on(struct inspection *in, pid_t pid,
                               const struct proc_fd *fd,
                               const struct fd_list *all, bool ours)
{
    unsigned long inode = procfs_socket_inode(fd->what);
    bool socket = inode != 0, special = false;
    char info[16384] = "";
    const char *why;
    struct stat st;
    struct held *h;

    if (!socket)
        (void)procfs_read(info, sizeof info, "%d/fdinfo/%d", pid, fd->fd);
    if (socket || sscanf(fd->what, "pipe:[%lu]", &inode) == 1) {
        int mode = access_mode(info);

        h = find_held(in, inode, socket);
        if (!h) {
            in->failed = true;
            return true;
        }
        h->ours = h->ours || ours;
        h->pid = pid;
        h->fd = fd->fd;
        h->reads = h->reads || mode != O_WRONLY;
        h->writes = h->writes || mode != O_RDONLY;
        return false;
    }
    if (ours)
        return false;
    if (strncmp(fd->what, "anon_inode:[eventpoll]", 22) == 0 &&
        (strlen(info) == sizeof info - 1 || names_closed_ones(info, all)))
        return inspect_object(in, pid,
                              "an epoll set waits for a closed descriptor");
    if (fd->what[0] == '/') {
        special = !procfs_fd_stat(pid, fd->fd, &st) || S_ISCHR(st.st_mode) ||
                  S_ISFIFO(st.st_mode);
    }
    why = descriptor_wakes(fd->what, info, special, in->left_ns);
    return why && inspect_object(in, pid, why);
}

bool inspect_descriptors(struct inspection *in, pid_t pid, bool ours)
{
    struct fd_list l = { NULL, 0, 0 };
    bool found = false;

    if (procfs_fds(pid, &l) < 0)
        found = inspect_object(in, pid, "its descriptors are not to be seen");
    for (size_t i = 0; i < l.n && !found; i++)
        found = descriptor_goes_on(in, pid, &l.fd[i], &l, ours);
    fd_list_free(&l);
    return found;
}

/* ---- sockets and pipes ---- */

static int add_tcp(const struct socket_info *s, void *arg)
{
    struct inspection *in = arg;
    int port = address_port(&in->subject->address);

    if (!in->subject->sandbox->isolated && address_port(&s->local) != port &&
        address_port(&s->remote) != port)
        return 0;
    if (in->ntcp == in->tcp_room) {
        size_t room = in->tcp_room ? 2 * in->tcp_room : 64;
        struct socket_info *more = realloc(in->tcp, room * sizeof *more);

        if (!more)
            return -1;
        in->tcp = more;
        in->tcp_room = room;
    }
    in->tcp[in->ntcp++] = *s;
    return 0;
}

/* One end of a unix socket that is ours or the target's: the other must be,
   too. Nothing comes back through a datagram socket without a name, as those of
   syslog(3) are. */
static int look_at_unix(const struct unix_info *u, void *arg)
{
    struct inspection *in = arg;
    bool held = false, peer = u->peer == 0;

    for (size_t i = 0; i < in->nheld; i++) {
        held = held || (in->held[i].socket && !in->held[i].ours &&
                        in->held[i].inode == u->inode);
        peer = peer || (in->held[i].socket && in->held[i].inode == u->peer);
    }
    if (!held || (u->type == SOCK_DGRAM && !u->named))
        return 0;
    return !peer || u->in_file_system ||
           (u->named && !in->subject->sandbox->isolated);
}

static bool held_elsewhere(const struct inspection *in)
{
    for (size_t i = 0; i < in->ntcp; i++) {
        bool held = in->tcp[i].inode == 0;

        for (size_t k = 0; k < in->nheld && !held; k++)
            held = in->held[k].socket && in->held[k].inode == in->tcp[i].inode;
        if (!held)
            return true;
    }
    return false;
}

/* Without a network of its own, whoever the target is connected to elsewhere
   may write to it. */
static bool is_known(const struct inspection *in, const struct held *h)
{
    if (!h->socket || h->ours || in->subject->sandbox->isolated)
        return true;
    for (size_t i = 0; i < in->ntcp; i++)
        if (in->tcp[i].inode == h->inode)
            return true;
    return false;
}

/* Nobody waits for a pipe that nobody writes to: read(2) returns 0, and poll(2)
   says so. */
static bool has_writer(const struct held *pipe)
{
    struct pollfd p = { .fd = remote_fd(pipe->pid, pipe->fd) };
    bool has = p.fd < 0 || poll(&p, 1, 0) < 0 || !(p.revents & POLLHUP);

    if (p.fd >= 0)
        close(p.fd);
    return has;
}

bool inspect_connections(struct inspection *in)
{
    pid_t pid = in->subject->server;
    const char *why;
    int unix_says;

    if (sockdiag_each(in->subject->sd, ~0u, 0, add_tcp, in) != 0)
        return inspect_object(in, pid, "its sockets are not to be seen");
    why = tcp_under_way(in->tcp, in->ntcp);
    if (why)
        return inspect_object(in, pid, why);
    if (held_elsewhere(in))
        return inspect_object(in, pid,
                              "another program holds one of its sockets");
    unix_says = unixdiag_each(in->subject->sd, look_at_unix, in);
    if (unix_says != 0 && !(unix_says < 0 && errno == ENOENT))
        return inspect_object(in, pid,
                              "a unix socket leads to another program");
    for (size_t i = 0; i < in->nheld; i++) {
        const struct held *h = &in->held[i];

        if (!is_known(in, h))
            return inspect_object(in, pid, "a socket leads to another program");
        if (!h->socket && !h->ours && h->reads && !h->writes && has_writer(h))
            return inspect_object(in, pid,
                                  "another program writes to its pipe");
    }
    return false;
}

/* A socket may have been handed to a program that is not the target's,
   unix(7) SCM_RIGHTS: nothing but a look at all of them shows that. */
static bool has_been_handed_on(const struct inspection *in, pid_t stranger)
{
    struct fd_list l = { NULL, 0, 0 };
    bool found = false;

    if (procfs_fds(stranger, &l) == 0)
        for (size_t i = 0; i < l.n && !found; i++) {
            unsigned long socket = procfs_socket_inode(l.fd[i].what);

            for (size_t k = 0; socket && k < in->nheld && !found; k++)
                found = in->held[k].socket && !in->held[k].ours &&
                        in->held[k].inode == socket;
        }
    fd_list_free(&l);
    return found;
}

/* A target of another job, which our sandbox keeps from this one. A look at one
   that runs could disturb it, snapshot.h. */
static bool is_of_another_job(const struct pid_list *jobs, pid_t stranger)
{
    return pid_list_has(jobs, stranger) && any_thread(stranger, "RD");
}

bool inspect_strangers(struct inspection *in, const struct seen *seen)
{
    struct pid_list own = { NULL, 0, 0 }, all = { NULL, 0, 0 };
    struct pid_list jobs = { NULL, 0, 0 };
    bool found = procfs_all(&all) < 0 || stillness_ours(seen, &own) < 0 ||
                 procfs_tree(getppid(), &jobs) < 0;

    for (size_t i = 0; i < seen->n; i++)
        found = found || subject_processes(seen->subject[i], &own) < 0;
    for (size_t i = 0; i < all.n && !found; i++)
        found =
            all.pid[i] != getpid() && !pid_list_has(&own, all.pid[i]) &&
            !is_of_another_job(&jobs, all.pid[i]) &&
            has_been_handed_on(in, all.pid[i]) &&
            inspect_object(in, all.pid[i], "another program holds its socket");
    pid_list_free(&own);
    pid_list_free(&all);
    pid_list_free(&jobs);
    return found;
}
