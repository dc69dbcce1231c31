/* SPDX-License-Identifier: MIT */
/* One page that needs no other file: what the target is, a table by family,
   every case, and below each failure what was seen. Written at the end, since
   the sums stand at the top. */
#include "report/report.h"

#include "html/html_style.h"
#include "report/markup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const outcome_words[] = {
    [OUTCOME_PASS] = "pass",   [OUTCOME_FAIL] = "fail",
    [OUTCOME_WARN] = "warn",   [OUTCOME_SKIP] = "skip",
    [OUTCOME_ERROR] = "error", [OUTCOME_EXPECTED] = "expected",
    [OUTCOME_STALE] = "stale",
};

#define OUTCOMES (sizeof outcome_words / sizeof *outcome_words)

static void put_badge(xmlTextWriterPtr w, const char *word)
{
    char class[32];

    (void)snprintf(class, sizeof class, "badge %s", word);
    markup_element(w, "span", class, word);
}

static void put_pair(xmlTextWriterPtr w, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    markup_element(w, "dt", NULL, name);
    markup_element(w, "dd", NULL, value);
}

static void put_code(xmlTextWriterPtr w, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    markup_element(w, "dt", NULL, name);
    markup_start(w, "dd");
    markup_element(w, "code", NULL, value);
    markup_end(w);
}

/* What was run, and how. */
static void put_target(xmlTextWriterPtr w, const struct run_info *info)
{
    char *command = info->command ? report_command(info->command) : NULL;
    char started[40], seed[24], wall[32], port[16] = "";

    report_moment(&info->started_at, started, sizeof started);
    report_duration(info->wall_seconds, wall, sizeof wall);
    (void)snprintf(seed, sizeof seed, "%" PRIu64, info->seed);
    if (info->port)
        (void)snprintf(port, sizeof port, "%d", info->port);
    markup_start(w, "dl");
    put_code(w, "Command", command);
    put_pair(w, "Role", info->role);
    put_pair(w, "Mode", info->mode == MODE_STRESS ? "stress" : "conform");
    put_pair(w, "Address", info->address);
    put_pair(w, "Port", port);
    put_pair(w, "Starts", info->starts);
    put_pair(w, "Model", info->model);
    put_pair(w, "Isolated", info->isolated ? "yes" : "no");
    put_pair(w, "Valgrind", info->valgrind ? "yes" : "no");
    put_pair(w, "Strict", info->strict ? "yes" : "no");
    put_pair(w, "Seed", seed);
    put_pair(w, "Started", started);
    put_pair(w, "Took", wall);
    put_pair(w, "Harness", info->version);
    markup_end(w);
    free(command);
}

/* True where an earlier result has the family of the i-th. */
static bool is_known_family(const struct results *results, size_t i)
{
    const char *id = results->list[i].id;
    size_t n = strcspn(id, "/") + 1;

    for (size_t k = 0; k < i; k++)
        if (strncmp(results->list[k].id, id, n) == 0)
            return true;
    return false;
}

static bool is_of_family(const struct result *result, const char *family)
{
    size_t n = strlen(family);

    return strncmp(result->id, family, n) == 0 &&
           (result->id[n] == '/' || result->id[n] == '\0');
}

static void put_family_row(xmlTextWriterPtr w, const struct results *results,
                           const char *family)
{
    long counts[OUTCOMES] = { 0 };

    for (size_t i = 0; i < results->n; i++)
        if (is_of_family(&results->list[i], family))
            counts[result_outcome(&results->list[i])]++;
    markup_start(w, "tr");
    markup_start(w, "td");
    markup_start(w, "a");
    markup_attributef(w, "href", "#%s", family);
    markup_textf(w, "%s/", family);
    markup_end(w);
    markup_end(w);
    for (size_t i = 0; i < OUTCOMES; i++) {
        markup_start(w, "td");
        markup_attribute(w, "class", counts[i] ? "number" : "number zero");
        markup_textf(w, "%ld", counts[i]);
        markup_end(w);
    }
    markup_end(w);
}

static void put_families(xmlTextWriterPtr w, const struct results *results)
{
    char family[64];

    markup_start(w, "table");
    markup_attribute(w, "class", "narrow");
    markup_start(w, "thead");
    markup_start(w, "tr");
    markup_element(w, "th", NULL, "Family");
    for (size_t i = 0; i < OUTCOMES; i++)
        markup_element(w, "th", "number", outcome_words[i]);
    markup_end(w);
    markup_end(w);
    markup_start(w, "tbody");
    for (size_t i = 0; i < results->n; i++)
        if (!is_known_family(results, i))
            put_family_row(
                w, results,
                report_family(results->list[i].id, family, sizeof family));
    markup_end(w);
    markup_end(w);
}

/* What was seen, as the terminal shows it; open where something is wrong. */
static void put_evidence(xmlTextWriterPtr w, const struct run_info *info,
                         const struct result *result)
{
    char *reason = report_reason(result);
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out) {
        report_evidence(out, "", info, result);
        (void)fclose(out); /* NULL text where it failed */
    }
    markup_start(w, "tr");
    markup_attribute(w, "class", "seen");
    markup_start(w, "td");
    markup_attribute(w, "colspan", "5");
    markup_start(w, "details");
    if (result_notable(result))
        markup_attribute(w, "open", "");
    markup_element(w, "summary", NULL, reason);
    markup_element(w, "pre", NULL, text);
    markup_end(w);
    markup_end(w);
    markup_end(w);
    free(text);
    free(reason);
}

static void put_case(xmlTextWriterPtr w, const struct run_info *info,
                     const struct result *result)
{
    enum outcome outcome = result_outcome(result);
    char took[32];

    markup_start(w, "tr");
    markup_attribute(w, "id", result->id);
    markup_start(w, "td");
    put_badge(w, outcome_words[outcome]);
    markup_end(w);
    markup_start(w, "td");
    markup_element(w, "code", NULL, result->id);
    markup_end(w);
    markup_start(w, "td");
    markup_text(w, result->title);
    if (result->reason && (outcome == OUTCOME_SKIP || outcome == OUTCOME_PASS))
        markup_element(w, "div", "reason", result->reason);
    markup_end(w);
    markup_start(w, "td");
    markup_attribute(w, "class", "small");
    markup_textf(w, "%s, %s", level_name(result->level),
                 result->sources ? result->sources : "");
    markup_end(w);
    markup_element(w, "td", "number",
                   report_duration(result->seconds, took, sizeof took));
    markup_end(w);
    if (outcome != OUTCOME_PASS && outcome != OUTCOME_SKIP)
        put_evidence(w, info, result);
}

static void put_family(xmlTextWriterPtr w, const struct run_info *info,
                       const struct results *results, const char *family)
{
    static const char *const heads[] = {
        "Verdict",
        "Case",
        "Requirement",
        "Level, source",
    };

    markup_start(w, "section");
    markup_attribute(w, "id", family);
    markup_start(w, "h2");
    markup_textf(w, "%s/", family);
    markup_end(w);
    markup_start(w, "table");
    markup_start(w, "thead");
    markup_start(w, "tr");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        markup_element(w, "th", NULL, heads[i]);
    markup_element(w, "th", "number", "Time");
    markup_end(w);
    markup_end(w);
    markup_start(w, "tbody");
    for (size_t i = 0; i < results->n; i++)
        if (is_of_family(&results->list[i], family))
            put_case(w, info, &results->list[i]);
    markup_end(w);
    markup_end(w);
    markup_end(w);
}

static void put_sections(xmlTextWriterPtr w, const struct run_info *info,
                         const struct results *results)
{
    char family[64];

    for (size_t i = 0; i < results->n; i++)
        if (!is_known_family(results, i))
            put_family(
                w, info, results,
                report_family(results->list[i].id, family, sizeof family));
}

/* A cause, and links to the cases that it explains. */
static void put_cause(xmlTextWriterPtr w, const struct likely_cause *c)
{
    markup_start(w, "li");
    markup_textf(w, "%s: ", c->cause);
    for (size_t i = 0; i < c->ncases; i++) {
        markup_text(w, i ? ", " : "");
        markup_start(w, "a");
        markup_attributef(w, "href", "#%s", c->cases[i]);
        markup_text(w, c->cases[i]);
        markup_end(w);
        if (strcmp(c->cases[i], c->look_first) == 0)
            markup_text(w, " (look first)");
    }
    markup_end(w);
}

static void put_causes(xmlTextWriterPtr w, const struct results *results)
{
    if (results->ncauses == 0)
        return;
    markup_start(w, "section");
    markup_element(w, "h2", NULL, "Likely causes");
    markup_start(w, "ul");
    for (size_t i = 0; i < results->ncauses; i++)
        put_cause(w, &results->causes[i]);
    markup_end(w);
    markup_end(w);
}

/* What the crowd measured: as the terminal shows it. */
static void put_crowd(xmlTextWriterPtr w, const struct run_info *info)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return;
    report_crowd(out, info);
    if (fclose(out) == 0) {
        markup_start(w, "section");
        markup_element(w, "h2", NULL, "Load and audit");
        markup_element(w, "pre", NULL, text);
        markup_end(w);
    }
    free(text);
}

static void put_head(xmlTextWriterPtr w, const struct run_info *info,
                     const char *line)
{
    markup_start(w, "head");
    markup_start(w, "meta");
    markup_attribute(w, "charset", "utf-8");
    markup_end_void(w);
    markup_start(w, "meta");
    markup_attribute(w, "name", "viewport");
    markup_attribute(w, "content", "width=device-width, initial-scale=1");
    markup_end_void(w);
    markup_start(w, "title");
    markup_textf(w, "%s: %s", info->name, line);
    markup_end(w);
    markup_start(w, "style");
    (void)xmlTextWriterWriteRaw(w, BAD_CAST style);
    markup_end(w);
    markup_end(w);
}

static void put_body(xmlTextWriterPtr w, const struct run_info *info,
                     const struct results *results, const char *line)
{
    static const char *const words[] = { "pass", "fail", [4] = "error" };
    int status = results_status(results, info->strict);

    markup_start(w, "body");
    markup_start(w, "header");
    markup_element(w, "h1", NULL, info->name);
    markup_start(w, "p");
    markup_attribute(w, "class", "sums");
    put_badge(w, words[status]);
    markup_element(w, "span", NULL, line);
    markup_end(w);
    put_target(w, info);
    markup_end(w);
    markup_start(w, "main");
    put_families(w, results);
    put_causes(w, results);
    if (info->mode == MODE_STRESS)
        put_crowd(w, info);
    put_sections(w, info, results);
    markup_end(w);
    markup_end(w);
}

static int html_end(struct reporter *r, const struct run_info *info,
                    const struct results *results)
{
    struct markup m;
    char line[160];

    if (markup_open(&m) != 0)
        return -1;
    results_line(results, info->strict, line, sizeof line);
    (void)xmlTextWriterWriteDTD(m.w, BAD_CAST "html", NULL, NULL, NULL);
    markup_start(m.w, "html");
    markup_attribute(m.w, "lang", "en");
    put_head(m.w, info, line);
    put_body(m.w, info, results, line);
    markup_end(m.w);
    markup_close(&m, r->sink.out);
    return report_flush(r->sink.out);
}

void report_html(struct reporter *r)
{
    report_at_end(r, html_end);
}
