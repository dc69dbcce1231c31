/* SPDX-License-Identifier: MIT */
/* Lines to frames and back. Bytes are moved and nothing else is done. The
   caller says how long a line is, since it may hold NULs of its own. */
#include "frame.h"

#include <string.h>

size_t frame_count(size_t len)
{
    return (len + FRAME_TEXT - 1) / FRAME_TEXT;
}

void frame_fill(char *frames, const char *line, size_t len)
{
    size_t count = frame_count(len);

    /* Else what an earlier line left in the buffer would go over the wire. */
    memset(frames, 0, count * FRAME_BYTES);
    for (size_t i = 0; i < count; i++) {
        size_t rest = len - i * FRAME_TEXT;

        memcpy(frames + i * FRAME_BYTES, line + i * FRAME_TEXT,
               rest < FRAME_TEXT ? rest : FRAME_TEXT);
    }
}

void frame_join(char *frames, size_t count)
{
    /* memmove, as the text of a frame overlaps the place that it moves to. */
    for (size_t i = 1; i < count; i++)
        memmove(frames + i * FRAME_TEXT, frames + i * FRAME_BYTES, FRAME_TEXT);
}
