/* SPDX-License-Identifier: MIT */
/* The reasons as text: a cell has its own as a title, which wants a pointer. Of
   many targets most that fail a case do so alike, so that each reason stands
   once, with those that have it. */
#include "reread/matrix_html.h"

#include "report/report.h"

#include <stdlib.h>
#include <string.h>

bool matrix_is_told(const struct report_matrix *m, const struct matrix_row *row)
{
    for (size_t i = 0; i < m->ntargets; i++)
        if (row->cells[i] && result_outcome(row->cells[i]) != OUTCOME_PASS)
            return true;
    return false;
}

/* True if the i-th and the k-th cell came to the same for the same reason. */
static bool is_alike(const struct matrix_row *row, char *const *reasons,
                     size_t i, size_t k)
{
    return reasons[i] && reasons[k] &&
           result_outcome(row->cells[i]) == result_outcome(row->cells[k]) &&
           strcmp(reasons[i], reasons[k]) == 0;
}

/* What the i-th cell came to, and the targets from it on that it is so of. */
static void put_reason(xmlTextWriterPtr w, const struct report_matrix *m,
                       const struct matrix_row *row, char *const *reasons,
                       size_t i)
{
    const char *between = "";
    size_t n = 0;

    for (size_t k = i; k < m->ntargets; k++)
        n += is_alike(row, reasons, i, k);
    markup_start(w, "li");
    html_badge(w, result_outcome(row->cells[i]));
    markup_element(w, "span", NULL, reasons[i]);
    markup_start(w, "span");
    markup_attribute(w, "class", "quiet");
    if (n == m->ntargets && n > 1)
        markup_textf(w, "all %zu", n);
    else
        for (size_t k = i; k < m->ntargets; k++)
            if (is_alike(row, reasons, i, k)) {
                markup_textf(w, "%s%s", between, m->targets[k].label);
                between = ", ";
            }
    markup_end(w);
    markup_end(w);
}

static bool is_new(const struct matrix_row *row, char *const *reasons, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (is_alike(row, reasons, i, k))
            return false;
    return true;
}

static void put_reasons(xmlTextWriterPtr w, const struct report_matrix *m,
                        const struct matrix_row *row, char *const *reasons)
{
    markup_start(w, "ul");
    markup_attribute(w, "class", "reasons");
    markup_attribute(w, "id", row->id);
    for (size_t k = 0; k < HTML_OUTCOMES; k++)
        for (size_t i = 0; i < m->ntargets; i++)
            if (row->cells[i] && reasons[i] && *reasons[i] &&
                result_outcome(row->cells[i]) == html_by_weight[k] &&
                is_new(row, reasons, i))
                put_reason(w, m, row, reasons, i);
    markup_end(w);
}

/* The usual mistake and what to write instead, which a case has once. */
static void put_advice(xmlTextWriterPtr w, const struct report_matrix *m,
                       const struct matrix_row *row)
{
    for (size_t i = 0; i < m->ntargets; i++) {
        const struct result *cell = row->cells[i];

        if (!cell || !cell->mistake || !cell->mend)
            continue;
        markup_start(w, "dl");
        html_pair(w, "Usual mistake", cell->mistake);
        html_pair(w, "Mend", cell->mend);
        markup_end(w);
        return;
    }
}

static void put_case(xmlTextWriterPtr w, const struct report_matrix *m,
                     const struct matrix_row *row)
{
    char **reasons = calloc(m->ntargets + 1, sizeof *reasons);
    long counts[HTML_OUTCOMES];

    for (size_t i = 0; reasons && i < m->ntargets; i++)
        reasons[i] = row->cells[i] ? report_reason(row->cells[i]) : NULL;
    matrix_row_counts(m, row, counts);
    markup_start(w, "details");
    matrix_case_attributes(w, m, row);
    markup_start(w, "summary");
    html_badge(w, matrix_worst(counts));
    markup_element(w, "span", "id", row->id);
    markup_element(w, "span", "quiet", row->title);
    markup_end(w);
    if (reasons)
        put_reasons(w, m, row, reasons);
    put_advice(w, m, row);
    markup_end(w);
    for (size_t i = 0; reasons && i < m->ntargets; i++)
        free(reasons[i]);
    free(reasons);
}

void matrix_html_reasons(xmlTextWriterPtr w, const struct report_matrix *m)
{
    bool any = false;

    for (size_t i = 0; i < m->nrows; i++)
        any |= matrix_is_told(m, &m->rows[i]);
    if (!any)
        return;
    markup_start(w, "section");
    markup_attribute(w, "data-group", "");
    markup_element(w, "h2", NULL, "Reasons");
    for (size_t i = 0; i < m->nrows; i++)
        if (matrix_is_told(m, &m->rows[i]))
            put_case(w, m, &m->rows[i]);
    markup_end(w);
}
