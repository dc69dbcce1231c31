/* SPDX-License-Identifier: MIT */
/* The verdicts side by side. Up to a dozen targets have columns as wide as the
   word of a verdict; of more, which are compared at a glance, a cell shows the
   first letter, a capital where something is wrong. The word still stands in
   it, for those who search and those who listen. */
#include "reread/matrix_html.h"

#include "report/report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Up to so many columns have words. */
enum { WORD_COLUMNS = 12 };

void matrix_row_counts(const struct report_matrix *m,
                       const struct matrix_row *row, long counts[HTML_OUTCOMES])
{
    memset(counts, 0, HTML_OUTCOMES * sizeof *counts);
    for (size_t i = 0; i < m->ntargets; i++)
        if (row->cells[i])
            counts[result_outcome(row->cells[i])]++;
}

enum outcome matrix_worst(const long counts[HTML_OUTCOMES])
{
    size_t i = 0;

    while (i + 1 < HTML_OUTCOMES && counts[html_by_weight[i]] == 0)
        i++;
    return html_by_weight[i];
}

void matrix_case_attributes(xmlTextWriterPtr w, const struct report_matrix *m,
                            const struct matrix_row *row)
{
    long counts[HTML_OUTCOMES];
    char words[96];
    size_t used = 0;

    matrix_row_counts(m, row, counts);
    words[0] = '\0';
    for (size_t i = 0; i < HTML_OUTCOMES; i++)
        if (counts[html_by_weight[i]])
            used +=
                (size_t)snprintf(words + used, sizeof words - used, "%s%s",
                                 used ? " " : "", html_word(html_by_weight[i]));
    markup_attribute(w, "data-case", row->id);
    markup_attribute(w, "data-verdict", words);
}

/* ---- cells ---- */

static void put_cell(xmlTextWriterPtr w, const struct matrix_target *t,
                     const struct result *cell)
{
    char *reason = cell ? report_reason(cell) : NULL;

    markup_start(w, "td");
    markup_attributef(w, "title", "%s: %s", t->label,
                      !cell               ? "not asked"
                      : reason && *reason ? reason
                                          : html_word(result_outcome(cell)));
    if (cell)
        html_badge(w, result_outcome(cell));
    markup_end(w);
    free(reason);
}

static void put_row(xmlTextWriterPtr w, const struct report_matrix *m,
                    const struct matrix_row *row)
{
    markup_start(w, "tr");
    matrix_case_attributes(w, m, row);
    markup_indent(w, false);
    markup_start(w, "th");
    markup_attribute(w, "scope", "row");
    markup_attribute(w, "title", row->title);
    if (matrix_is_told(m, row))
        html_link(w, row->id);
    else
        markup_element(w, "span", "id", row->id);
    markup_text(w, " "); /* else a search finds the words as one */
    markup_element(w, "span", "quiet", row->title);
    markup_end(w);
    for (size_t i = 0; i < m->ntargets; i++)
        put_cell(w, &m->targets[i], row->cells[i]);
    markup_end(w);
    markup_indent(w, true);
}

static void put_head(xmlTextWriterPtr w, const char *text)
{
    markup_start(w, "th");
    markup_attribute(w, "scope", "col");
    markup_attribute(w, "title", text);
    markup_element(w, "span", NULL, text);
    markup_end(w);
}

static bool has_letters(const struct report_matrix *m)
{
    return m->ntargets > WORD_COLUMNS;
}

void matrix_html_table(xmlTextWriterPtr w, const struct report_matrix *m,
                       const char *name, const struct matrix_row *first,
                       size_t n)
{
    markup_start(w, "div");
    markup_attribute(w, "class", "box");
    markup_attribute(w, "role", "group");
    markup_attribute(w, "tabindex", "0");
    markup_attribute(w, "aria-label", name);
    markup_start(w, "table");
    markup_attribute(w, "class", has_letters(m) ? "matrix many" : "matrix");
    markup_start(w, "thead");
    markup_start(w, "tr");
    put_head(w, "Case");
    for (size_t i = 0; i < m->ntargets; i++)
        put_head(w, m->targets[i].label);
    markup_end(w);
    markup_end(w);
    markup_start(w, "tbody");
    markup_attribute(w, "class", "cases");
    for (size_t i = 0; i < n; i++)
        put_row(w, m, &first[i]);
    markup_end(w);
    markup_end(w);
    markup_end(w);
}

/* ---- letters ---- */

/* Stale and skip, error and expected: a capital tells the bad one. */
static char letter(enum outcome outcome)
{
    char first = html_word(outcome)[0];

    return outcome == OUTCOME_PASS || outcome == OUTCOME_SKIP ||
                   outcome == OUTCOME_EXPECTED
               ? first
               : (char)toupper((unsigned char)first);
}

void matrix_html_legend(xmlTextWriterPtr w, const struct report_matrix *m)
{
    bool there[HTML_OUTCOMES] = { false }, gaps = false;

    if (!has_letters(m))
        return;
    for (size_t i = 0; i < m->nrows * m->ntargets; i++)
        if (m->cells[i])
            there[result_outcome(m->cells[i])] = true;
        else
            gaps = true;
    markup_start(w, "p");
    markup_attribute(w, "class", "quiet");
    for (size_t i = 0; i < HTML_OUTCOMES; i++)
        if (there[html_by_weight[i]])
            markup_textf(w, "%c %s; ", letter(html_by_weight[i]),
                         html_word(html_by_weight[i]));
    markup_text(w, gaps ? "empty: not asked; names of targets from below"
                        : "names of targets from below");
    markup_end(w);
}
