/* SPDX-License-Identifier: MIT */
/* A file that the user names, read before anything is started. */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>

/* Read the whole file; it may be a pipe, which is read to its end. Returns its
   text, NUL-terminated, which the caller frees. NULL with errno: EFBIG if it
   has more than most bytes, EINVAL if it holds a NUL, EINTR if a signal
   (signals.h) has ended the wait. */
char *input_read(const char *path, size_t most);
/* Likewise, of a descriptor from where it stands; it stays open. */
char *input_read_from(int fd, size_t most);

#endif
