/* SPDX-License-Identifier: MIT */
/* Each entry is reached from the descriptor of the directory above it, never by
   a path, so that nothing else is removed when a name is exchanged meanwhile. A
   directory on another mount is not entered. Each level takes a descriptor, so
   that the walk stops at 256. The first failure is kept, and the walk goes
   on. */
#include "linux/remove_tree.h"

#include "linux/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_LEVELS = 256 }; /* each takes a descriptor */

struct removal {
    long mount;          /* what the tree stands on */
    char path[PATH_MAX]; /* where the walk is */
    char *left;
    size_t size;
    int error; /* of the first failure; 0: none */
};

/* The mount that an open file is reached by, proc(5) fdinfo; -1: unknown. */
static long mount_of(int fd)
{
    char buf[512], *p;

    if (procfs_read(buf, sizeof buf, "self/fdinfo/%d", fd) <= 0 ||
        !(p = strstr(buf, "mnt_id:")))
        return -1;
    return strtol(p + strlen("mnt_id:"), NULL, 10);
}

static void note_failure(struct removal *r, int error)
{
    if (r->error)
        return;
    r->error = error;
    snprintf(r->left, r->size, "%s", r->path);
}

/* Open a directory of the tree with the rights that it takes to remove its
   entries, whatever its maker gave it. -1: it is on another mount, or cannot be
   opened. */
static int open_entry(const struct removal *r, int dir, const char *name)
{
    int path = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    char self[32];
    int fd = -1;

    if (path < 0)
        return -1;
    if (r->mount >= 0 && mount_of(path) == r->mount) {
        snprintf(self, sizeof self, "/proc/self/fd/%d", path);
        (void)chmod(self, 0700);
        fd = openat(path, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    close(path);
    return fd;
}

static void empty(struct removal *r, int dir, int level);

static void remove_directory(struct removal *r, int dir, const char *name,
                             int level)
{
    int fd = level < MOST_LEVELS ? open_entry(r, dir, name) : -1;

    if (fd >= 0)
        empty(r, fd, level + 1);
    /* EBUSY where something is mounted on it. */
    if (unlinkat(dir, name, AT_REMOVEDIR) < 0)
        note_failure(r, errno);
}

static void remove_entry(struct removal *r, int dir, const char *name,
                         int level)
{
    size_t n = strlen(r->path);

    if (n + 1 + strlen(name) >= sizeof r->path) {
        note_failure(r, ENAMETOOLONG);
        return;
    }
    snprintf(r->path + n, sizeof r->path - n, "/%s", name);
    if (unlinkat(dir, name, 0) < 0) {
        if (errno == EISDIR)
            remove_directory(r, dir, name, level);
        else if (errno != ENOENT)
            note_failure(r, errno);
    }
    r->path[n] = '\0';
}

/* Closes dir. */
static void empty(struct removal *r, int dir, int level)
{
    DIR *d = fdopendir(dir);
    struct dirent *e;

    if (!d) {
        note_failure(r, errno);
        close(dir);
        return;
    }
    while ((e = readdir(d)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            remove_entry(r, dirfd(d), e->d_name, level);
    closedir(d);
}

static bool same_file(const char *path, int fd)
{
    struct stat at, of;

    return lstat(path, &at) == 0 && fstat(fd, &of) == 0 &&
           at.st_dev == of.st_dev && at.st_ino == of.st_ino;
}

int remove_tree(const char *path, int fd, char *left, size_t size)
{
    struct removal r = { .left = left, .size = size };
    int dir = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    snprintf(r.path, sizeof r.path, "%s", path);
    if (dir < 0) {
        note_failure(&r, errno);
    } else {
        r.mount = mount_of(dir);
        empty(&r, dir, 0);
    }
    if (!same_file(path, fd))
        note_failure(&r, ESTALE);
    else if (rmdir(path) < 0)
        note_failure(&r, errno);
    errno = r.error;
    return r.error ? -1 : 0;
}
