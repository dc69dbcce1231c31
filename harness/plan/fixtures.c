/* SPDX-License-Identifier: MIT */
/* Files are read whole into one array before anything starts, so that no run
   fails half-way for a fixture. A file whose size is no multiple of a frame is
   refused and not padded, since frames are sent exactly as the file has
   them. */
#include "plan/fixtures.h"

#include "base/frame.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = 64 << 20 };

void fixtures_free(struct fixtures *f)
{
    free(f->frames);
    *f = (struct fixtures){ NULL, 0 };
}

static int wrong(char *why, size_t size, const char *path, const char *what)
{
    snprintf(why, size, "fixture %s: %s", path, what);
    return -1;
}

static int read_frames(struct fixtures *f, int fd, size_t bytes,
                       const char *path, char *why, size_t size)
{
    size_t have = f->n * FRAME_BYTES, done = 0;
    unsigned char *more = realloc(f->frames, have + bytes);

    if (!more)
        return wrong(why, size, path, strerror(errno));
    f->frames = more;
    while (done < bytes) {
        ssize_t n = read(fd, more + have + done, bytes - done);

        if (n < 0)
            return wrong(why, size, path, strerror(errno));
        if (n == 0)
            return wrong(why, size, path, "it shrank while it was read");
        done += (size_t)n;
    }
    f->n += bytes / FRAME_BYTES;
    return 0;
}

static int add_file(struct fixtures *f, const char *path, char *why,
                    size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
    struct stat st;
    char text[96];

    if (fd < 0)
        return wrong(why, size, path, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        rc = wrong(why, size, path, "not a regular file");
    } else if (st.st_size == 0) {
        rc = wrong(why, size, path,
                   "empty: a fixture holds frames of 64 "
                   "bytes");
    } else if (st.st_size % FRAME_BYTES) {
        snprintf(text, sizeof text, "%lld bytes, not a multiple of 64",
                 (long long)st.st_size);
        rc = wrong(why, size, path, text);
    } else if (st.st_size + (off_t)f->n * FRAME_BYTES > MOST_BYTES) {
        rc = wrong(why, size, path, "more than 64 MiB of fixtures");
    } else {
        rc = read_frames(f, fd, (size_t)st.st_size, path, why, size);
    }
    close(fd);
    return rc;
}

static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int add_directory(struct fixtures *f, const char *path, char *why,
                         size_t size)
{
    struct dirent **names;
    int n = scandir(path, &names, is_visible, alphasort), rc = 0;
    size_t had = f->n;

    if (n < 0)
        return wrong(why, size, path, strerror(errno));
    for (int i = 0; i < n; i++) {
        char file[PATH_MAX];
        struct stat st;

        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (rc == 0 && (stat(file, &st) < 0 || !S_ISDIR(st.st_mode)))
            rc = add_file(f, file, why, size);
        free(names[i]);
    }
    free(names);
    if (rc == 0 && f->n == had)
        return wrong(why, size, path, "a directory without any fixture");
    return rc;
}

int fixtures_add(struct fixtures *f, const char *path, char *why, size_t size)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return wrong(why, size, path, strerror(errno));
    return S_ISDIR(st.st_mode) ? add_directory(f, path, why, size)
                               : add_file(f, path, why, size);
}
