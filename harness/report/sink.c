/* SPDX-License-Identifier: MIT */
/* Where a report goes. A regular file appears whole or not at all: it is
   written to a file without a name, which even SIGKILL leaves no trace of,
   and takes the place of the old one in one step. */
#include "report/report.h"

#include "base/deadline.h"
#include "linux/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long the reader of a FIFO may take to come, and how long it may pause at
   the end. There is no limit for stdout, where a person may sit with a
   pager. */
enum { READER_MS = 2000, PAUSE_MS = 60000 };

/* The name of the temporary, where it must have one: ".NAME.PID" beside path.
   Returns its length as snprintf does. */
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
    char *directory = place_directory(path);
    int fd;

    if (!directory)
        return -1;
    fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR ||
                     errno == ENOENT || errno == EINVAL))
        fd = open_named(path); /* this errno tells more */
    free(directory);
    return fd;
}

/* A device, a FIFO, or a file that a container has mounted on this path
   cannot be replaced; /dev/fd/N is somebody's open file. */
static bool must_write_in_place(const char *path, const struct stat *st)
{
    struct statx stx;

    if (!S_ISREG(st->st_mode) || place_is_open_file(path))
        return true;
    return statx(AT_FDCWD, path, 0, STATX_TYPE, &stx) == 0 &&
           (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

/* O_NONBLOCK: anything but a regular file is written through an outlet. A FIFO
   is then opened only if somebody has it open for reading; a reader that is
   about to come is waited for. */
static int open_in_place(const char *path, const struct stat *st)
{
    bool truncate = S_ISREG(st->st_mode) && !place_is_open_file(path);
    struct deadline d = deadline_in(READER_MS / deadline_scale());
    struct pause pause = { 0 };
    int fd;

    while ((fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
                                (truncate ? O_TRUNC : O_APPEND))) < 0 &&
           errno == ENXIO && S_ISFIFO(st->st_mode) && !deadline_passed(d)) {
        if (signals_come()) {
            errno = EINTR;
            break;
        }
        pause_until(&pause, d);
    }
    return fd;
}

/* Replace an existing file, if it could be written; the new one gets its
   mode. */
static int open_replacement(struct sink *s, const struct stat *st)
{
    int fd;

    if (access(s->path, W_OK) != 0)
        return -1;
    s->rename = true;
    fd = open_temporary(s->path);
    if (fd != -1) {
        /* If it may not be set, it stays as umask made it. */
        (void)fchmod(fd, st->st_mode & 0777);
    } else if (errno == EACCES || errno == EROFS) {
        s->rename = false; /* the directory is not ours */
        fd = open_in_place(s->path, st);
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

/* Anything but a file may not take all that is written to it at once. */
static FILE *open_out(struct sink *s, int fd)
{
    struct stat st;

    FILE *out;

    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
        return outlet_open(fd, &s->outlet);
    out = fdopen(fd, "w");
    if (!out)
        (void)close(fd);
    return out;
}

int sink_open_stream(struct sink *s, int fd)
{
    int own = outlet_descriptor(fd);

    *s = (struct sink){ .stream = fd };
    if (own < 0)
        return -1;
    s->out = outlet_open(own, &s->outlet);
    if (!s->out)
        return -1;
    return place_of_descriptor(&s->place, fd);
}

static int open_file(struct sink *s)
{
    int fd = open_path(s);

    if (fd < 0)
        return -1;
    s->out = open_out(s, fd);
    return s->out ? place_of_path(&s->place, s->path) : -1;
}

int sink_open(struct sink *s, const char *path)
{
    char *resolved;
    int error, fd;

    *s = (struct sink){ 0 };
    if (strcmp(path, "-") == 0)
        return sink_open_stream(s, STDOUT_FILENO);
    resolved = place_resolve(path);
    if (!resolved)
        return -1;
    fd = place_descriptor(resolved);
    if (fd == STDOUT_FILENO || fd == STDERR_FILENO) {
        free(resolved);
        return sink_open_stream(s, fd);
    }
    s->path = resolved;
    if (open_file(s) == 0)
        return 0;
    error = errno;
    sink_discard(s);
    errno = error;
    return -1;
}

const char *sink_error(int error)
{
    if (error == ENXIO)
        return "a FIFO that nobody reads, or a socket";
    if (error == EINTR || error == ETIMEDOUT)
        return "given up, since nobody reads on";
    return strerror(error);
}

bool sink_same(const struct sink *a, const struct sink *b)
{
    return (a->stream && a->stream == b->stream) ||
           place_same(&a->place, &b->place);
}

/* True where the temporary has a name, which then has to be removed. */
static bool is_named(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

/* Give the temporary its final name. If something that is no file stands there
   by now, leave that alone. */
static int put_in_place(const struct sink *s, int fd)
{
    char name[PATH_MAX], self[40];
    struct stat st;

    if (temporary_name(s->path, name, sizeof name) >= (int)sizeof name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (!is_named(fd)) {
        if (linkat(AT_FDCWD, self, AT_FDCWD, s->path, AT_SYMLINK_FOLLOW) == 0)
            return 0;
        if (errno != EEXIST ||
            linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) != 0)
            return -1;
    }
    if (lstat(s->path, &st) != 0 || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
        return rename(name, s->path);
    errno = EEXIST;
    return -1;
}

/* Returns 0, or -1 with errno. */
static int deliver(struct sink *s)
{
    errno = 0;
    if (fflush(s->out) != 0 || ferror(s->out)) {
        if (errno == 0)
            errno = EIO; /* an earlier write: its errno is gone */
        return -1;
    }
    if (s->outlet)
        return outlet_drain(s->outlet, s->path ? PAUSE_MS : -1);
    return s->rename ? put_in_place(s, fileno(s->out)) : 0;
}

int sink_commit(struct sink *s)
{
    int error = deliver(s) == 0 ? 0 : errno;

    if (!error) {
        s->rename = false; /* nothing to take back any more */
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

    if (s->rename && s->path && s->out && is_named(fileno(s->out)) &&
        temporary_name(s->path, name, sizeof name) < (int)sizeof name)
        (void)unlink(name);
    if (s->out)
        (void)fclose(s->out); /* its bytes are not wanted */
    place_free(&s->place);
    free(s->path);
    *s = (struct sink){ 0 };
}
