/* SPDX-License-Identifier: MIT */
/* jansson refuses what is no JSON or too deep (2,048 levels), and takes no
   number or string for another; here the bytes are limited before, and the form
   is checked after. */
#include "reread/report_read.h"

#include "linux/input.h"
#include "result/verdict.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCHEMA = 1, MOST_CASES = 10000, MOST_ID = 63, QUOTED = 64 };

bool report_read_wrong(char *why, size_t size, const char *fmt, ...)
{
    char *raw = NULL, *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&raw, fmt, ap) >= 0)
        text = verdict_text(raw, strlen(raw));
    va_end(ap);
    (void)snprintf(why, size, "%s", text ? text : "no memory");
    free(text);
    free(raw);
    return false;
}

static bool is_known(const char *verdict)
{
    return verdict_kind_of(verdict) != VERDICT_NONE;
}

/* "family/name", of small letters, digits and dashes. An id of more than
   MOST_ID bytes is refused: HTML finds the cases of a family by its first 63.
 */
static bool is_id(const char *id)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t family = strspn(id, letters), name;

    if (family == 0 || id[family] != '/')
        return false;
    name = strspn(id + family + 1, letters);
    return name > 0 && id[family + 1 + name] == '\0' && strlen(id) <= MOST_ID;
}

static bool check_case(const json_t *c, size_t i, char *why, size_t size)
{
    const char *id = json_string_value(json_object_get(c, "id"));
    const char *verdict = json_string_value(json_object_get(c, "verdict"));

    if (!id || !is_id(id))
        return report_read_wrong(
            why, size, "case %zu has no id of the form family/name", i + 1);
    if (!verdict || !is_known(verdict))
        return report_read_wrong(why, size,
                                 "%.*s: no verdict that there is: '%.*s'",
                                 QUOTED, id, QUOTED, verdict ? verdict : "");
    return true;
}

static bool check_cases(const json_t *cases, char *why, size_t size)
{
    if (!json_is_array(cases))
        return report_read_wrong(why, size,
                                 "no report of harness: it has no \"cases\"");
    if (json_array_size(cases) > MOST_CASES)
        return report_read_wrong(why, size, "more than %d cases", MOST_CASES);
    for (size_t i = 0; i < json_array_size(cases); i++)
        if (!check_case(json_array_get(cases, i), i, why, size))
            return false;
    return true;
}

static bool check_report(const json_t *report, char *why, size_t size)
{
    const json_t *schema = json_object_get(report, "schema");
    const char *mode = json_string_value(json_object_get(report, "mode"));
    const char *version = json_string_value(
        json_object_get(json_object_get(report, "harness"), "version"));

    if (!json_is_integer(schema))
        return report_read_wrong(why, size,
                                 "no report of harness: it has no \"schema\"");
    if (json_integer_value(schema) != SCHEMA)
        return report_read_wrong(why, size,
                                 "a report of another version (\"schema\" "
                                 "%" JSON_INTEGER_FORMAT "; this one reads %d)",
                                 json_integer_value(schema), SCHEMA);
    if (!version)
        return report_read_wrong(
            why, size,
            "no report of harness: it has no version of \"harness\"");
    if (!mode || (strcmp(mode, "stress") != 0 && strcmp(mode, "conform") != 0))
        return report_read_wrong(why, size, "no \"mode\" that there is: '%.*s'",
                                 QUOTED, mode ? mode : "");
    return check_cases(json_object_get(report, "cases"), why, size);
}

json_t *report_parse(const char *text, char *why, size_t size)
{
    json_error_t error;
    json_t *report;

    errno = 0;
    report = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!report && errno == ENOMEM) /* jansson calls it an invalid token */
        report_read_wrong(why, size, "%s", strerror(ENOMEM));
    else if (!report)
        report_read_wrong(why, size, "no JSON: line %d, column %d: %s",
                          error.line, error.column, error.text);
    else if (check_report(report, why, size))
        return report;
    json_decref(report);
    return NULL;
}

const char *report_read_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "stdin" : path;
}

json_t *report_read(const char *path, char *why, size_t size)
{
    bool is_stdin = strcmp(path, "-") == 0;
    char *text = is_stdin ? input_read_from(STDIN_FILENO, REPORT_READ_BYTES)
                          : input_read(path, REPORT_READ_BYTES);
    char what[512];
    int error = errno;
    json_t *report;

    path = report_read_name(path);
    if (!text) {
        if (error == EFBIG)
            report_read_wrong(why, size, "%s: larger than %d MiB", path,
                              REPORT_READ_BYTES >> 20);
        else
            report_read_wrong(why, size, "%s: %s", path,
                              error == EINVAL ? "no JSON: it holds a NUL"
                                              : strerror(error));
        errno = error;
        return NULL;
    }
    report = report_parse(text, what, sizeof what);
    if (!report)
        report_read_wrong(why, size, "%s: %s", path, what);
    free(text);
    errno = 0;
    return report;
}
