/* SPDX-License-Identifier: MIT */
/* The command: read all, decide what it comes to, open what is to be written,
   write. Only here are reports and messages opened. */
#include "reread/reread.h"

#include "base/status.h"
#include "linux/signals.h"
#include "report/reports.h"
#include "reread/compare.h"
#include "reread/gather.h"
#include "reread/report_matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What goes to a sink, and is not made by a reporter. */
struct paper {
    const struct report_matrix *matrix;  /* or NULL */
    const struct comparison *comparison; /* or NULL */
};

static int complain(int status, const char *why)
{
    fprintf(stderr, "harness: %s\n", why);
    return signals_come() ? STATUS_SIGNAL + signals_come() : status;
}

/* ---- reading ---- */

static void free_runs(struct past_run *runs, size_t n)
{
    for (size_t i = 0; runs && i < n; i++)
        past_run_free(&runs[i]);
    free(runs);
}

/* Returns 0, or the exit status after a complaint. */
static int read_runs(const struct options *o, struct past_run *runs)
{
    char why[1024];

    for (size_t i = 0; i < o->nselectors; i++)
        if (run_read(&runs[i], o->selectors[i], why, sizeof why) < 0)
            return complain(STATUS_USAGE, why);
    return 0;
}

/* ---- writing ---- */

/* For reports that were written by other means. */
static int flush(struct reporter *r, const struct run_info *info,
                 const struct results *results)
{
    (void)info;
    (void)results;
    return report_flush(r->sink.out);
}

static int write_terminal(struct reporter *r, const struct paper *p)
{
    if (p->matrix)
        report_matrix_terminal(r->sink.out, p->matrix, r->color,
                               r->verbosity > 0);
    else
        comparison_terminal(r->sink.out, p->comparison, r->color);
    r->end = flush;
    return 0;
}

static int write_format(struct reporter *r, enum report_format format,
                        const struct paper *p)
{
    r->end = flush;
    if (format == REPORT_HTML)
        return report_matrix_html(r->sink.out, p->matrix);
    if (p->matrix)
        report_matrix_markdown(r->sink.out, p->matrix);
    else
        comparison_markdown(r->sink.out, p->comparison);
    return 0;
}

/* Reporters stand in the order of the formats, behind the terminal's. */
static int write_paper(struct reports *rs, const struct options *o,
                       const struct paper *p)
{
    size_t place = 1;

    if (rs->list[0].sink.out)
        return write_terminal(&rs->list[0], p);
    for (int f = 0; f < REPORT_FORMATS; f++)
        if (o->reports[f] &&
            write_format(&rs->list[place++], (enum report_format)f, p) < 0)
            return -1;
    return 0;
}

static void write_run(struct reports *rs, const struct past_run *run)
{
    for (size_t i = 0; i < rs->n; i++) {
        struct reporter *r = &rs->list[i];

        if (!r->sink.out)
            continue;
        r->begin(r, &run->info);
        for (size_t k = 0; k < run->results.n; k++)
            r->verdict(r, &run->info, &run->results.list[k]);
    }
}

/* Write one run, or paper if run is NULL. Returns the exit status. */
static int write_all(const struct options *o, const struct past_run *run,
                     const struct paper *p)
{
    static const struct run_info nothing;
    static const struct results none;
    struct reports rs = { .n = 0 };
    char why[1024];
    int status = 0;

    if (reports_open(&rs, o, why, sizeof why) < 0) {
        status = complain(STATUS_USAGE, why);
    } else if (run) {
        write_run(&rs, run);
    } else if (write_paper(&rs, o, p) < 0) {
        status = complain(STATUS_TROUBLE, strerror(errno));
    }
    if (status) {
        reports_discard(&rs);
        return status;
    }
    if (reports_end(&rs, run ? &run->info : &nothing,
                    run ? &run->results : &none) < 0)
        status =
            errno == EINTR ? STATUS_SIGNAL + signals_come() : STATUS_TROUBLE;
    if (sink_commit(&rs.messages) < 0 && status == 0)
        status = STATUS_TROUBLE;
    return status;
}

/* ---- what it comes to ---- */

static int matrix(const struct options *o, const struct past_run *runs,
                  size_t n)
{
    static const enum report_format alone[] = { REPORT_TAP, REPORT_JUNIT,
                                                REPORT_JSON };
    struct report_matrix m;
    struct paper p = { .matrix = &m };
    char why[128];
    int status;

    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        if (o->reports[alone[i]]) {
            (void)snprintf(why, sizeof why,
                           "%zu targets make a matrix: --markdown, --html or "
                           "the terminal show it",
                           n);
            return complain(STATUS_USAGE, why);
        }
    status = report_matrix_make(&m, runs, n) < 0
                 ? complain(STATUS_TROUBLE, strerror(errno))
                 : write_all(o, NULL, &p);
    report_matrix_free(&m);
    return status;
}

static int compare(const struct options *o, const struct past_run *runs)
{
    struct comparison c;
    struct paper p = { .comparison = &c };
    int status;

    if (runs[0].info.mode != runs[1].info.mode)
        return complain(STATUS_USAGE,
                        "--compare: one is of stress, the other of conform");
    if (strcmp(runs[0].info.role, runs[1].info.role) != 0)
        return complain(STATUS_USAGE,
                        "--compare: one is of a server, the other of a client");
    if (strcmp(runs[0].info.name, runs[1].info.name) != 0)
        fprintf(stderr, "harness: --compare: two targets, %s and %s\n",
                runs[0].info.name, runs[1].info.name);
    status = compare_runs(&c, &runs[0], &runs[1]) < 0
                 ? complain(STATUS_TROUBLE, strerror(errno))
                 : write_all(o, NULL, &p);
    if (status == 0 && c.counts[CHANGE_WORSE])
        status = STATUS_FAILED;
    comparison_free(&c);
    return status;
}

static int merge_and_write(const struct options *o, struct past_run *runs)
{
    char why[1024];
    size_t n = gather(runs, o->nselectors, stderr, why, sizeof why);

    if (n == 0)
        return complain(STATUS_TROUBLE, why);
    return n == 1 ? write_all(o, runs, NULL) : matrix(o, runs, n);
}

int reread(const struct options *o)
{
    struct past_run *runs = calloc(o->nselectors, sizeof *runs);
    int status;

    if (!runs || signals_catch() < 0) {
        free(runs);
        return complain(STATUS_TROUBLE, strerror(errno));
    }
    status = read_runs(o, runs);
    if (status == 0)
        status = o->compare ? compare(o, runs) : merge_and_write(o, runs);
    free_runs(runs, o->nselectors);
    return status;
}
