/* SPDX-License-Identifier: MIT */
/* Where a report goes. A regular file appears whole or not at all: it is
   written to a file without a name, which even SIGKILL leaves no trace of,
   and takes the place of the old one in one step. */
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The directory of path; the caller frees it. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* The name that the temporary bears where it must have one: ".NAME.PID"
   beside path. Returns its length as snprintf does. */
static int temporary_name(const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;

    return snprintf(name, size, "%.*s.%s.%ld", (int)(base - path), path, base,
                    (long)getpid());
}

/* Some file systems (NFS, overlayfs of old kernels) have no O_TMPFILE. */
static int open_named(const char *path)
{
    char name[PATH_MAX];

    if (temporary_name(path, name, sizeof name) >= (int)sizeof name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static int open_temporary(const char *path)
{
    char *directory = directory_of(path);
    int fd;

    if (!directory)
        return -1;
    fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT
                     || errno == EINVAL))
        fd = open_named(path);          /* errno: of the more telling way */
    free(directory);
    return fd;
}

/* A device, a FIFO, or a file that a container has mounted on this path
   cannot be replaced; /dev/fd/N is somebody's open file. */
static bool must_write_in_place(const char *path, const struct stat *st)
{
    struct statx stx;

    if (!S_ISREG(st->st_mode) || strncmp(path, "/dev/fd/", 8) == 0
        || strncmp(path, "/proc/", 6) == 0)
        return true;
    return statx(AT_FDCWD, path, 0, STATX_TYPE, &stx) == 0
        && (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

static int open_in_place(const char *path, const struct stat *st)
{
    bool replace = S_ISREG(st->st_mode) && strncmp(path, "/dev/fd/", 8) != 0
        && strncmp(path, "/proc/", 6) != 0;

    return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY
                | (replace ? O_TRUNC : O_APPEND));
}

/* Over an existing file: only one that could be written, with its mode. */
static int open_replacement(struct sink *s, const struct stat *st)
{
    char *target = realpath(s->path, NULL);     /* keep a symbolic link */
    int fd;

    if (!target)
        return -1;
    free(s->path);
    s->path = target;
    if (access(target, W_OK) != 0)
        return -1;
    s->rename = true;
    fd = open_temporary(target);
    if (fd != -1) {
        /* Not ours perhaps: then it stays as umask made it. */
        (void)fchmod(fd, st->st_mode & 0777);
    } else if (errno == EACCES || errno == EROFS) {
        s->rename = false;              /* the directory is not ours */
        fd = open_in_place(target, st);
    }
    return fd;
}

static int open_path(struct sink *s)
{
    struct stat st;

    if (stat(s->path, &st) == 0) {
        if (must_write_in_place(s->path, &st))
            return open_in_place(s->path, &st);
        return open_replacement(s, &st);
    }
    if (errno != ENOENT || !*s->path)
        return -1;
    s->rename = true;
    return open_temporary(s->path);
}

int sink_open(struct sink *s, const char *path)
{
    int fd = -1;
    int error;

    *s = (struct sink){ 0 };
    if (strcmp(path, "-") == 0) {
        s->out = stdout;
        return 0;
    }
    s->path = strdup(path);
    if (s->path)
        fd = open_path(s);
    if (fd != -1)
        s->out = fdopen(fd, "w");
    if (s->out)
        return 0;
    error = errno;
    if (fd != -1)
        (void)close(fd);
    sink_discard(s);
    errno = error;
    return -1;
}

/* True where the temporary has a name, which then has to be removed. */
static bool is_named(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

/* Give the temporary its place. */
static int put_in_place(const struct sink *s, int fd)
{
    char name[PATH_MAX], self[40];

    if (temporary_name(s->path, name, sizeof name) >= (int)sizeof name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (!is_named(fd)) {
        if (linkat(AT_FDCWD, self, AT_FDCWD, s->path, AT_SYMLINK_FOLLOW) == 0)
            return 0;
        if (errno != EEXIST
            || linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) != 0)
            return -1;
    }
    return rename(name, s->path);
}

int sink_commit(struct sink *s)
{
    int error = 0;

    if (fflush(s->out) != 0 || ferror(s->out))
        error = errno ? errno : EIO;
    else if (s->rename && put_in_place(s, fileno(s->out)) != 0)
        error = errno;
    if (!error && s->path) {
        s->rename = false;              /* nothing to take back any more */
        if (fclose(s->out) != 0)
            error = errno;
        s->out = NULL;
    }
    sink_discard(s);
    if (!error)
        return 0;
    errno = error;
    return -1;
}

void sink_discard(struct sink *s)
{
    char name[PATH_MAX];

    if (s->rename && s->path && s->out && is_named(fileno(s->out))
        && temporary_name(s->path, name, sizeof name) < (int)sizeof name)
        (void)unlink(name);
    if (s->path && s->out)
        (void)fclose(s->out);           /* its bytes are not wanted */
    free(s->path);
    *s = (struct sink){ 0 };
}
