/* SPDX-License-Identifier: MIT */
/* The frames that a line travels in. Each has a fixed size, holds a part of the
   line and ends with a NUL at least: so it is a string too. */
#ifndef ECHO64_FRAME_H
#define ECHO64_FRAME_H

#include <stddef.h>

enum {
    FRAME_BYTES = 64,
    FRAME_TEXT = FRAME_BYTES - 1 /* bytes of a line that one carries at most */
};

/* Returns how many frames a line of len bytes takes. */
size_t frame_count(size_t len);

/* Put a line of len bytes into its frames, the rest of which becomes NULs. */
void frame_fill(char *frames, const char *line, size_t len);

/* The other way, in place: move the texts of count frames together, so that
   they are the line again. */
void frame_join(char *frames, size_t count);

#endif
