/* SPDX-License-Identifier: MIT */
/* Commands that a runner of GitHub reads from the output of a step, and shows
   beside the run: an error or a warning for each case that is one. What they
   may hold is escaped as its toolkit does it (@actions/core, command.ts). */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

/* In a property : and , end it. */
static void put_escaped(FILE *out, const char *text, const char *also)
{
    for (; *text; text++)
        if (strchr("%\r\n", *text) || strchr(also, *text))
            fprintf(out, "%%%02X", (unsigned char)*text);
        else
            (void)fputc(*text, out);
}

/* title and message are printable lines. */
static void put_command(FILE *out, const char *command, const char *title,
                        const char *message)
{
    fprintf(out, "::%s title=", command);
    put_escaped(out, title, ":,");
    (void)fputs("::", out);
    put_escaped(out, message, "");
    (void)fputc('\n', out);
}

static void put_result(FILE *out, const char *command,
                       const struct run_info *info, const struct result *result)
{
    char *raw = NULL, *title = NULL, *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    if (!to)
        return;
    fprintf(to, "%s, %s\n", level_name(result->level),
            result->sources ? result->sources : "");
    report_evidence(to, "", info, result);
    if (fclose(to) == 0 &&
        asprintf(&raw, "%s: %s", result->id, result->title) >= 0)
        title = verdict_text(raw, strlen(raw));
    if (title)
        put_command(out, command, title, text);
    free(title);
    free(raw);
    free(text);
}

static const char *command_of(const struct run_info *info,
                              const struct result *result)
{
    switch (result_outcome(result)) {
    case OUTCOME_FAIL:
    case OUTCOME_STALE:
    case OUTCOME_ERROR:
        return "error";
    case OUTCOME_WARN:
        return info->strict ? "error" : "warning";
    case OUTCOME_PASS:
    case OUTCOME_SKIP:
    case OUTCOME_EXPECTED:
        break;
    }
    return NULL;
}

void report_github(FILE *out, const struct run_info *info,
                   const struct results *rs)
{
    char *reason = rs->n ? report_reason(&rs->list[0]) : NULL;

    if (info->never_up && reason)
        put_command(out, "error", info->name, reason);
    for (size_t i = 0; i < rs->n; i++) {
        const char *command = command_of(info, &rs->list[i]);

        if (command)
            put_result(out, command, info, &rs->list[i]);
    }
    free(reason);
}
