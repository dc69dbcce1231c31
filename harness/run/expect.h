/* SPDX-License-Identifier: MIT */
/* The file of cases that are known to fail: one id a line, # begins a
   comment. */
#ifndef EXPECT_H
#define EXPECT_H

#include "result/results.h"

struct sink;

struct expect {
    char **ids;
    size_t n;
};

/* Returns 0, or -1 with one line in why that names file and line: it cannot be
   read, or names no case of the catalogue. missing_ok: a file that is not
   there is empty. expect_free in either case. */
int expect_read(struct expect *e, const char *path, bool missing_ok, char *why,
                size_t size);
void expect_free(struct expect *e);

/* Mark r: a failure that is listed is expected, a pass that is listed is stale.
   A skip or an error is not marked. */
void expect_mark(const struct expect *e, struct result *r);

/* Write the file anew, through its sink, with the cases that fail now (warnings
   too if strict), each with its reason as a comment. A listed case on which
   this run has no verdict (skipped, in error, not selected) stays. Returns 0,
   or -1 with errno; the sink is closed either way. */
int expect_write(const struct expect *e, struct sink *s,
                 const struct results *rs, bool strict);

#endif
