/* SPDX-License-Identifier: MIT */
/* What the harness cannot do without, and some chroots and containers lack:
   looked for before anything is started, so that the message names the thing
   that is missing, not what fails for it later. */
#ifndef PREFLIGHT_H
#define PREFLIGHT_H

#include <stdbool.h>
#include <stddef.h>

/* Descriptors, /proc, /dev/null, and where there are to be no sandboxes what
   preflight_scratch looks at. False: why says in one line what is missing. */
bool preflight(bool sandboxes, char *why, size_t size);

/* /dev/null is there, and is the null device: a target begins with it. */
bool preflight_null(char *why, size_t size);

/* The directory in which the scratch stands where there are no sandboxes:
   TMPDIR, or /tmp. */
const char *preflight_tmp(void);
/* A directory can be made there, and is removed again; else false. why: what is
   wrong, or "". */
bool preflight_scratch(char *why, size_t size);

#endif
