/* SPDX-License-Identifier: MIT */
/* The writer, a job, blocks until the reader has taken its line. The reader
   never blocks, and keeps a line that has not come whole. A line that is no
   JSON is passed over: the case then has no result, which is reported as an
   error. */
#include "job/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int channel_send(int fd, json_t *object)
{
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    size_t n = text ? strlen(text) : 0, done = 0;
    int rc = text ? 0 : -1;

    if (text)
        text[n++] = '\n'; /* in the place of the NUL */
    while (rc == 0 && done < n) {
        ssize_t wrote = write(fd, text + done, n - done);

        if (wrote > 0)
            done += (size_t)wrote;
        else if (errno != EINTR)
            rc = -1;
    }
    free(text);
    json_decref(object);
    return rc;
}

static int fill(struct channel_reader *r, int fd)
{
    ssize_t n;

    if (r->room - r->n < 65536) {
        char *more = realloc(r->buf, r->room + 131072);

        if (!more)
            return -1;
        r->buf = more;
        r->room += 131072;
    }
    n = read(fd, r->buf + r->n, r->room - r->n);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    r->n += (size_t)n;
    return n == 0 ? 1 : 2;
}

static void take_lines(struct channel_reader *r,
                       void (*take)(json_t *object, void *arg), void *arg)
{
    char *from = r->buf, *end;

    while ((end = memchr(from, '\n', r->n - (size_t)(from - r->buf)))) {
        json_t *o = json_loadb(from, (size_t)(end - from), 0, NULL);

        if (o)
            take(o, arg);
        json_decref(o);
        from = end + 1;
    }
    r->n -= (size_t)(from - r->buf);
    memmove(r->buf, from, r->n);
}

int channel_read(struct channel_reader *r, int fd,
                 void (*take)(json_t *object, void *arg), void *arg)
{
    int got;

    while ((got = fill(r, fd)) == 2)
        ;
    if (r->n)
        take_lines(r, take, arg);
    return got;
}

void channel_free(struct channel_reader *r)
{
    free(r->buf);
    *r = (struct channel_reader){ NULL, 0, 0 };
}
