/* SPDX-License-Identifier: MIT */
/* Rows are sorted by id, since the order in a report is that in which its cases
   ended, and differs from run to run. */
#include "reread/report_matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum verdict_kind report_matrix_verdict(const struct result *cell)
{
    if (!cell)
        return VERDICT_NONE;
    return cell->kind == VERDICT_NONE ? VERDICT_ERROR : cell->kind;
}

/* ---- targets ---- */

static const char *name_of(const struct run_info *info)
{
    return *info->name ? info->name : "(no name)";
}

/* "name", or "name #2" where an earlier one has that name. */
static char *make_label(const struct past_run *runs, size_t i)
{
    const struct run_info *info = &runs[i].info;
    char *label = NULL, *printable;
    size_t same = 1;

    for (size_t k = 0; k < i; k++)
        same += strcmp(runs[k].info.name, info->name) == 0;
    if (same > 1 ? asprintf(&label, "%s #%zu", name_of(info), same) < 0
                 : asprintf(&label, "%s", name_of(info)) < 0)
        return NULL;
    printable = verdict_text(label, strlen(label));
    free(label);
    return printable;
}

static int make_targets(struct report_matrix *m, const struct past_run *runs,
                        size_t n)
{
    m->targets = calloc(n + 1, sizeof *m->targets);
    if (!m->targets)
        return -1;
    for (; m->ntargets < n; m->ntargets++) {
        struct matrix_target *t = &m->targets[m->ntargets];
        const struct past_run *r = &runs[m->ntargets];

        t->info = &r->info;
        t->results = &r->results;
        t->label = make_label(runs, m->ntargets);
        if (!t->label)
            return -1;
        for (size_t i = 0; i < r->results.n; i++)
            t->counts[report_matrix_verdict(&r->results.list[i])]++;
    }
    return 0;
}

/* ---- rows ---- */

struct entry {
    const struct result *result;
    size_t target;
};

static int by_id(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->result->id, y->result->id);

    return order ? order : (x->target > y->target) - (x->target < y->target);
}

static int by_kind(const void *a, const void *b)
{
    const struct matrix_row *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return strcmp(x->id, y->id);
}

static enum matrix_kind kind_of(const struct result *const *cells, size_t n)
{
    bool same = true, wrong = false;

    for (size_t i = 0; i < n; i++) {
        enum verdict_kind verdict = report_matrix_verdict(cells[i]);

        same &= verdict == report_matrix_verdict(cells[0]);
        wrong |= verdict > VERDICT_SKIP;
    }
    return same ? MATRIX_SAME : wrong ? MATRIX_DIFFERS : MATRIX_SOME;
}

static size_t list_all(const struct past_run *runs, size_t n, struct entry *all)
{
    size_t count = 0;

    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < runs[t].results.n; i++)
            all[count++] = (struct entry){ &runs[t].results.list[i], t };
    qsort(all, count, sizeof *all, by_id);
    return count;
}

static size_t count_ids(const struct entry *all, size_t count)
{
    size_t ids = 0;

    for (size_t i = 0; i < count; i++)
        ids += i == 0 || strcmp(all[i - 1].result->id, all[i].result->id) != 0;
    return ids;
}

static void fill_rows(struct report_matrix *m, const struct entry *all,
                      size_t count)
{
    const struct result **cells = m->cells;
    const char *last = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct result *r = all[i].result;

        if (!last || strcmp(last, r->id) != 0) {
            cells = m->cells + m->nrows * m->ntargets;
            m->rows[m->nrows++] = (struct matrix_row){
                .id = r->id,
                .title = r->title,
                .cells = cells,
            };
        }
        cells[all[i].target] = r;
        last = r->id;
    }
    for (size_t i = 0; i < m->nrows; i++)
        m->rows[i].kind = kind_of(m->cells + i * m->ntargets, m->ntargets);
    qsort(m->rows, m->nrows, sizeof *m->rows, by_kind);
}

static int make_rows(struct report_matrix *m, const struct past_run *runs,
                     size_t n)
{
    struct entry *all;
    size_t count = 0, ids;

    for (size_t i = 0; i < n; i++)
        count += runs[i].results.n;
    all = calloc(count + 1, sizeof *all);
    if (!all)
        return -1;
    count = list_all(runs, n, all);
    ids = count_ids(all, count);
    m->rows = calloc(ids + 1, sizeof *m->rows);
    m->cells = calloc(ids * n + 1, sizeof *m->cells);
    if (m->rows && m->cells)
        fill_rows(m, all, count);
    free(all);
    return m->rows && m->cells ? 0 : -1;
}

int report_matrix_make(struct report_matrix *m, const struct past_run *runs,
                       size_t n)
{
    *m = (struct report_matrix){ .ntargets = 0 };
    if (make_targets(m, runs, n) == 0 && make_rows(m, runs, n) == 0)
        return 0;
    errno = ENOMEM;
    return -1;
}

void report_matrix_free(struct report_matrix *m)
{
    for (size_t i = 0; m->targets && i < m->ntargets; i++)
        free(m->targets[i].label);
    free(m->targets);
    free(m->rows);
    free(m->cells);
    *m = (struct report_matrix){ .ntargets = 0 };
}

size_t report_matrix_family(const struct report_matrix *m, size_t i)
{
    const struct matrix_row *first = &m->rows[i];
    size_t family = strcspn(first->id, "/") + 1, n = 0;

    for (; i < m->nrows && m->rows[i].kind == first->kind &&
           strncmp(m->rows[i].id, first->id, family) == 0;
         i++)
        n++;
    return n;
}
