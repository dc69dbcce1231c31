/* SPDX-License-Identifier: MIT */
/* A path that a user names may lead to anything: a device, a link to a secret,
   a file that another program lives from. So what stands there is looked at
   before it is opened and again when it is open and locked, and is changed only
   if it is new or can be what a killed daemon has left; in the end it goes only
   if it still is the file that we hold, with our number in it. */
#include "pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "io.h"

enum {
    TEXT_BYTES = 16, /* a number and its newline are fewer */
    TRIES = 10
};

static const char foreign[] = "holds something else than a pid";

static int pid_fd = -1;             /* the pid file, open and locked */
static int is_ours;                 /* it is one that we made or have changed */
static char pid_path[2 * PATH_MAX]; /* absolute */
static char pid_text[TEXT_BYTES];   /* what we write, and NULs */

static int set_path(const char *path)
{
    char dir[PATH_MAX] = "";
    const char *slash = *path == '/' ? "" : "/";
    size_t room = sizeof pid_path;

    if (*slash != '\0' && getcwd(dir, sizeof dir) == NULL)
        return -1;
    if ((size_t)snprintf(pid_path, room, "%s%s%s", dir, slash, path) >= room) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}

/* Returns why this is no file that a daemon has left, or NULL if it may be. */
static const char *stranger(const struct stat *file)
{
    if (S_ISLNK(file->st_mode))
        return "is a symbolic link";
    if (!S_ISREG(file->st_mode))
        return "is not a regular file";
    if (file->st_uid != geteuid())
        return "belongs to another user";
    if (file->st_nlink > 1)
        return "has another name (a hard link)";
    return file->st_size < TEXT_BYTES ? NULL : foreign;
}

/* The files of /proc, of /sys or of a cgroup are regular ones too, and what is
   written there is an order to the kernel. Their file systems have no blocks;
   those in memory, tmpfs and ramfs, have none either where they have no limit.
   The numbers are those of statfs(2). */
static int keeps_what_is_written(int fd)
{
    struct statfs fs;
    unsigned type;

    if (fstatfs(fd, &fs) < 0)
        return 0;
    type = (unsigned)fs.f_type;
    return fs.f_blocks > 0 || type == 0x01021994U || type == 0x858458f6U;
}

/* Whether these n bytes, and a NUL, are a number and a newline. */
static int is_pid(const char *text, ssize_t n)
{
    size_t digits = strspn(text, "0123456789");

    return digits > 0 && text[digits] == '\n' && n == (ssize_t)digits + 1;
}

/* Returns 0 if the open file may be one that a daemon has left, with its number
   or, where it could not remove it, with nothing; or -1, with *why or errno
   set. */
static int judge(int fd, const char **why)
{
    char text[TEXT_BYTES] = "";
    struct stat file;
    ssize_t n;

    if (fstat(fd, &file) < 0)
        return -1;
    *why = stranger(&file);
    if (*why != NULL)
        return -1;
    n = pread(fd, text, sizeof text - 1, 0);
    if (n < 0)
        return -1;
    if (n != file.st_size || (n > 0 && !is_pid(text, n)))
        *why = foreign;
    else if (n == 0 && !keeps_what_is_written(fd))
        *why = "keeps nothing that is written";
    return *why == NULL ? 0 : -1;
}

/* What is no file of ours is not even opened: that alone rewinds a tape. If
   such a thing comes in between, we neither follow it nor wait for it. O_CREAT
   for a file that goes in between, and for /proc/sys/fs/protected_regular. */
static int open_existing(const char **why)
{
    struct stat there;

    if (lstat(pid_path, &there) == 0) {
        *why = stranger(&there);
        if (*why != NULL)
            return -1;
    }
    return open(pid_path,
                O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
                    O_CLOEXEC,
                0644);
}

/* A lock of fcntl(2) belongs to this process alone: a worker that outlives a
   killed daemon does not keep it, as it would one of flock(2) (TLPI 55.4 to
   55.6). But it goes when the process closes any descriptor of the file, so the
   file is opened once (fcntl(2), "Record locking"). Returns the
   file, or -1 with *why or errno set. */
static int open_locked(const char **why)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open(pid_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    int saved;

    is_ours = fd >= 0;
    if (fd < 0 && errno == EEXIST)
        fd = open_existing(why);
    if (fd < 0)
        return -1;
    if (fcntl(fd, F_SETLK, &lock) < 0) {
        if (errno == EAGAIN || errno == EACCES)
            *why = "is held by a running daemon";
    } else if (is_ours || judge(fd, why) == 0) {
        return fd;
    }
    saved = errno;
    (void)close(fd); /* nothing was written: there is no error to lose */
    errno = saved;
    return -1;
}

/* Returns 1 if the path still leads to this file, 0 if not, or -1. */
static int is_at_path(int fd)
{
    struct stat file;
    struct stat there;

    if (fstat(fd, &file) < 0)
        return -1;
    if (lstat(pid_path, &there) < 0)
        return errno == ENOENT ? 0 : -1;
    return file.st_dev == there.st_dev && file.st_ino == there.st_ino;
}

/* Whether nobody has written another text into it. After a start that failed it
   may be only a part of ours. */
static int holds_our_text(void)
{
    char text[TEXT_BYTES];
    ssize_t n = pread(pid_fd, text, sizeof text, 0);

    return n >= 0 && memcmp(text, pid_text, (size_t)n) == 0;
}

/* An earlier daemon may remove the file between our open and our lock: what we
   hold then has no name any more. Returns 0, or -1 with *why or errno set. */
static int take_file(const char **why)
{
    for (int i = 0; i < TRIES; i++) {
        int fd = open_locked(why);
        int there;

        if (fd < 0)
            return -1;
        there = is_at_path(fd);
        if (there > 0) {
            pid_fd = fd;
            return 0;
        }
        (void)close(fd); /* leaves errno alone, as it cannot fail here */
        if (there < 0)
            return -1;
    }
    *why = "is taken away again and again";
    return -1;
}

int pid_file_write(const char *path, const char **why)
{
    int n = snprintf(pid_text, sizeof pid_text, "%ld\n", (long)getpid());

    *why = NULL;
    if (set_path(path) < 0 || take_file(why) < 0)
        return -1;
    if (fchmod(pid_fd, 0644) < 0)
        return -1;
    is_ours = 1;
    if (ftruncate(pid_fd, 0) < 0)
        return -1;
    return write_full(pid_fd, pid_text, (size_t)n);
}

int pid_file_remove(void)
{
    int status = 0;
    int there;

    if (pid_fd < 0)
        return 0;
    /* A name cannot be removed by descriptor. Between the look and the removal
       the lock keeps out only daemons like this one. */
    there = is_at_path(pid_fd); /* -1: it may be there, but we may not look */
    if (is_ours && there != 0 && holds_our_text())
        if (there < 0 || unlink(pid_path) < 0)
            status = ftruncate(pid_fd, 0);
    (void)close(pid_fd); /* and with it the lock */
    pid_fd = -1;
    return status;
}

void pid_file_forget(void)
{
    if (pid_fd >= 0)
        (void)close(pid_fd);
}
