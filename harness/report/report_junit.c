/* SPDX-License-Identifier: MIT */
/* JUnit XML as Jenkins, GitLab and GitHub's readers take it: one suite, a
   testcase for each case, classname its family. Written at the end, since the
   counts stand at the top. */
#include "report/report.h"

#include "report/markup.h"

#include <inttypes.h>
#include <stdlib.h>

/* The attributes that testsuites and testsuite share. With no case at all
   one error stands in: an empty suite passes for success. */
static void put_counts(xmlTextWriterPtr w, const struct run_info *info,
                       const struct results *results)
{
    struct summary sum = results_summary(results);
    long failures = sum.fail + sum.stale + (info->strict ? sum.warn : 0);

    markup_attribute(w, "name", info->name);
    markup_attributef(w, "tests", "%zu", results->n ? results->n : 1);
    markup_attributef(w, "failures", "%ld", failures);
    markup_attributef(w, "errors", "%ld", results->n ? sum.error : 1);
    markup_attributef(w, "skipped", "%ld", sum.skip + sum.expected);
    markup_attributef(w, "time", "%.3f", info->wall_seconds);
}

static void put_property(xmlTextWriterPtr w, const char *name,
                         const char *value)
{
    markup_start(w, "property");
    markup_attribute(w, "name", name);
    markup_attribute(w, "value", value);
    markup_end_void(w);
}

static void put_properties(xmlTextWriterPtr w, const struct run_info *info)
{
    char *command = info->command ? report_command(info->command) : NULL;
    char seed[24];

    (void)snprintf(seed, sizeof seed, "%" PRIu64, info->seed);
    markup_start(w, "properties");
    put_property(w, "seed", seed);
    put_property(w, "name", info->name);
    put_property(w, "mode", info->mode == MODE_STRESS ? "stress" : "conform");
    put_property(w, "role", info->role);
    put_property(w, "model", info->model);
    put_property(w, "harness", info->version);
    if (info->kernel[0])
        put_property(w, "kernel", info->kernel);
    if (info->libc)
        put_property(w, "libc", info->libc);
    put_property(w, "protocol", info->protocol);
    if (command)
        put_property(w, "command", command);
    markup_end_void(w);
    free(command);
}

/* What was seen, as the text of the element that is open. */
static void put_evidence(xmlTextWriterPtr w, const struct run_info *info,
                         const struct result *result)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out) {
        markup_lacks_memory();
        return;
    }
    fprintf(out, "%s: %s\n%s, %s\n", result->id, result->title,
            level_name(result->level), result->sources ? result->sources : "");
    report_evidence(out, "", info, result);
    if (fclose(out) == 0)
        markup_text(w, text);
    else
        markup_lacks_memory();
    free(text);
}

/* The element that says how the case ended: none for a pass. */
static void put_outcome(xmlTextWriterPtr w, const struct run_info *info,
                        const struct result *result)
{
    static const struct {
        const char *element, *type;
    } forms[] = {
        [OUTCOME_FAIL] = { "failure", "fail" },
        [OUTCOME_STALE] = { "failure", "stale" },
        [OUTCOME_ERROR] = { "error", "error" },
        [OUTCOME_SKIP] = { "skipped", NULL },
        [OUTCOME_EXPECTED] = { "skipped", NULL },
        [OUTCOME_WARN] = { "system-out", NULL }, /* JUnit knows no warning */
    };
    enum outcome outcome = result_outcome(result);
    char *reason = report_reason(result);

    if (outcome == OUTCOME_WARN && info->strict)
        outcome = OUTCOME_FAIL;
    markup_start(w, forms[outcome].element);
    if (outcome != OUTCOME_WARN)
        markup_attributef(w, "message", "%s%s",
                          outcome == OUTCOME_EXPECTED ? "expected: " : "",
                          reason ? reason : "");
    if (forms[outcome].type)
        markup_attribute(w, "type", forms[outcome].type);
    if (outcome == OUTCOME_WARN)
        markup_text(w, "warn: ");
    if (outcome != OUTCOME_SKIP)
        put_evidence(w, info, result);
    markup_end_void(w);
    free(reason);
}

static void put_case(xmlTextWriterPtr w, const struct run_info *info,
                     const struct result *result)
{
    char family[64];

    markup_start(w, "testcase");
    markup_attribute(w, "classname",
                     report_family(result->id, family, sizeof family));
    markup_attributef(w, "name", "%s: %s", result->id, result->title);
    markup_attributef(w, "time", "%.6f", result->seconds);
    if (result_outcome(result) != OUTCOME_PASS)
        put_outcome(w, info, result);
    markup_end_void(w);
}

/* What belongs to no case alone. */
static void put_whole(xmlTextWriterPtr w, const struct run_info *info,
                      const struct results *results)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out) {
        markup_lacks_memory();
        return;
    }
    report_warnings(out, info, results);
    report_causes(out, "", results);
    if (fclose(out) != 0)
        markup_lacks_memory();
    else if (size > 0)
        markup_element(w, "system-out", NULL, text);
    free(text);
}

static void put_no_case(xmlTextWriterPtr w)
{
    markup_start(w, "testcase");
    markup_attribute(w, "classname", "harness");
    markup_attribute(w, "name", "run");
    markup_attribute(w, "time", "0");
    markup_start(w, "error");
    markup_attribute(w, "message", "no case was run");
    markup_attribute(w, "type", "error");
    markup_end_void(w);
    markup_end_void(w);
}

static int junit_end(struct reporter *r, const struct run_info *info,
                     const struct results *results)
{
    struct markup m;
    char started[40];

    if (markup_open(&m) != 0)
        return -1;
    report_moment(&info->started_at, started, sizeof started);
    (void)xmlTextWriterStartDocument(m.w, NULL, "UTF-8", NULL);
    markup_start(m.w, "testsuites");
    put_counts(m.w, info, results);
    markup_start(m.w, "testsuite");
    put_counts(m.w, info, results);
    if (info->host[0])
        markup_attribute(m.w, "hostname", info->host);
    markup_attributef(m.w, "timestamp", "%.19s", started);
    put_properties(m.w, info);
    for (size_t i = 0; i < results->n; i++)
        put_case(m.w, info, &results->list[i]);
    if (results->n == 0)
        put_no_case(m.w);
    put_whole(m.w, info, results);
    if (markup_close(&m, r->sink.out) != 0)
        return -1;
    return report_flush(r->sink.out);
}

void report_junit(struct reporter *r)
{
    report_at_end(r, junit_end);
}
