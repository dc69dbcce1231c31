/* SPDX-License-Identifier: MIT */
/* TAP version 13, written as the cases end. The plan stands at the end, since
   at the start the number of cases is not known. Strings in the YAML are JSON
   strings, which YAML takes as they are. */
#include "report/report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void tap_begin(struct reporter *r, const struct run_info *info)
{
    fprintf(r->sink.out, "TAP version 13\n# harness %s, seed %llu\n",
            info->version, (unsigned long long)info->seed);
    (void)fflush(r->sink.out); /* end asks ferror */
}

/* "#" begins a directive, "\" takes its meaning away. */
static void put_description(FILE *out, const char *text)
{
    for (; text && *text; text++) {
        if (*text == '#' || *text == '\\')
            (void)fputc('\\', out);
        (void)fputc(*text, out);
    }
}

/* key, then raw as a JSON string; with hide its first colon is escaped. */
static void put_escaped(FILE *out, const char *key, const char *raw, bool hide)
{
    char *text = verdict_text(raw, strlen(raw));

    fprintf(out, "%s\"", key);
    for (const char *s = text; s && *s; s++) {
        if (*s == ':' && hide) {
            (void)fputs("\\x3a", out);
            hide = false;
            continue;
        }
        if (*s == '"' || *s == '\\')
            (void)fputc('\\', out);
        (void)fputc(*s, out);
    }
    (void)fputs("\"\n", out);
    free(text);
}

static void put_string(FILE *out, const char *key, const char *raw)
{
    put_escaped(out, key, raw, false);
}

/* An element of a list. TAP::Parser (prove) takes an element for a map if its
   first word ends with a colon, even in quotes. */
static void put_item(FILE *out, const char *dash, const char *raw)
{
    put_escaped(out, dash, raw, true);
}

/* A list with an element for each line of a text. */
static void put_lines(FILE *out, const char *key, const char *text)
{
    fprintf(out, "%s%s\n", key, text && *text ? "" : " []");
    while (text && *text) {
        size_t n = strcspn(text, "\n");
        char *line = strndup(text, n);

        put_item(out, "      - ", line ? line : "");
        free(line);
        text += n + (text[n] == '\n');
    }
}

static void put_difference(FILE *out, const struct difference *d)
{
    if (!d)
        return;
    (void)fputs("  difference:\n", out);
    if (d->base)
        fprintf(out, "    base: %zu\n", d->base);
    fprintf(out, "    offset: %zu\n", d->offset);
    fprintf(out, "    expected_bytes: %zu\n", d->expected_bytes);
    fprintf(out, "    observed_bytes: %zu\n", d->observed_bytes);
    put_lines(out, "    expected:", d->expected);
    put_lines(out, "    observed:", d->observed);
}

static void put_facts(FILE *out, const struct evidence *e)
{
    if (e->nfacts > 0)
        (void)fputs("  facts:\n", out);
    for (size_t i = 0; i < e->nfacts; i++)
        put_item(out, "    - ", e->facts[i]);
}

/* A name of the case's own as a key that needs no quotes. */
static void put_key(FILE *out, const char *name)
{
    (void)fputs("    ", out);
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;

        (void)fputc(c < 0x80 && (isalnum(c) || c == '-') ? c : '_', out);
    }
}

static void put_figures(FILE *out, const struct evidence *e)
{
    if (e->nfigures > 0)
        (void)fputs("  figures:\n", out);
    for (size_t i = 0; i < e->nfigures; i++) {
        const struct figure *figure = &e->figures[i];
        char *value = report_figure(figure);

        put_key(out, figure->name);
        if (figure->other)
            put_string(out, ": ", value ? value : "");
        else
            fprintf(out, ": %s\n", value ? value : "null");
        free(value);
    }
}

static void put_optional(FILE *out, const char *key, const char *text)
{
    if (text)
        put_string(out, key, text);
}

static void put_yaml(FILE *out, const struct run_info *info,
                     const struct result *result, const char *reason)
{
    const struct evidence *e = &result->evidence;
    char *replay = report_replay(info, result);

    (void)fputs("  ---\n", out);
    put_string(out, "  message: ", reason);
    put_string(out, "  title: ", result->title);
    put_string(out, "  level: ", level_name(result->level));
    put_string(out, "  source: ", result->sources ? result->sources : "");
    fprintf(out, "  seconds: %.6f\n", result->seconds);
    put_optional(out, "  expected: ", e->expected);
    put_optional(out, "  observed: ", e->observed);
    put_difference(out, e->difference);
    put_facts(out, e);
    put_figures(out, e);
    put_optional(out, "  replay: ", replay);
    (void)fputs("  ...\n", out);
    free(replay);
}

/* What stands after the id; NULL: nothing. */
static const char *directive_of(enum outcome outcome)
{
    static const char *const directives[] = {
        [OUTCOME_WARN] = "warn: ",   [OUTCOME_SKIP] = "SKIP ",
        [OUTCOME_ERROR] = "error: ", [OUTCOME_EXPECTED] = "TODO expected",
        [OUTCOME_STALE] = "",
    };

    return directives[outcome];
}

static void tap_verdict(struct reporter *r, const struct run_info *info,
                        const struct result *result)
{
    enum outcome outcome = result_outcome(result);
    bool bad = result_failed(result, info->strict) || outcome == OUTCOME_ERROR;
    bool ok = !bad && outcome != OUTCOME_EXPECTED;
    char *reason = report_reason(result);
    FILE *out = r->sink.out;

    fprintf(out, "%s %ld - ", ok ? "ok" : "not ok", ++r->count);
    put_description(out, result->id);
    if (outcome != OUTCOME_PASS && outcome != OUTCOME_FAIL) {
        fprintf(out, " # %s", directive_of(outcome));
        if (outcome != OUTCOME_EXPECTED)
            put_description(out, reason);
    }
    (void)fputc('\n', out);
    if (!ok)
        put_yaml(out, info, result, reason ? reason : "");
    (void)fflush(out); /* end asks ferror */
    free(reason);
}

static int tap_end(struct reporter *r, const struct run_info *info,
                   const struct results *results)
{
    struct summary sum = results_summary(results);

    (void)info;
    report_causes(r->sink.out, "# ", results);
    fprintf(r->sink.out, "1..%ld\n", r->count);
    if (r->count == sum.skip) /* a plan of skips alone counts as success */
        (void)fputs("Bail out!  No case was judged\n", r->sink.out);
    return report_flush(r->sink.out);
}

void report_tap(struct reporter *r)
{
    r->count = 0;
    r->begin = tap_begin;
    r->verdict = tap_verdict;
    r->end = tap_end;
}
