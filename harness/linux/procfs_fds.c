/* SPDX-License-Identifier: MIT */
/* The open descriptors of a process: /proc/PID/fd. */
#include "linux/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int fd_list_add(struct fd_list *l, int fd, int dir)
{
    struct proc_fd *at;
    char name[16];
    ssize_t n;

    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 16;
        struct proc_fd *more = realloc(l->fd, room * sizeof *more);

        if (!more)
            return -1;
        l->fd = more;
        l->room = room;
    }
    at = &l->fd[l->n];
    snprintf(name, sizeof name, "%d", fd);
    n = readlinkat(dir, name, at->what, sizeof at->what - 1);
    if (n < 0) /* closed since readdir, or not ours to see */
        return errno == EACCES ? -1 : 0;
    at->what[n] = '\0';
    at->fd = fd;
    l->n++;
    return 0;
}

/* A process that is ending has given its memory back already, and then its
   files in /proc belong to root, whoever owned it. */
static int error_of(pid_t pid, int error)
{
    return error == EACCES && procfs_ending(pid) ? ESRCH : error;
}

/* readdir, since st_size of the directory also counts the descriptor that a
   blocked accept(2) has reserved. */
int procfs_fds(pid_t pid, struct fd_list *out)
{
    int fd = procfs_file("%d/fd", pid), rc = 0, error;
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;

    out->n = 0;
    if (!d) {
        if (fd >= 0)
            close(fd);
        else
            errno = error_of(pid, errno);
        return -1;
    }
    while (rc == 0 && (e = readdir(d)))
        if (e->d_name[0] != '.')
            rc = fd_list_add(out, atoi(e->d_name), dirfd(d));
    error = rc < 0 ? error_of(pid, errno) : errno;
    closedir(d);
    errno = error;
    return rc;
}

void fd_list_free(struct fd_list *l)
{
    free(l->fd);
    *l = (struct fd_list){ NULL, 0, 0 };
}

unsigned long procfs_socket_inode(const char *what)
{
    unsigned long inode;

    return sscanf(what, "socket:[%lu]", &inode) == 1 ? inode : 0;
}

unsigned long procfs_fd_socket(pid_t tid, int fd)
{
    char name[32], what[96];

    snprintf(name, sizeof name, "fd/%d", fd);
    return procfs_link(tid, name, what, sizeof what) ? procfs_socket_inode(what)
                                                     : 0;
}

int procfs_fd_of_socket(pid_t pid, unsigned long inode)
{
    struct fd_list l = { NULL, 0, 0 };
    int fd = -1;

    /* What is no socket has inode 0 here, too. */
    if (inode && procfs_fds(pid, &l) == 0)
        for (size_t i = 0; i < l.n && fd < 0; i++)
            if (procfs_socket_inode(l.fd[i].what) == inode)
                fd = l.fd[i].fd;
    fd_list_free(&l);
    return fd;
}

bool procfs_holds_socket(pid_t pid, unsigned long inode)
{
    return procfs_fd_of_socket(pid, inode) >= 0;
}

bool procfs_fd_stat(pid_t pid, int fd, struct stat *st)
{
    int dir = procfs_file("%d/fd", (int)pid);
    char name[16];
    bool seen;

    if (dir < 0)
        return false;
    snprintf(name, sizeof name, "%d", fd);
    seen = fstatat(dir, name, st, 0) == 0;
    close(dir);
    return seen;
}
