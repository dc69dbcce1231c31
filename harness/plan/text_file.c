/* SPDX-License-Identifier: MIT */
/* Opened so that a FIFO or a device cannot keep the harness. */
#include "plan/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *wrong(char *why, size_t size, const char *path, const char *what)
{
    snprintf(why, size, "%s: %s", path, what);
    return NULL;
}

static char *read_all(int fd, size_t bytes, size_t *n)
{
    char *text = malloc(bytes + 1);
    ssize_t got = 1;

    for (*n = 0; text && *n < bytes && got > 0; *n += (size_t)got)
        if ((got = read(fd, text + *n, bytes - *n)) < 0) {
            free(text);
            return NULL;
        }
    if (text)
        text[*n] = '\0';
    return text;
}

char *text_file(const char *path, size_t most, size_t *n, char *why,
                size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    char text[64], *all;

    if (fd < 0)
        return wrong(why, size, path, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        all = wrong(why, size, path, "not a regular file");
    } else if (st.st_size > (off_t)most) {
        snprintf(text, sizeof text, "larger than %zu KiB", most >> 10);
        all = wrong(why, size, path, text);
    } else {
        all = read_all(fd, (size_t)st.st_size, n);
        if (!all)
            (void)wrong(why, size, path, strerror(errno));
    }
    close(fd);
    return all;
}
