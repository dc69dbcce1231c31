/* SPDX-License-Identifier: MIT */
/* For people: a line for each case as it ends, the evidence below what went
   wrong; then what was skipped, a line for each reason, the figures of the
   crowd, the likely causes, and the sums as the last line. */
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define INDENT "      "

static const char *color_of(const struct result *result)
{
    static const char *const colors[] = {
        [OUTCOME_PASS] = "32",    [OUTCOME_FAIL] = "1;31",
        [OUTCOME_WARN] = "33",    [OUTCOME_SKIP] = "36",
        [OUTCOME_ERROR] = "1;35", [OUTCOME_EXPECTED] = "32",
        [OUTCOME_STALE] = "1;31",
    };

    return colors[result_outcome(result)];
}

static const char *word_of(const struct result *result)
{
    static const char *const words[] = {
        [OUTCOME_PASS] = "pass",   [OUTCOME_FAIL] = "fail",
        [OUTCOME_WARN] = "warn",   [OUTCOME_SKIP] = "skip",
        [OUTCOME_ERROR] = "error", [OUTCOME_EXPECTED] = "pass",
        [OUTCOME_STALE] = "stale",
    };

    return words[result_outcome(result)];
}

/* A string of unknown origin. */
static void put_text(FILE *out, const char *raw)
{
    char *text = verdict_text(raw, strlen(raw));

    (void)fputs(text ? text : "", out);
    free(text);
}

static void put_address(FILE *out, const struct run_info *info)
{
    bool v6 = strchr(info->address, ':') != NULL;

    if (info->address[0])
        fprintf(out, "  at %s%s%s", v6 ? "[" : "", info->address,
                v6 ? "]" : "");
    if (info->address[0] && info->port)
        fprintf(out, ":%d", info->port);
}

static void terminal_begin(struct reporter *r, const struct run_info *info)
{
    FILE *out = r->sink.out;

    if (r->verbosity < 0)
        return;
    fprintf(out, "%s  %s ", info->mode == MODE_STRESS ? "stress" : "conform",
            info->role);
    put_text(out, info->name);
    put_address(out, info);
    fprintf(out, "  seed %" PRIu64 "\n", info->seed);
    (void)fflush(out); /* end asks ferror */
}

/* "pass  echo/one-byte  one byte comes back": without its newline. */
static void put_line(const struct reporter *r, const struct result *result)
{
    FILE *out = r->sink.out;

    if (r->color)
        fprintf(out, "\033[%sm%-5s\033[0m %s  ", color_of(result),
                word_of(result), result->id);
    else
        fprintf(out, "%-5s %s  ", word_of(result), result->id);
}

static void put_level(FILE *out, const struct result *result)
{
    fprintf(out, INDENT "%s, ", level_name(result->level));
    put_text(out, result->sources ? result->sources : "");
    (void)fputc('\n', out);
}

/* "mistake:  text", as explain has it. */
static void put_advice(FILE *out, const char *label, const char *raw)
{
    if (!raw)
        return;
    fprintf(out, INDENT "%-10s", label);
    put_text(out, raw);
    (void)fputc('\n', out);
}

static void put_notable(const struct reporter *r, const struct run_info *info,
                        const struct result *result)
{
    put_line(r, result);
    put_text(r->sink.out, result->title);
    (void)fputc('\n', r->sink.out);
    put_level(r->sink.out, result);
    report_evidence(r->sink.out, INDENT, info, result);
    if (r->verbosity <= 0)
        return;
    put_advice(r->sink.out, "mistake:", result->mistake);
    put_advice(r->sink.out, "mend:", result->mend);
}

static void put_quiet_outcome(const struct reporter *r,
                              const struct result *result)
{
    bool expected = result_outcome(result) == OUTCOME_EXPECTED;
    FILE *out = r->sink.out;
    char took[32];

    put_line(r, result);
    if (expected)
        (void)fputs("fails as expected: ", out);
    put_text(out, result->reason ? result->reason : result->title);
    if (r->verbosity > 0)
        fprintf(out, "  (%s",
                report_duration(result->seconds, took, sizeof took));
    if (r->verbosity > 0 && result->server)
        fprintf(out, ", on server %d", result->server);
    if (r->verbosity > 0)
        (void)fputc(')', out);
    (void)fputc('\n', out);
}

static void terminal_verdict(struct reporter *r, const struct run_info *info,
                             const struct result *result)
{
    r->count++;
    if (result_notable(result))
        put_notable(r, info, result);
    else if (!info->never_up &&
             (r->verbosity > 0 ||
              (r->verbosity == 0 && result_outcome(result) != OUTCOME_SKIP)))
        put_quiet_outcome(r, result);
    (void)fflush(r->sink.out); /* end asks ferror */
}

/* ---- what was skipped ---- */

static const char *why(const struct result *result)
{
    return result->reason ? result->reason : result->title;
}

static bool is_alike(const struct result *a, const struct result *b)
{
    return result_outcome(b) == OUTCOME_SKIP && strcmp(why(a), why(b)) == 0;
}

static size_t family_length(const struct result *result)
{
    return strcspn(result->id, "/") + 1;
}

/* From the i-th on, those of its family that were skipped for its reason; the
   first of them stands there. Returns how many. */
static size_t count_family(const struct results *rs, size_t i)
{
    const struct result *first = &rs->list[i];
    size_t n = 0;

    for (; i < rs->n; i++)
        n += is_alike(first, &rs->list[i]) &&
             strncmp(rs->list[i].id, first->id, family_length(first)) == 0;
    return n;
}

/* True if no one before the i-th was skipped for its reason, in its family. */
static bool is_first(const struct results *rs, size_t i, bool of_family)
{
    const struct result *it = &rs->list[i];

    for (size_t k = 0; k < i; k++)
        if (is_alike(it, &rs->list[k]) &&
            (!of_family ||
             strncmp(rs->list[k].id, it->id, family_length(it)) == 0))
            return false;
    return true;
}

/* "echo/bulk, 17 of daemon/": those that were skipped for one reason. */
static void put_alike(FILE *out, const struct results *rs, size_t i)
{
    const struct result *first = &rs->list[i];
    const char *between = "";

    for (; i < rs->n; i++) {
        const struct result *it = &rs->list[i];
        size_t n;

        if (!is_alike(first, it) || !is_first(rs, i, true))
            continue;
        n = count_family(rs, i);
        if (n == 1)
            fprintf(out, "%s%s", between, it->id);
        else
            fprintf(out, "%s%zu of %.*s", between, n, (int)family_length(it),
                    it->id);
        between = ", ";
    }
}

static void put_skipped(const struct reporter *r, const struct results *rs)
{
    FILE *out = r->sink.out;

    for (size_t i = 0; i < rs->n; i++) {
        const struct result *it = &rs->list[i];

        if (result_outcome(it) != OUTCOME_SKIP || !is_first(rs, i, false))
            continue;
        if (r->color)
            fprintf(out, "\033[%smskip\033[0m  ", color_of(it));
        else
            (void)fputs("skip  ", out);
        put_alike(out, rs, i);
        (void)fputs("  ", out);
        put_text(out, why(it));
        (void)fputc('\n', out);
    }
}

/* Only where something went wrong: a right server may say what it likes. */
static void put_guess(FILE *out, const struct run_info *info,
                      const struct results *rs)
{
    if (info->speaks[0] && results_summary(rs).fail > 0)
        fprintf(out, "hint: it seems to speak %s: --protocol %s\n",
                info->speaks, info->speaks);
}

static int terminal_end(struct reporter *r, const struct run_info *info,
                        const struct results *results)
{
    FILE *out = r->sink.out;
    char line[160];

    if (r->verbosity == 0 && !info->never_up)
        put_skipped(r, results);
    if (info->mode == MODE_STRESS && r->verbosity >= 0 && !info->never_up)
        report_crowd(out, info);
    report_causes(out, "", results);
    put_guess(out, info, results);
    if (r->github)
        report_github(out, info, results);
    report_warnings(out, info, results);
    results_line(results, info->strict, line, sizeof line);
    fprintf(out, "%s\n", line);
    return report_flush(out);
}

void report_terminal(struct reporter *r)
{
    r->count = 0;
    r->begin = terminal_begin;
    r->verdict = terminal_verdict;
    r->end = terminal_end;
}
