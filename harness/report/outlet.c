/* SPDX-License-Identifier: MIT */
/* A stdio stream (fopencookie(3)) over a descriptor. What the reader does not
   take at once stays in memory, and is written when poll(2) says that there is
   room. Only outlet_drain ever waits. The first error is kept: every later
   write fails with it. */
#include "report/outlet.h"

#include "linux/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIGNALLED_MS = 1000 }; /* patience, after a signal */

struct outlet {
    int fd;
    char *waiting; /* n bytes that were not taken yet */
    size_t n, room;
    int error; /* of the write that failed; nothing follows */
};

int outlet_descriptor(int fd)
{
    char self[40];
    struct stat st;
    int own = -1;

    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    /* Only pipes and terminals: to open another device may do something. */
    if (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || isatty(fd)))
        own = open(self, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return own >= 0 ? own : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* Write what is taken now of n bytes. A shared descriptor may be one that
   blocks; but it does not for up to PIPE_BUF bytes if poll(2) says that there
   is room, pipe(7). Returns how many were taken. */
static size_t write_some(struct outlet *o, const char *bytes, size_t n)
{
    size_t done = 0;

    while (!o->error && done < n) {
        struct pollfd p = { .fd = o->fd, .events = POLLOUT };
        size_t some = n - done < PIPE_BUF ? n - done : PIPE_BUF;
        ssize_t wrote;

        if (poll(&p, 1, 0) <= 0)
            break;
        wrote = write(o->fd, bytes + done, some);
        if (wrote > 0)
            done += (size_t)wrote;
        else if (wrote < 0 && errno == EAGAIN)
            break;
        else if (wrote < 0 && errno != EINTR)
            o->error = errno;
    }
    return done;
}

static void push(struct outlet *o)
{
    size_t done = write_some(o, o->waiting, o->n);

    o->n -= done;
    if (done)
        memmove(o->waiting, o->waiting + done, o->n);
}

static int append(struct outlet *o, const char *bytes, size_t n)
{
    if (o->room - o->n < n) {
        size_t room = 2 * o->room + n;
        char *more = realloc(o->waiting, room);

        if (!more)
            return -1;
        o->waiting = more;
        o->room = room;
    }
    memcpy(o->waiting + o->n, bytes, n);
    o->n += n;
    return 0;
}

/* What is taken at once needs no memory: the lack of it can be told. Returns 0
   for a failure, as stdio wants it. */
static ssize_t take(void *cookie, const char *bytes, size_t n)
{
    struct outlet *o = cookie;
    size_t done;

    push(o);
    done = o->n ? 0 : write_some(o, bytes, n);
    if (!o->error && done < n && append(o, bytes + done, n - done) < 0)
        o->error = ENOMEM;
    if (!o->error)
        return (ssize_t)n;
    errno = o->error;
    return 0;
}

static int end(void *cookie)
{
    struct outlet *o = cookie;
    int rc = close(o->fd);

    free(o->waiting);
    free(o);
    return rc;
}

FILE *outlet_open(int fd, struct outlet **o)
{
    static const cookie_io_functions_t calls = { .write = take, .close = end };
    FILE *out = NULL;
    int saved;

    *o = calloc(1, sizeof **o);
    if (*o) {
        (*o)->fd = fd;
        out = fopencookie(*o, "w", calls);
    }
    if (out)
        return out;
    saved = errno;
    free(*o);
    (void)close(fd);
    errno = saved;
    return NULL;
}

int outlet_drain(struct outlet *o, int patience_ms)
{
    while (o->n && !o->error) {
        int signal = signals_come();
        struct pollfd p[2] = {
            { .fd = o->fd, .events = POLLOUT },
            { .fd = signal ? -1 : signals_fd(), .events = POLLIN },
        };

        if (poll(p, 2, signal ? SIGNALLED_MS : patience_ms) == 0)
            o->error = signal ? EINTR : ETIMEDOUT;
        push(o);
    }
    if (!o->error)
        return 0;
    errno = o->error;
    return -1;
}
