/* SPDX-License-Identifier: MIT */
/* The page of one run: first what failed and why that may be, then each failure
   with what was seen, the load, every case, and last, folded away, how it was
   run. It is written at the end, since the sums stand at the top. */
#include "html/html.h"

#include "html/html_page.h"
#include "html/html_parts.h"
#include "report/report.h"

#include <stdlib.h>

static const char *mode_of(const struct run_info *info)
{
    return info->mode == MODE_STRESS ? "stress" : "conform";
}

static void put_header(xmlTextWriterPtr w, const struct run_info *info,
                       const struct results *rs, const char *line)
{
    char took[32];

    markup_start(w, "header");
    markup_element(w, "h1", NULL, info->name);
    markup_start(w, "p");
    markup_attribute(w, "class", "sums");
    html_badge(w, html_worst(rs, info->strict));
    markup_element(w, "span", NULL, line);
    markup_start(w, "span");
    markup_attribute(w, "class", "quiet");
    markup_textf(w, "%s of a %s in %s", mode_of(info), info->role,
                 report_duration(info->wall_seconds, took, sizeof took));
    markup_end(w);
    markup_end(w);
    markup_end(w);
}

static void put_page(xmlTextWriterPtr w, const struct run_info *info,
                     const struct results *rs, const char *line)
{
    put_header(w, info, rs, line);
    html_filter(w, rs);
    markup_start(w, "main");
    html_failed(w, info, rs);
    html_failures(w, info, rs);
    if (info->mode == MODE_STRESS && !info->never_up)
        html_load(w, info);
    html_cases(w, rs);
    html_run(w, info);
    markup_end(w);
}

int html_write(FILE *out, const struct run_info *info, const struct results *rs)
{
    struct markup m;
    char line[160], *title = NULL;
    int rc;

    results_line(rs, info->strict, line, sizeof line);
    if (asprintf(&title, "%s: %s: %s", html_word(html_worst(rs, info->strict)),
                 info->name, line) < 0)
        return -1;
    rc = html_begin(&m, title);
    free(title);
    if (rc != 0)
        return -1;
    put_page(m.w, info, rs, line);
    return html_end(&m, out) == 0 ? report_flush(out) : -1;
}

static int end(struct reporter *r, const struct run_info *info,
               const struct results *rs)
{
    return html_write(r->sink.out, info, rs);
}

void report_html(struct reporter *r)
{
    report_at_end(r, end);
}
