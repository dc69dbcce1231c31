/* SPDX-License-Identifier: MIT */
/* The matrix as one HTML page that needs no other file: what differs open,
   everything else folded by family. */
#include "reread/report_matrix.h"

#include "report/markup.h"

#include <string.h>

static const char style[] =
    "body{font:15px/1.4 sans-serif;margin:1.5em;color:#222;background:#fff}"
    "table{border-collapse:collapse;margin:.5em 0 1.5em}"
    "th,td{border:1px solid #ccc;padding:.15em .45em;text-align:left;"
    "vertical-align:bottom}"
    "thead th.target{writing-mode:vertical-rl;transform:rotate(180deg);"
    "font-weight:normal;padding:.45em .15em}"
    "tbody th{font:13px monospace;position:sticky;left:0;background:#fff}"
    "td.cell{text-align:center}"
    ".fail{background:#f6b8b8}.warn{background:#f8e3a4}"
    ".error{background:#dcc4f0}.skip{color:#767676}.none{background:#eee}"
    ".scroll{overflow-x:auto}summary{cursor:pointer}";

static const char *sign_of(enum verdict_kind kind)
{
    static const char *const signs[VERDICT_KINDS] = {
        [VERDICT_NONE] = "",     [VERDICT_PASS] = ".",
        [VERDICT_SKIP] = "-",    [VERDICT_ERROR] = "error",
        [VERDICT_WARN] = "warn", [VERDICT_FAIL] = "fail",
    };

    return signs[kind];
}

/* ---- targets ---- */

static void put_targets(xmlTextWriterPtr w, const struct report_matrix *m)
{
    static const enum verdict_kind kinds[] = { VERDICT_PASS, VERDICT_FAIL,
                                               VERDICT_WARN, VERDICT_SKIP,
                                               VERDICT_ERROR };
    enum { KINDS = sizeof kinds / sizeof *kinds };

    markup_start(w, "table");
    markup_start(w, "thead");
    markup_start(w, "tr");
    markup_element(w, "th", NULL, "Target");
    for (size_t k = 0; k < KINDS; k++)
        markup_element(w, "th", NULL, verdict_name(kinds[k]));
    markup_end(w);
    markup_end(w);
    markup_start(w, "tbody");
    for (size_t i = 0; i < m->ntargets; i++) {
        markup_start(w, "tr");
        markup_element(w, "th", NULL, m->targets[i].label);
        for (size_t k = 0; k < KINDS; k++) {
            markup_start(w, "td");
            markup_textf(w, "%ld", m->targets[i].counts[kinds[k]]);
            markup_end(w);
        }
        markup_end(w);
    }
    markup_end(w);
    markup_end(w);
}

/* ---- cases ---- */

static void put_cell(xmlTextWriterPtr w, const struct matrix_target *t,
                     const struct result *cell)
{
    enum verdict_kind kind = report_matrix_verdict(cell);

    markup_start(w, "td");
    markup_attributef(w, "class", "cell %s", verdict_name(kind));
    if (cell && cell->reason)
        markup_attributef(w, "title", "%s: %s", t->label, cell->reason);
    else
        markup_attributef(w, "title", "%s: %s", t->label,
                          kind == VERDICT_NONE ? "not asked"
                                               : verdict_name(kind));
    markup_text(w, sign_of(kind));
    markup_end(w);
}

static void put_row(xmlTextWriterPtr w, const struct report_matrix *m,
                    const struct matrix_row *row)
{
    markup_start(w, "tr");
    markup_start(w, "th");
    markup_attribute(w, "title", row->title);
    markup_text(w, row->id);
    markup_end(w);
    for (size_t i = 0; i < m->ntargets; i++)
        put_cell(w, &m->targets[i], row->cells[i]);
    markup_end(w);
}

static void put_rows(xmlTextWriterPtr w, const struct report_matrix *m,
                     size_t from, size_t n)
{
    markup_start(w, "div");
    markup_attribute(w, "class", "scroll");
    markup_start(w, "table");
    markup_start(w, "thead");
    markup_start(w, "tr");
    markup_element(w, "th", NULL, "Case");
    for (size_t i = 0; i < m->ntargets; i++)
        markup_element(w, "th", "target", m->targets[i].label);
    markup_end(w);
    markup_end(w);
    markup_start(w, "tbody");
    for (size_t i = from; i < from + n; i++)
        put_row(w, m, &m->rows[i]);
    markup_end(w);
    markup_end(w);
    markup_end(w);
}

static void put_family(xmlTextWriterPtr w, const struct report_matrix *m,
                       size_t from, size_t n)
{
    const char *id = m->rows[from].id;

    markup_start(w, "details");
    markup_start(w, "summary");
    markup_textf(w, "%.*s/: %zu", (int)strcspn(id, "/"), id, n);
    markup_end(w);
    put_rows(w, m, from, n);
    markup_end(w);
}

static void put_section(xmlTextWriterPtr w, const struct report_matrix *m,
                        size_t from, size_t n)
{
    static const char *const heads[MATRIX_KINDS] = {
        [MATRIX_DIFFERS] = "What differs",
        [MATRIX_SOME] = "Passed wherever it could be seen",
        [MATRIX_SAME] = "The same everywhere",
    };
    enum matrix_kind kind = m->rows[from].kind;

    markup_start(w, "section");
    markup_element(w, "h2", NULL, heads[kind]);
    if (kind == MATRIX_DIFFERS)
        put_rows(w, m, from, n);
    for (size_t i = from; kind != MATRIX_DIFFERS && i < from + n;) {
        size_t family = report_matrix_family(m, i);

        put_family(w, m, i, family);
        i += family;
    }
    markup_end(w);
}

static void put_head(xmlTextWriterPtr w, const char *title)
{
    markup_start(w, "head");
    markup_start(w, "meta");
    markup_attribute(w, "charset", "utf-8");
    markup_end_void(w);
    markup_start(w, "meta");
    markup_attribute(w, "name", "viewport");
    markup_attribute(w, "content", "width=device-width, initial-scale=1");
    markup_end_void(w);
    markup_element(w, "title", NULL, title);
    markup_start(w, "style");
    (void)xmlTextWriterWriteRaw(w, BAD_CAST style);
    markup_end(w);
    markup_end(w);
}

static void put_body(xmlTextWriterPtr w, const struct report_matrix *m,
                     const char *title)
{
    markup_start(w, "body");
    markup_element(w, "h1", NULL, title);
    put_targets(w, m);
    for (size_t i = 0; i < m->nrows;) {
        size_t n = 1;

        while (i + n < m->nrows && m->rows[i + n].kind == m->rows[i].kind)
            n++;
        put_section(w, m, i, n);
        i += n;
    }
    markup_end(w);
}

int report_matrix_html(FILE *out, const struct report_matrix *m)
{
    struct markup page;
    char title[64];

    if (markup_open(&page) != 0)
        return -1;
    (void)snprintf(title, sizeof title, "%zu targets, %zu cases", m->ntargets,
                   m->nrows);
    (void)xmlTextWriterWriteDTD(page.w, BAD_CAST "html", NULL, NULL, NULL);
    markup_start(page.w, "html");
    markup_attribute(page.w, "lang", "en");
    put_head(page.w, title);
    put_body(page.w, m, title);
    markup_end(page.w);
    markup_close(&page, out);
    return 0;
}
