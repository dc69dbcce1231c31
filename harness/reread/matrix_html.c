/* SPDX-License-Identifier: MIT */
/* The matrix as one HTML page that needs no other file, in the frame and the
   style of the page of one run: what differs open, everything else folded by
   family, and below it why, and how each target was run. */
#include "reread/matrix_html.h"

#include "report/report.h"

#include <stdlib.h>
#include <string.h>

/* Of more targets with one outcome not the names stand in a line, but how
   many. */
enum { NAMES_IN_LINE = 3 };

static size_t count_kind(const struct report_matrix *m, enum matrix_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < m->nrows; i++)
        n += m->rows[i].kind == kind;
    return n;
}

/* ---- head ---- */

/* The worst of the targets, each as the page of its run has it. */
static enum outcome worst_target(const struct report_matrix *m)
{
    long counts[HTML_OUTCOMES] = { 0 };

    for (size_t i = 0; i < m->ntargets; i++)
        counts[html_worst(m->targets[i].results, m->targets[i].info->strict)]++;
    return matrix_worst(counts);
}

static void put_header(xmlTextWriterPtr w, const struct report_matrix *m,
                       const char *targets, const char *differ)
{
    markup_start(w, "header");
    markup_element(w, "h1", NULL, targets);
    markup_start(w, "p");
    markup_attribute(w, "class", "sums");
    html_badge(w, worst_target(m));
    markup_element(w, "span", NULL, differ);
    markup_end(w);
    markup_end(w);
}

static bool is_new_family(const struct report_matrix *m, size_t i)
{
    size_t family = strcspn(m->rows[i].id, "/") + 1;

    for (size_t k = 0; k < i; k++)
        if (strncmp(m->rows[k].id, m->rows[i].id, family) == 0)
            return false;
    return true;
}

/* A case counts for each outcome that it has anywhere. */
static void put_filter(xmlTextWriterPtr w, const struct report_matrix *m)
{
    long sums[HTML_OUTCOMES] = { 0 }, counts[HTML_OUTCOMES];
    char family[64];

    for (size_t i = 0; i < m->nrows; i++) {
        matrix_row_counts(m, &m->rows[i], counts);
        for (size_t k = 0; k < HTML_OUTCOMES; k++)
            sums[k] += counts[k] != 0;
    }
    html_filter_begin(w, sums);
    for (size_t i = 0; i < m->nrows; i++)
        if (is_new_family(m, i))
            html_filter_family(
                w, report_family(m->rows[i].id, family, sizeof family));
    html_filter_end(w);
}

/* ---- links ---- */

/* "fail in a, b" or "fail in 12"; outcome < 0: those that were not asked. */
static void put_who(xmlTextWriterPtr w, const struct report_matrix *m,
                    const struct matrix_row *row, int outcome, long n)
{
    const char *between = " ";

    markup_text(w, outcome < 0 ? "not asked of" : html_word(outcome));
    if (outcome >= 0)
        markup_text(w, " in");
    if (n > NAMES_IN_LINE) {
        markup_textf(w, " %ld", n);
        return;
    }
    for (size_t i = 0; i < m->ntargets; i++) {
        const struct result *cell = row->cells[i];

        if ((cell ? (int)result_outcome(cell) : -1) != outcome)
            continue;
        markup_textf(w, "%s%s", between, m->targets[i].label);
        between = ", ";
    }
}

static void put_link(xmlTextWriterPtr w, const struct report_matrix *m,
                     const struct matrix_row *row)
{
    long counts[HTML_OUTCOMES], others = (long)m->ntargets;
    const char *between = "";

    matrix_row_counts(m, row, counts);
    markup_start(w, "li");
    matrix_case_attributes(w, m, row);
    html_badge(w, matrix_worst(counts));
    html_link(w, row->id);
    markup_start(w, "span");
    markup_attribute(w, "class", "quiet");
    for (size_t k = 0; k < HTML_OUTCOMES; k++) {
        enum outcome outcome = html_by_weight[k];

        if (counts[outcome] == 0)
            continue;
        markup_text(w, between);
        put_who(w, m, row, (int)outcome, counts[outcome]);
        between = "; ";
        others -= counts[outcome];
    }
    if (others) {
        markup_text(w, between);
        put_who(w, m, row, -1, others);
    }
    markup_end(w);
    markup_end(w);
}

static void put_links(xmlTextWriterPtr w, const struct report_matrix *m)
{
    markup_start(w, "nav");
    markup_attribute(w, "aria-labelledby", "what-differs");
    markup_attribute(w, "data-group", "");
    markup_start(w, "h2");
    markup_attribute(w, "id", "what-differs");
    markup_text(w, "What differs");
    markup_end(w);
    markup_start(w, "ul");
    markup_attribute(w, "class", "links");
    markup_attribute(w, "tabindex", "0");
    markup_attribute(w, "aria-labelledby", "what-differs");
    for (size_t i = 0; i < m->nrows && m->rows[i].kind == MATRIX_DIFFERS; i++)
        put_link(w, m, &m->rows[i]);
    markup_end(w);
    markup_end(w);
}

/* ---- cases ---- */

/* "11 pass, 1 fail" of rows that are the same everywhere; else "12 cases". */
static void put_sums(xmlTextWriterPtr w, const struct matrix_row *first,
                     size_t n, const long counts[HTML_OUTCOMES])
{
    const char *between = "";

    markup_start(w, "span");
    markup_attribute(w, "class", "quiet");
    if (first->kind != MATRIX_SAME)
        markup_textf(w, "%zu case%s", n, n == 1 ? "" : "s");
    for (size_t k = 0; first->kind == MATRIX_SAME && k < HTML_OUTCOMES; k++) {
        enum outcome outcome = html_by_weight[k];

        if (counts[outcome] == 0)
            continue;
        markup_textf(w, "%s%ld %s", between, counts[outcome],
                     html_word(outcome));
        between = ", ";
    }
    markup_end(w);
}

static void put_family(xmlTextWriterPtr w, const struct report_matrix *m,
                       const struct matrix_row *first, size_t n)
{
    long counts[HTML_OUTCOMES] = { 0 }, row[HTML_OUTCOMES];
    char family[64], name[80];

    for (size_t i = 0; i < n; i++) {
        matrix_row_counts(m, &first[i], row);
        counts[matrix_worst(row)]++;
    }
    (void)snprintf(name, sizeof name, "%s/",
                   report_family(first->id, family, sizeof family));
    markup_start(w, "details");
    markup_attribute(w, "data-group", "");
    markup_start(w, "summary");
    html_badge(w, matrix_worst(counts));
    markup_element(w, "span", "id", name);
    put_sums(w, first, n, counts);
    markup_end(w);
    matrix_html_table(w, m, name, first, n);
    markup_end(w);
}

static void put_kind(xmlTextWriterPtr w, const struct report_matrix *m,
                     size_t from, size_t n)
{
    static const char *const heads[MATRIX_KINDS] = {
        [MATRIX_DIFFERS] = "Side by side",
        [MATRIX_SOME] = "Passed wherever it could be seen",
        [MATRIX_SAME] = "The same everywhere",
    };
    enum matrix_kind kind = m->rows[from].kind;

    markup_start(w, "section");
    markup_attribute(w, "data-group", "");
    markup_element(w, "h2", NULL, heads[kind]);
    if (from == 0)
        matrix_html_legend(w, m);
    if (kind == MATRIX_DIFFERS)
        matrix_html_table(w, m, "What differs", &m->rows[from], n);
    for (size_t i = from; kind != MATRIX_DIFFERS && i < from + n;) {
        size_t family = report_matrix_family(m, i);

        put_family(w, m, &m->rows[i], family);
        i += family;
    }
    markup_end(w);
}

/* ---- targets ---- */

static void put_target(xmlTextWriterPtr w, const struct matrix_target *t)
{
    char line[160];

    results_line(t->results, t->info->strict, line, sizeof line);
    markup_start(w, "details");
    markup_start(w, "summary");
    html_badge(w, html_worst(t->results, t->info->strict));
    markup_element(w, "span", "id", t->label);
    markup_element(w, "span", "quiet", line);
    markup_end(w);
    markup_start(w, "dl");
    html_run_pairs(w, t->info);
    html_machine_pairs(w, t->info);
    markup_end(w);
    markup_end(w);
}

static void put_page(xmlTextWriterPtr w, const struct report_matrix *m)
{
    put_filter(w, m);
    markup_start(w, "main");
    if (count_kind(m, MATRIX_DIFFERS))
        put_links(w, m);
    for (size_t i = 0, n; i < m->nrows; i += n) {
        n = count_kind(m, m->rows[i].kind);
        put_kind(w, m, i, n);
    }
    matrix_html_reasons(w, m);
    markup_start(w, "section");
    markup_element(w, "h2", NULL, "Targets");
    for (size_t i = 0; i < m->ntargets; i++)
        put_target(w, &m->targets[i]);
    markup_end(w);
    markup_end(w);
}

int report_matrix_html(FILE *out, const struct report_matrix *m)
{
    size_t differ = count_kind(m, MATRIX_DIFFERS);
    char targets[40], sums[64], title[128];
    struct markup page;

    (void)snprintf(targets, sizeof targets, "%zu target%s", m->ntargets,
                   m->ntargets == 1 ? "" : "s");
    (void)snprintf(sums, sizeof sums, "%zu of %zu cases differ", differ,
                   m->nrows);
    (void)snprintf(title, sizeof title, "%s: %s: %s",
                   html_word(worst_target(m)), targets, sums);
    if (html_begin(&page, title) != 0)
        return -1;
    put_header(page.w, m, targets, sums);
    put_page(page.w, m);
    return html_end(&page, out);
}
