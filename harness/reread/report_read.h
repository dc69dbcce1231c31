/* SPDX-License-Identifier: MIT */
/* A JSON report, read again. It may come from anywhere: whatever is wrong with
   it is told, and nothing of it is believed before it has been looked at. */
#ifndef REPORT_READ_H
#define REPORT_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The most bytes that a report may have. jansson needs up to thirty times as
   many. */
enum { REPORT_READ_BYTES = 8 << 20 };

/* The report in a file, which may be a pipe; "-" is stdin. What it holds then:
   "schema" 1, "harness" with a "version", "mode", and "cases", each with an
   "id" of the form family/name, of 63 bytes at most, and a "verdict" that there
   is. All else may be missing, or of any type; run_read.h looks at that too.
   NULL with one printable line in why, which names the file; errno is EINTR if
   a signal ended the wait for it. */
json_t *report_read(const char *path, char *why, size_t size);
/* Likewise, of text that ends with a NUL. */
json_t *report_parse(const char *text, char *why, size_t size);
/* "stdin" of "-", else the path: what messages call it. */
const char *report_read_name(const char *path);
/* Put one line into why, made printable. Returns false. */
bool report_read_wrong(char *why, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
