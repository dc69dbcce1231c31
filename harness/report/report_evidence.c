/* SPDX-License-Identifier: MIT */
/* The evidence of one result as plain text, for a terminal and for JUnit. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#define COLUMN 10 /* the width of "expected: " and its like */

/* "label:    first line", the lines after it below the first. Nothing where
   there is no text. */
static void put(FILE *out, const char *indent, const char *label,
                const char *raw)
{
    char *text = verdict_lines(raw);
    const char *line = text;

    while (line && *line) {
        size_t n = strcspn(line, "\n");
        char head[40];

        (void)snprintf(head, sizeof head, "%s%s", label, *label ? ":" : "");
        fprintf(out, "%s%-*s%.*s\n", indent, COLUMN, head, (int)n, line);
        line += n + (line[n] == '\n');
        label = "";
    }
    free(text);
}

static void put_difference(FILE *out, const char *indent,
                           const struct difference *d)
{
    if (!d)
        return;
    fprintf(out,
            "%sfirst difference at byte %zu (of %zu expected, %zu "
            "observed)\n",
            indent, d->offset, d->expected_bytes, d->observed_bytes);
    if (d->base)
        fprintf(out, "%soffsets count from byte %zu of the stream\n", indent,
                d->base);
    put(out, indent, "expected", d->expected);
    put(out, indent, "observed", d->observed);
}

static void put_figure(FILE *out, const char *indent,
                       const struct figure *figure)
{
    char *value = report_figure(figure);
    char *label = verdict_text(figure->name, strlen(figure->name));

    if (value && label)
        fprintf(out, "%s%s: %s\n", indent, label, value);
    free(label);
    free(value);
}

void report_evidence(FILE *out, const char *indent, const struct run_info *info,
                     const struct result *result)
{
    const struct evidence *e = &result->evidence;
    char *reason = report_reason(result);
    char *replay = report_replay(info, result);

    put(out, indent, "reason", reason);
    put(out, indent, "expected", e->expected);
    put(out, indent, "observed", e->observed);
    put_difference(out, indent, e->difference);
    for (size_t i = 0; i < e->nfacts; i++)
        put(out, indent, i == 0 ? "facts" : "", e->facts[i]);
    for (size_t i = 0; i < e->nfigures; i++)
        put_figure(out, indent, &e->figures[i]);
    put(out, indent, "replay", replay);
    free(replay);
    free(reason);
}
