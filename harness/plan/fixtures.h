/* SPDX-License-Identifier: MIT */
/* Frames from files: what clients send verbatim. */
#ifndef FIXTURES_H
#define FIXTURES_H

#include <stddef.h>

struct fixtures {
    unsigned char *frames; /* n frames of FRAME_BYTES, end to end */
    size_t n;
};

/* Append the frames of a file, or of every file in a directory in the order
   of their names (dot-files and directories below it left out). Returns 0, or
   -1 with one line in why that names the file. */
int fixtures_add(struct fixtures *f, const char *path, char *why, size_t size);
void fixtures_free(struct fixtures *f);

#endif
