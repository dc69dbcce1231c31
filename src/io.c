/* SPDX-License-Identifier: MIT */
/* A read or a write may do a part of what it was asked, and any signal that has
   a handler may break it off before it has done anything. Both are dealt with
   here (UNP 3.9, TLPI 61.1). Nothing here waits but for the descriptor, and
   errors are passed on as they came. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int io_standard_fds(void)
{
    /* Upwards: open(2) takes the lowest number that is free, and all below fd
       are taken by now. Not close-on-exec: they are meant to be inherited. */
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            return -1;
    return 0;
}

ssize_t read_some(int fd, void *buf, size_t size)
{
    ssize_t n;

    do
        n = read(fd, buf, size);
    while (n < 0 && errno == EINTR);
    return n;
}

int write_full(int fd, const void *buf, size_t size)
{
    const char *p = buf;

    while (size > 0) {
        ssize_t n = write(fd, p, size);

        /* After EINTR nothing was written, and p has not moved. */
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0) {
            p += n;
            size -= (size_t)n;
        }
    }
    return 0;
}
