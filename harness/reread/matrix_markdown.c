/* SPDX-License-Identifier: MIT */
/* The matrix as Markdown. Its tables are read by scripts too (ci/kill-matrix,
   ci/peers): a row of a target begins with its label, one of a case with its
   id, whatever section it stands in. */
#include "reread/report_matrix.h"

#include "report/markdown.h"

#include <stdlib.h>
#include <string.h>

static const char *const signs[VERDICT_KINDS] = {
    [VERDICT_NONE] = "",       [VERDICT_PASS] = ".",    [VERDICT_SKIP] = "-",
    [VERDICT_ERROR] = "error", [VERDICT_WARN] = "warn", [VERDICT_FAIL] = "FAIL",
};

static bool is_wide(const struct report_matrix *m)
{
    return m->ntargets > MATRIX_COLUMNS;
}

/* What went wrong, but for a failure, is said behind the name. */
static const char *remark(enum verdict_kind kind)
{
    return kind == VERDICT_WARN    ? " (warn)"
           : kind == VERDICT_ERROR ? " (error)"
                                   : "";
}

/* ---- targets ---- */

static int by_id(const void *a, const void *b)
{
    return strcmp((*(const struct matrix_row *const *)a)->id,
                  (*(const struct matrix_row *const *)b)->id);
}

/* The ids of what went wrong with the i-th target, in their order. */
static void put_wrong(FILE *out, const struct report_matrix *m,
                      const struct matrix_row *const *sorted, size_t i)
{
    const char *between = "";

    for (size_t k = 0; k < m->nrows; k++) {
        enum verdict_kind kind = report_matrix_verdict(sorted[k]->cells[i]);

        if (kind <= VERDICT_SKIP)
            continue;
        fprintf(out, "%s%s%s", between, sorted[k]->id, remark(kind));
        between = ", ";
    }
}

static void put_targets(FILE *out, const struct report_matrix *m)
{
    const struct matrix_row **sorted = calloc(m->nrows + 1, sizeof *sorted);

    for (size_t i = 0; sorted && i < m->nrows; i++)
        sorted[i] = &m->rows[i];
    if (sorted)
        qsort(sorted, m->nrows, sizeof *sorted, by_id);
    (void)fputs("## Targets\n\n"
                "| target | pass | fail | warn | skip | error | what fails |\n"
                "|---|--:|--:|--:|--:|--:|---|\n",
                out);
    for (size_t i = 0; i < m->ntargets; i++) {
        const long *counts = m->targets[i].counts;

        (void)fputs("| ", out);
        markdown_text(out, m->targets[i].label);
        fprintf(out, " | %ld | %ld | %ld | %ld | %ld | ", counts[VERDICT_PASS],
                counts[VERDICT_FAIL], counts[VERDICT_WARN],
                counts[VERDICT_SKIP], counts[VERDICT_ERROR]);
        if (sorted)
            put_wrong(out, m, sorted, i);
        (void)fputs(" |\n", out);
    }
    free(sorted);
}

/* ---- cases ---- */

static void put_heads(FILE *out, const struct report_matrix *m)
{
    if (is_wide(m)) {
        (void)fputs("| case | targets that fail it | pass | skip | not asked "
                    "|\n|---|---|--:|--:|--:|\n",
                    out);
        return;
    }
    (void)fputs("| case |", out);
    for (size_t i = 0; i < m->ntargets; i++) {
        (void)fputc(' ', out);
        markdown_text(out, m->targets[i].label);
        (void)fputs(" |", out);
    }
    (void)fputs("\n|---|", out);
    for (size_t i = 0; i < m->ntargets; i++)
        (void)fputs("---|", out);
    (void)fputc('\n', out);
}

static void put_list(FILE *out, const struct report_matrix *m,
                     const struct matrix_row *row)
{
    long counts[VERDICT_KINDS] = { 0 };
    const char *between = "";

    fprintf(out, "| %s | ", row->id);
    for (size_t i = 0; i < m->ntargets; i++) {
        enum verdict_kind kind = report_matrix_verdict(row->cells[i]);

        counts[kind]++;
        if (kind <= VERDICT_SKIP)
            continue;
        (void)fputs(between, out);
        markdown_text(out, m->targets[i].label);
        (void)fputs(remark(kind), out);
        between = ", ";
    }
    fprintf(out, " | %ld | %ld | %ld |\n", counts[VERDICT_PASS],
            counts[VERDICT_SKIP], counts[VERDICT_NONE]);
}

static void put_row(FILE *out, const struct report_matrix *m,
                    const struct matrix_row *row)
{
    if (is_wide(m)) {
        put_list(out, m, row);
        return;
    }
    fprintf(out, "| %s |", row->id);
    for (size_t i = 0; i < m->ntargets; i++)
        fprintf(out, " %s |", signs[report_matrix_verdict(row->cells[i])]);
    (void)fputc('\n', out);
}

static void put_rows(FILE *out, const struct report_matrix *m, size_t from,
                     size_t n)
{
    put_heads(out, m);
    for (size_t i = from; i < from + n; i++)
        put_row(out, m, &m->rows[i]);
}

/* How many of n rows from the first are not passed by their first target: of a
   family that is the same everywhere, what the reader is to look at. */
static size_t not_passed(const struct matrix_row *first, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += report_matrix_verdict(first[i].cells[0]) > VERDICT_SKIP;
    return count;
}

static void put_family(FILE *out, const struct report_matrix *m, size_t from,
                       size_t n)
{
    const struct matrix_row *first = &m->rows[from];
    size_t wrong = first->kind == MATRIX_SAME ? not_passed(first, n) : 0;

    fprintf(out, "<details%s>\n<summary>%.*s/: %zu case%s",
            wrong ? " open" : "", (int)strcspn(first->id, "/"), first->id, n,
            n == 1 ? "" : "s");
    if (wrong)
        fprintf(out, ", %zu not passed by any", wrong);
    (void)fputs("</summary>\n\n", out);
    put_rows(out, m, from, n);
    (void)fputs("\n</details>\n", out);
}

static void put_section(FILE *out, const struct report_matrix *m, size_t from,
                        size_t n)
{
    static const char *const heads[MATRIX_KINDS] = {
        [MATRIX_DIFFERS] = "What differs",
        [MATRIX_SOME] = "Passed wherever it could be seen",
        [MATRIX_SAME] = "The same everywhere",
    };
    enum matrix_kind kind = m->rows[from].kind;

    fprintf(out, "\n## %s\n\n", heads[kind]);
    if (kind == MATRIX_DIFFERS) {
        put_rows(out, m, from, n);
        return;
    }
    for (size_t i = from; i < from + n;) {
        size_t family = report_matrix_family(m, i);

        put_family(out, m, i, family);
        i += family;
    }
}

void report_matrix_markdown(FILE *out, const struct report_matrix *m)
{
    fprintf(out, "# %zu targets, %zu cases\n\n", m->ntargets, m->nrows);
    (void)fputs(
        is_wide(m)
            ? "A target that misses a SHOULD is marked (warn), one that the "
              "harness could not\njudge (error).\n\n"
            : "`.` passes, `FAIL` breaks a MUST, `warn` misses a SHOULD, `-` "
              "was skipped,\n`error`: the harness could not do its work; "
              "empty: not asked.\n\n",
        out);
    put_targets(out, m);
    for (size_t i = 0; i < m->nrows;) {
        size_t n = 1;

        while (i + n < m->nrows && m->rows[i + n].kind == m->rows[i].kind)
            n++;
        put_section(out, m, i, n);
        i += n;
    }
}
