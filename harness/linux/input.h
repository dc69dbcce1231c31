/* SPDX-License-Identifier: MIT */
/* A file that the user names, read before anything is started. */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>

/* The whole of it, NUL-terminated; the caller frees it. It may be a pipe, which
   is read to its end; a signal (signals.h) ends the wait for that. NULL with
   errno: EFBIG where there is more than most bytes, EINVAL where it is no text
   but holds a NUL, EINTR. */
char *input_read(const char *path, size_t most);

#endif
