/* SPDX-License-Identifier: MIT */
/* The evidence of one result as plain text, for a terminal and for JUnit. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#define COLUMN 10       /* the width of "expected: " and its like */

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

static const char *string_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void put_difference(FILE *out, const char *indent,
                           const json_t *difference)
{
    if (!json_is_object(difference))
        return;
    fprintf(out, "%sfirst difference at byte %" JSON_INTEGER_FORMAT
            " (of %" JSON_INTEGER_FORMAT " expected, %" JSON_INTEGER_FORMAT
            " observed)\n", indent,
            json_integer_value(json_object_get(difference, "offset")),
            json_integer_value(json_object_get(difference, "expected_bytes")),
            json_integer_value(json_object_get(difference, "observed_bytes")));
    put(out, indent, "expected", string_of(difference, "expected"));
    put(out, indent, "observed", string_of(difference, "observed"));
}

static void put_facts(FILE *out, const char *indent, const json_t *facts)
{
    const char *label = "facts";
    json_t *fact;
    size_t i;

    json_array_foreach(facts, i, fact) {
        put(out, indent, label, json_string_value(fact));
        label = "";
    }
}

static void put_figures(FILE *out, const char *indent, json_t *evidence)
{
    const char *name;
    json_t *value;

    json_object_foreach(evidence, name, value) {
        char *figure, *label;

        if (!report_is_figure(name))
            continue;
        figure = report_figure(value);
        label = verdict_text(name, strlen(name));
        if (figure && label)
            fprintf(out, "%s%s: %s\n", indent, label, figure);
        free(label);
        free(figure);
    }
}

void report_evidence(FILE *out, const char *indent,
                     const struct run_info *info, const struct result *result)
{
    char *reason = report_reason(result);
    char *replay = report_replay(info, result);

    put(out, indent, "reason", reason);
    put(out, indent, "expected", string_of(result->evidence, "expected"));
    put(out, indent, "observed", string_of(result->evidence, "observed"));
    put_difference(out, indent,
                   json_object_get(result->evidence, "difference"));
    put_facts(out, indent, json_object_get(result->evidence, "facts"));
    put_figures(out, indent, result->evidence);
    put(out, indent, "replay", replay);
    free(replay);
    free(reason);
}
