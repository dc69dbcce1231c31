/* SPDX-License-Identifier: MIT */
/* One run as Markdown, for a summary of a CI job or a bug report: what went
   wrong open, everything else folded. Written as a whole at the end, since the
   sums stand at the top. */
#include "report/report.h"

#include "report/markdown.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const outcome_words[] = {
    [OUTCOME_PASS] = "pass",   [OUTCOME_FAIL] = "fail",
    [OUTCOME_WARN] = "warn",   [OUTCOME_SKIP] = "skip",
    [OUTCOME_ERROR] = "error", [OUTCOME_EXPECTED] = "expected",
    [OUTCOME_STALE] = "stale",
};

static void put_target(FILE *out, const struct run_info *info)
{
    char *command = info->command ? report_command(info->command) : NULL;
    char started[40], wall[32];

    fprintf(out, "%s of %s ", info->mode == MODE_STRESS ? "stress" : "conform",
            info->role);
    if (command)
        markdown_code(out, command);
    else
        markdown_text(out, info->address);
    fprintf(out, ", protocol ");
    markdown_text(out, info->protocol);
    fprintf(out, ", seed %" PRIu64 ", began %s, took %s, harness ", info->seed,
            report_moment(&info->started_at, started, sizeof started),
            report_duration(info->wall_seconds, wall, sizeof wall));
    markdown_text(out, info->version);
    (void)fputs(info->strict ? ", --strict\n" : "\n", out);
    free(command);
}

/* ---- what went wrong ---- */

static void put_evidence(FILE *out, const struct run_info *info,
                         const struct result *result)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);

    if (!memory)
        return;
    report_evidence(memory, "", info, result);
    if (fclose(memory) == 0)
        markdown_block(out, text);
    free(text);
}

static void put_notable(FILE *out, const struct run_info *info,
                        const struct result *result)
{
    fprintf(out, "\n### %s: ", outcome_words[result_outcome(result)]);
    markdown_code(out, result->id);
    (void)fputs("\n\n", out);
    markdown_text(out, result->title);
    fprintf(out, " (%s, ", level_name(result->level));
    markdown_text(out, result->sources ? result->sources : "");
    (void)fputs(")\n\n", out);
    put_evidence(out, info, result);
}

static void put_wrong(FILE *out, const struct run_info *info,
                      const struct results *rs)
{
    bool any = false;

    for (size_t i = 0; i < rs->n; i++) {
        if (!result_notable(&rs->list[i]))
            continue;
        if (!any)
            (void)fputs("\n## What went wrong\n", out);
        any = true;
        put_notable(out, info, &rs->list[i]);
    }
}

static void put_causes(FILE *out, const struct results *rs)
{
    if (rs->ncauses)
        (void)fputs("\n## Likely causes\n\n", out);
    for (size_t i = 0; i < rs->ncauses; i++) {
        const struct likely_cause *c = &rs->causes[i];

        (void)fputs("- ", out);
        markdown_text(out, c->cause);
        for (size_t k = 0; k < c->ncases; k++) {
            (void)fputs(k ? ", " : ": ", out);
            markdown_code(out, c->cases[k]);
            if (strcmp(c->cases[k], c->look_first) == 0)
                (void)fputs(" (look first)", out);
        }
        (void)fputc('\n', out);
    }
}

static void put_crowd(FILE *out, const struct run_info *info)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);

    if (!memory)
        return;
    report_crowd(memory, info);
    if (fclose(memory) == 0) {
        (void)fputs("\n## Load and audit\n\n", out);
        markdown_block(out, text);
    }
    free(text);
}

/* ---- the others, folded ---- */

static size_t count(const struct results *rs, enum outcome outcome)
{
    size_t n = 0;

    for (size_t i = 0; i < rs->n; i++)
        n += result_outcome(&rs->list[i]) == outcome;
    return n;
}

static void put_row(FILE *out, const struct result *result)
{
    bool pass = result_outcome(result) == OUTCOME_PASS;
    char *reason = report_reason(result);

    (void)fputs("| ", out);
    markdown_text(out, result->id);
    (void)fputs(" | ", out);
    markdown_text(out, pass || !reason ? result->title : reason);
    (void)fputs(" |\n", out);
    free(reason);
}

static void put_folded(FILE *out, const struct results *rs,
                       enum outcome outcome, const char *head)
{
    size_t n = count(rs, outcome);

    if (n == 0)
        return;
    fprintf(out, "\n<details>\n<summary>%zu %s</summary>\n\n", n,
            outcome_words[outcome]);
    fprintf(out, "| case | %s |\n|---|---|\n", head);
    for (size_t i = 0; i < rs->n; i++)
        if (result_outcome(&rs->list[i]) == outcome)
            put_row(out, &rs->list[i]);
    (void)fputs("\n</details>\n", out);
}

static int markdown_end(struct reporter *r, const struct run_info *info,
                        const struct results *results)
{
    FILE *out = r->sink.out;
    char line[160];

    results_line(results, info->strict, line, sizeof line);
    (void)fputs("# ", out);
    markdown_text(out, info->name);
    fprintf(out, ": %s\n\n", line);
    put_target(out, info);
    put_wrong(out, info, results);
    put_causes(out, results);
    if (info->mode == MODE_STRESS)
        put_crowd(out, info);
    put_folded(out, results, OUTCOME_EXPECTED, "why it fails, as expected");
    put_folded(out, results, OUTCOME_SKIP, "why it was skipped");
    put_folded(out, results, OUTCOME_PASS, "requirement");
    return report_flush(out);
}

void report_markdown(struct reporter *r)
{
    report_at_end(r, markdown_end);
}
