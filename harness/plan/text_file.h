/* SPDX-License-Identifier: MIT */
/* A file that is read whole before anything starts. */
#ifndef TEXT_FILE_H
#define TEXT_FILE_H

#include <stddef.h>

/* The bytes of a regular file, and a zero behind them; *n without it.
   Allocated; NULL with one line in why that names the file, which may have most
   bytes. */
char *text_file(const char *path, size_t most, size_t *n, char *why,
                size_t size);

#endif
