/* SPDX-License-Identifier: MIT */
/* What several files of echo/ share. */
#include "cases/echo/echo.h"

bool echo_frame(struct context *c, int fd, uint32_t client, uint32_t sequence)
{
    struct frame_stamp stamp = { c->seed, client, sequence, 0 };
    unsigned char frame[FRAME_BYTES];

    frame_fill(frame, &stamp);
    return exchange_bytes(fd, frame, sizeof frame, wait_deadline(c), c->v);
}
