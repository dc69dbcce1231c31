/* SPDX-License-Identifier: MIT */
/* The file is opened with O_NONBLOCK and read after poll(2), together with the
   descriptor of signals: so a FIFO whose writer has yet to come is waited for,
   and a signal ends that wait. Nothing is written, and what is opened here is
   closed at once. */
#include "linux/input.h"

#include "linux/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Like read(2); a signal ends the wait with EINTR. */
static ssize_t read_some(int fd, char *at, size_t room)
{
    for (;;) {
        struct pollfd p[2] = {
            { .fd = fd, .events = POLLIN },
            { .fd = signals_fd(), .events = POLLIN },
        };
        ssize_t n;

        (void)poll(p, 2, -1);
        if (signals_come()) {
            errno = EINTR;
            return -1;
        }
        n = read(fd, at, room);
        if (n >= 0 || (errno != EAGAIN && errno != EINTR))
            return n;
    }
}

/* Read all of fd into text, which has room for most + 1 bytes. Returns the
   count, or -1 with errno. */
static ssize_t read_all(int fd, char *text, size_t most)
{
    size_t n = 0;
    ssize_t some;

    while ((some = read_some(fd, text + n, most + 1 - n)) > 0)
        if ((n += (size_t)some) > most) {
            errno = EFBIG;
            return -1;
        }
    return some < 0 ? -1 : (ssize_t)n;
}

char *input_read_from(int fd, size_t most)
{
    char *text = malloc(most + 1);
    ssize_t n = text ? read_all(fd, text, most) : -1;
    int saved = errno;

    if (n >= 0) {
        text[n] = '\0';
        if (strlen(text) == (size_t)n)
            return text;
        saved = EINVAL;
    }
    free(text);
    errno = saved;
    return NULL;
}

char *input_read(const char *path, size_t most)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), saved;
    char *text;

    if (fd < 0)
        return NULL;
    text = input_read_from(fd, most);
    saved = errno;
    (void)close(fd);
    errno = saved;
    return text;
}
