/* SPDX-License-Identifier: MIT */
/* Several targets and what each case came to with each of them: the table that
   is written for a terminal, as Markdown and as HTML. It owns nothing of the
   runs that it was made of, and must not outlive them. */
#ifndef REPORT_MATRIX_H
#define REPORT_MATRIX_H

#include "reread/run_read.h"

/* How targets differ in a case, which is also the order of the rows. */
enum matrix_kind {
    MATRIX_DIFFERS, /* it fails, warns or is in error with some, not all */
    MATRIX_SOME,    /* it passes with some; with others it was skipped, or not
                       asked */
    MATRIX_SAME,    /* the same verdict with all */
    MATRIX_KINDS
};

struct matrix_target {
    const struct run_info *info;
    const struct results *results;
    char *label;                /* its name, told from others of that name:
                                   "server", "server #2"; printable; owned */
    long counts[VERDICT_KINDS]; /* verdicts, by kind */
};

struct matrix_row {
    const char *id, *title;
    enum matrix_kind kind;
    const struct result **cells; /* one for each target: its verdict, reason
                                    and evidence; NULL: not asked of it */
};

struct report_matrix {
    struct matrix_target *targets; /* in the order of the reports */
    size_t ntargets;               /* 1 up */
    struct matrix_row *rows;       /* by kind, then by id */
    size_t nrows;
    const struct result **cells; /* of all rows */
};

/* Returns 0, or -1 with ENOMEM; free it in either case. */
int report_matrix_make(struct report_matrix *m, const struct past_run *runs,
                       size_t n);
void report_matrix_free(struct report_matrix *m);

/* The verdict in a cell; VERDICT_NONE: not asked. A case that was never looked
   at counts as an error. */
enum verdict_kind report_matrix_verdict(const struct result *cell);
/* How many of the rows from the i-th on, itself included, are of its kind and
   of its family. */
size_t report_matrix_family(const struct report_matrix *m, size_t i);

/* The forms. What cannot be written ferror(3) of out tells. */

/* For a terminal: who the targets are, a line for each case that differs, and
   of all others how many each family has; with all of them lines. */
void report_matrix_terminal(FILE *out, const struct report_matrix *m,
                            bool color, bool all);
/* Markdown, as GitHub and GitLab show it: "## Targets" and a table of them;
   then a section for each kind that has rows, families folded but for what
   differs. A row begins with "| family/name |"; up to MATRIX_COLUMNS targets
   have a column each, more are named in the row. */
void report_matrix_markdown(FILE *out, const struct report_matrix *m);
/* One HTML page: what differs, as links and as a table, the rest folded by
   family, the reasons, and how each target was run. Returns 0, or -1 with
   ENOMEM. */
int report_matrix_html(FILE *out, const struct report_matrix *m);

/* More columns than these nobody reads. */
enum { MATRIX_COLUMNS = 48 };

#endif
