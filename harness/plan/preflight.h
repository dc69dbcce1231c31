/* SPDX-License-Identifier: MIT */
/* What the harness cannot do without, and some chroots and containers lack. It
   is looked for before anything is started, so that the message names what is
   missing, not what fails because of it. */
#ifndef PREFLIGHT_H
#define PREFLIGHT_H

#include <stdbool.h>
#include <stddef.h>

/* Look at descriptors, /proc, /dev/null and, if there are to be no sandboxes,
   as preflight_scratch does. False: why says in one line what is missing. */
bool preflight(bool sandboxes, char *why, size_t size);

/* /dev/null is there, and is the null device: a target begins with it. */
bool preflight_null(char *why, size_t size);

/* The directory in which the scratch stands where there are no sandboxes:
   TMPDIR, or /tmp. */
const char *preflight_tmp(void);
/* True if a directory can be made there; it is removed again. why: what is
   wrong, or "". */
bool preflight_scratch(char *why, size_t size);

#endif
