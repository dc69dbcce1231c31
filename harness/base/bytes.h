/* SPDX-License-Identifier: MIT */
/* A string of bytes that grows. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct bytes {
    unsigned char *at; /* n of them; owned */
    size_t n, room;
};

/* Append. Returns 0, or -1 with ENOMEM. */
int bytes_add(struct bytes *b, const void *from, size_t n);
void bytes_free(struct bytes *b);

/* The offset of the n bytes of text, at from or later; -1: they are not
   there. */
long bytes_find(const struct bytes *b, size_t from, const void *text, size_t n);

#endif
