/* SPDX-License-Identifier: MIT */
/* Links are followed here one by one, since realpath(3) fails for a file that
   does not exist yet, and follows /dev/stdout to a name that the open file may
   no longer have. Files are compared by device and inode; one that does not
   exist yet by its directory and its name. Nothing is opened or made. */
#include "report/place.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { MOST_LINKS = 40 }; /* as path_resolution(7) has it */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

char *place_directory(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* The links in /proc/PID/fd are not followed by name: what readlink(2) says of
   them may lead elsewhere, or nowhere. */
bool place_is_open_file(const char *path)
{
    char *directory = place_directory(path);
    struct statfs fs;
    struct stat st;
    bool is = directory && statfs(directory, &fs) == 0 &&
              fs.f_type == PROC_SUPER_MAGIC && lstat(path, &st) == 0 &&
              S_ISLNK(st.st_mode);

    free(directory);
    return is;
}

/* One link followed; NULL with errno. */
static char *follow(const char *path)
{
    char target[PATH_MAX], *directory = NULL, *next = NULL;
    ssize_t n = readlink(path, target, sizeof target - 1);

    if (n < 0)
        return NULL;
    target[n] = '\0';
    if (target[0] == '/')
        return strdup(target);
    directory = place_directory(path);
    if (directory && asprintf(&next, "%s/%s", directory, target) < 0)
        next = NULL;
    free(directory);
    return next;
}

char *place_resolve(const char *path)
{
    char *now = strdup(path), *next;
    struct stat st;

    for (int i = 0; now && i < MOST_LINKS; i++) {
        if (lstat(now, &st) != 0 || !S_ISLNK(st.st_mode) ||
            place_is_open_file(now))
            return now;
        next = follow(now);
        free(now);
        now = next;
    }
    if (now)
        errno = ELOOP;
    free(now);
    return NULL;
}

int place_descriptor(const char *resolved)
{
    static const char *const own[] = { "/proc/self/fd",
                                       "/proc/thread-self/fd" };
    char *directory = place_directory(resolved);
    char *real = directory ? realpath(directory, NULL) : NULL;
    int fd = -1;

    for (size_t i = 0; real && i < sizeof own / sizeof *own; i++) {
        char *mine = realpath(own[i], NULL);

        if (mine && strcmp(mine, real) == 0 && place_is_open_file(resolved))
            fd = atoi(last_part(resolved));
        free(mine);
    }
    free(real);
    free(directory);
    return fd;
}

/* ---- which file ---- */

static int of_status(struct place *p, const struct stat *st)
{
    *p = (struct place){
        .device = st->st_dev,
        .inode = st->st_ino,
        .known = !S_ISCHR(st->st_mode),
    };
    return 0;
}

int place_of_descriptor(struct place *p, int fd)
{
    struct stat st;

    *p = (struct place){ .known = false };
    return fstat(fd, &st) == 0 ? of_status(p, &st) : -1;
}

int place_of_path(struct place *p, const char *resolved)
{
    char *directory;
    struct stat st;
    int rc = -1;

    *p = (struct place){ .known = false };
    if (stat(resolved, &st) == 0)
        return of_status(p, &st);
    if (errno != ENOENT || !*last_part(resolved))
        return -1;
    directory = place_directory(resolved);
    if (directory && stat(directory, &st) == 0)
        rc = of_status(p, &st);
    if (rc == 0 && !(p->name = strdup(last_part(resolved))))
        rc = -1;
    free(directory);
    return rc;
}

void place_free(struct place *p)
{
    free(p->name);
    *p = (struct place){ .known = false };
}

bool place_same(const struct place *a, const struct place *b)
{
    if (!a->known || !b->known || a->device != b->device ||
        a->inode != b->inode)
        return false;
    return a->name && b->name ? strcmp(a->name, b->name) == 0
                              : a->name == b->name;
}
