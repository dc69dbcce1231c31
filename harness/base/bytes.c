/* SPDX-License-Identifier: MIT */
/* The array doubles when it is full, so that many small additions cost little
   copying. Bytes may be NUL: nothing here is treated as a string. */
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1024 };

int bytes_add(struct bytes *b, const void *from, size_t n)
{
    size_t room = b->room ? b->room : FIRST_ROOM;
    unsigned char *at = b->at;

    while (room < b->n + n)
        room *= 2;
    if (room > b->room) {
        at = realloc(b->at, room);
        if (!at)
            return -1;
        b->at = at;
        b->room = room;
    }
    if (n)
        memcpy(at + b->n, from, n);
    b->n += n;
    return 0;
}

void bytes_free(struct bytes *b)
{
    free(b->at);
    *b = (struct bytes){ NULL, 0, 0 };
}

long bytes_find(const struct bytes *b, size_t from, const void *text, size_t n)
{
    const unsigned char *found = NULL;

    if (b->at && from <= b->n)
        found = memmem(b->at + from, b->n - from, text, n);
    return found ? (long)(found - b->at) : -1;
}
