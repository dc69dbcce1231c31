/* SPDX-License-Identifier: MIT */
/* A JSON report as what it was made of, so that every format can be made of it.
   What a run has and its JSON has not: in which order the cases ended (TAP and
   the terminal have them in that of the catalogue then), the bytes of COMMAND
   that are not printable (they come as \xNN), which server a case shared (the
   terminal's -v tells it), and the hint that a target seems to speak another
   protocol. All else comes back: JSON, JUnit and HTML, and of a stress run TAP
   too, have the bytes that the run itself wrote. A report without "strict" and
   "environment", as older versions wrote it, counts as not strict, its machine
   as not known. */
#ifndef RUN_READ_H
#define RUN_READ_H

#include "result/results.h"

struct past_run {
    char *source; /* the name of its file, or "stdin"; owned */
    struct run_info info;
    struct results results;
    json_t *kept;   /* what the strings of info and results.causes stand in */
    char **command; /* what info.command is; its words stand in kept */
};

/* Read a report, see report_read, and look at all that a format needs. Returns
   0, or -1 with one printable line in why that names the file and the place
   (cases[3] counts from 0, as jq does); then r holds nothing. errno is EINTR if
   a signal ended the wait for the file. */
int run_read(struct past_run *r, const char *path, char *why, size_t size);
/* Likewise, of text that ends with a NUL; name is what messages call it. */
int run_parse(struct past_run *r, const char *text, const char *name, char *why,
              size_t size);
void past_run_free(struct past_run *r);

#endif
