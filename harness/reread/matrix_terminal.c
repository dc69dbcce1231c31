/* SPDX-License-Identifier: MIT */
/* The matrix for a terminal: a letter for each target, so that sixty of them
   stand beside an id in two blocks of lines. Their numbers stand above, read
   downwards, their names in a list before. */
#include "reread/report_matrix.h"

#include <string.h>

enum { BLOCK = 40, TENS = 10, LETTERS = 36 };

static const struct {
    char sign;
    const char *color, *word;
} signs[VERDICT_KINDS] = {
    [VERDICT_NONE] = { ' ', NULL, "not asked" },
    [VERDICT_PASS] = { '.', NULL, "passed" },
    [VERDICT_SKIP] = { '-', "36", "skipped" },
    [VERDICT_ERROR] = { 'E', "1;35", "in error" },
    [VERDICT_WARN] = { 'w', "33", "warned" },
    [VERDICT_FAIL] = { 'F', "1;31", "failed" },
};

/* The worst first. */
static const enum verdict_kind order[] = { VERDICT_FAIL, VERDICT_ERROR,
                                           VERDICT_WARN, VERDICT_SKIP,
                                           VERDICT_PASS };

static void put_sign(FILE *out, enum verdict_kind kind, bool color)
{
    if (color && signs[kind].color)
        fprintf(out, "\033[%sm%c\033[0m", signs[kind].color, signs[kind].sign);
    else
        (void)fputc(signs[kind].sign, out);
}

static int number_width(const struct report_matrix *m)
{
    return snprintf(NULL, 0, "%zu", m->ntargets);
}

static void put_targets(FILE *out, const struct report_matrix *m)
{
    int wide = 0;

    for (size_t i = 0; i < m->ntargets; i++) {
        int n = (int)strlen(m->targets[i].label);

        wide = n > wide && n <= LETTERS ? n : wide;
    }
    for (size_t i = 0; i < m->ntargets; i++) {
        const struct matrix_target *t = &m->targets[i];

        fprintf(out, "%*zu  %-*s  %s  %ld passed, %ld failed", number_width(m),
                i + 1, wide, t->label,
                t->info->mode == MODE_STRESS ? "stress " : "conform",
                t->counts[VERDICT_PASS], t->counts[VERDICT_FAIL]);
        if (t->counts[VERDICT_WARN])
            fprintf(out, ", %ld warned", t->counts[VERDICT_WARN]);
        if (t->counts[VERDICT_SKIP])
            fprintf(out, ", %ld skipped", t->counts[VERDICT_SKIP]);
        if (t->counts[VERDICT_ERROR])
            fprintf(out, ", %ld errors", t->counts[VERDICT_ERROR]);
        (void)fputc('\n', out);
    }
}

/* ---- blocks of columns ---- */

static size_t block_end(const struct report_matrix *m, size_t from)
{
    return m->ntargets - from > BLOCK ? from + BLOCK : m->ntargets;
}

static void put_gap(FILE *out, size_t from, size_t i)
{
    if (i > from && (i - from) % TENS == 0)
        (void)fputc(' ', out);
}

/* The numbers of the columns, a line for each digit. */
static void put_numbers(FILE *out, const struct report_matrix *m, size_t from)
{
    int digits = number_width(m);

    for (int d = 0; d < digits; d++) {
        fprintf(out, "%*s  ", LETTERS, "");
        for (size_t i = from; i < block_end(m, from); i++) {
            char number[24];

            (void)snprintf(number, sizeof number, "%*zu", digits, i + 1);
            put_gap(out, from, i);
            (void)fputc(number[d], out);
        }
        (void)fputc('\n', out);
    }
}

static void put_row(FILE *out, const struct report_matrix *m,
                    const struct matrix_row *row, size_t from, bool color)
{
    fprintf(out, "%-*s  ", LETTERS, row->id);
    for (size_t i = from; i < block_end(m, from); i++) {
        put_gap(out, from, i);
        put_sign(out, report_matrix_verdict(row->cells[i]), color);
    }
    (void)fputc('\n', out);
}

static void put_grid(FILE *out, const struct report_matrix *m,
                     enum matrix_kind kind, bool color)
{
    for (size_t from = 0; from < m->ntargets; from += BLOCK) {
        put_numbers(out, m, from);
        for (size_t i = 0; i < m->nrows; i++)
            if (m->rows[i].kind == kind)
                put_row(out, m, &m->rows[i], from, color);
    }
}

/* ---- families ---- */

/* How many of the n rows from the first have a verdict in their first cell. */
static size_t count(const struct matrix_row *first, size_t n,
                    enum verdict_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += report_matrix_verdict(first[i].cells[0]) == kind;
    return count;
}

/* "load/churn, load/bulk failed": what is not right is told by its id, though
   it is the same with all. */
static void put_named(FILE *out, const struct matrix_row *first, size_t n,
                      enum verdict_kind kind)
{
    const char *between = "";

    for (size_t i = 0; i < n; i++)
        if (report_matrix_verdict(first[i].cells[0]) == kind) {
            fprintf(out, "%s%s", between, first[i].id);
            between = ", ";
        }
    fprintf(out, " %s", signs[kind].word);
}

static void put_same(FILE *out, const struct matrix_row *first, size_t n)
{
    const char *between = "";

    fprintf(out, "  %.*s/  ", (int)strcspn(first->id, "/"), first->id);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        size_t of_kind = count(first, n, order[k]);

        if (!of_kind)
            continue;
        (void)fputs(between, out);
        if (order[k] == VERDICT_PASS || order[k] == VERDICT_SKIP)
            fprintf(out, "%zu %s", of_kind, signs[order[k]].word);
        else
            put_named(out, first, n, order[k]);
        between = "; ";
    }
    (void)fputc('\n', out);
}

static void put_some(FILE *out, const struct matrix_row *first, size_t n)
{
    fprintf(out, "  %.*s/  %zu\n", (int)strcspn(first->id, "/"), first->id, n);
}

static void put_families(FILE *out, const struct report_matrix *m,
                         enum matrix_kind kind)
{
    for (size_t i = 0; i < m->nrows;) {
        size_t n = report_matrix_family(m, i);

        if (m->rows[i].kind == kind && kind == MATRIX_SAME)
            put_same(out, &m->rows[i], n);
        else if (m->rows[i].kind == kind)
            put_some(out, &m->rows[i], n);
        i += n;
    }
}

static size_t rows_of(const struct report_matrix *m, enum matrix_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < m->nrows; i++)
        n += m->rows[i].kind == kind;
    return n;
}

void report_matrix_terminal(FILE *out, const struct report_matrix *m,
                            bool color, bool all)
{
    static const char *const heads[MATRIX_KINDS] = {
        [MATRIX_DIFFERS] = "what differs",
        [MATRIX_SOME] = "passed wherever it could be seen",
        [MATRIX_SAME] = "the same everywhere",
    };

    put_targets(out, m);
    for (int kind = 0; kind < MATRIX_KINDS; kind++) {
        size_t n = rows_of(m, (enum matrix_kind)kind);

        if (!n)
            continue;
        fprintf(out, "\n%s: %zu case%s%s\n", heads[kind], n, n == 1 ? "" : "s",
                kind == MATRIX_DIFFERS
                    ? "  (. passed, F failed, w warned, - skipped, E in error)"
                    : "");
        if (all || kind == MATRIX_DIFFERS)
            put_grid(out, m, (enum matrix_kind)kind, color);
        else
            put_families(out, m, (enum matrix_kind)kind);
    }
    fprintf(out, "\n%zu targets, %zu cases, %zu differ\n", m->ntargets,
            m->nrows, rows_of(m, MATRIX_DIFFERS));
}
