/* SPDX-License-Identifier: MIT */
/* The JSON report: one object, its names stable under "schema": 1. */
#include "report/report.h"

#include "result/stress_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A string of unknown origin; null where there is none. */
static json_t *text(const char *raw)
{
    char *printable = raw && *raw ? verdict_text(raw, strlen(raw)) : NULL;
    json_t *string = printable ? json_string(printable) : json_null();

    free(printable);
    return string;
}

static json_t *command(char *const *argv)
{
    json_t *array = json_array();

    for (size_t i = 0; argv && argv[i]; i++) {
        json_t *word = argv[i][0] ? text(argv[i]) : json_string("");

        if (json_array_append_new(array, word) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *target(const struct run_info *info)
{
    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:s, s:b, s:b}", "name",
        text(info->name), "role", info->role, "command", command(info->command),
        "address", text(info->address), "port",
        info->port ? json_integer(info->port) : json_null(), "starts",
        text(info->starts), "model", info->model[0] ? info->model : "unknown",
        "isolated", info->isolated, "valgrind", info->valgrind);
}

static json_t *summary(const struct results *results)
{
    struct summary sum = results_summary(results);

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "pass",
                     (json_int_t)sum.pass, "fail", (json_int_t)sum.fail, "warn",
                     (json_int_t)sum.warn, "skip", (json_int_t)sum.skip,
                     "error", (json_int_t)sum.error, "expected",
                     (json_int_t)sum.expected, "stale", (json_int_t)sum.stale);
}

/* Every format tells of it how it is repeated. */
static bool is_repeated(const struct result *r)
{
    return result_notable(r) || result_outcome(r) == OUTCOME_EXPECTED;
}

/* The case, and in its evidence what repeats it. Of one that was never looked
   at this says so, as the other formats do. */
static json_t *one_case(const struct run_info *info, const struct result *r)
{
    json_t *object = result_to_json(r);
    char *replay = is_repeated(r) ? report_replay(info, r) : NULL;

    if (object && replay)
        /* Out of memory: the case goes out without it. */
        (void)json_object_set_new(json_object_get(object, "evidence"), "replay",
                                  json_string(replay));
    if (object && r->kind == VERDICT_NONE) {
        char *reason = report_reason(r);

        (void)json_object_set_new(object, "verdict", json_string("error"));
        (void)json_object_set_new(object, "reason", text(reason));
        free(reason);
    }
    free(replay);
    return object;
}

static json_t *cases(const struct run_info *info, const struct results *results)
{
    json_t *array = json_array();

    for (size_t i = 0; i < results->n; i++)
        if (json_array_append_new(array, one_case(info, &results->list[i])) !=
            0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *cause_cases(const struct likely_cause *c)
{
    json_t *array = json_array();

    for (size_t i = 0; i < c->ncases; i++)
        if (json_array_append_new(array, json_string(c->cases[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *likely_causes(const struct results *results)
{
    json_t *array = json_array();

    for (size_t i = 0; i < results->ncauses; i++) {
        const struct likely_cause *c = &results->causes[i];

        if (json_array_append_new(array, json_pack("{s:s, s:o, s:s}", "cause",
                                                   c->cause, "cases",
                                                   cause_cases(c), "look_first",
                                                   c->look_first)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

/* Null where there is none. */
static json_t *number(uint64_t value)
{
    return value ? json_integer((json_int_t)value) : json_null();
}

static json_t *environment(const struct run_info *info)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "harness",
                     info->version, "host", text(info->host), "kernel",
                     text(info->kernel), "architecture", text(info->arch),
                     "cores", number((uint64_t)info->cores), "memory_bytes",
                     number(info->memory_bytes), "libc", text(info->libc),
                     "valgrind", text(info->valgrind_version));
}

/* NULL with ENOMEM. */
static json_t *report(const struct run_info *info,
                      const struct results *results)
{
    char started[40];
    json_t *object;

    report_moment(&info->started_at, started, sizeof started);
    object = json_pack(
        "{s:i, s:{s:s}, s:o, s:s, s:I, s:b, s:o, s:s, s:s, s:f, s:o, s:o, s:o}",
        "schema", 1, "harness", "version", info->version, "environment",
        environment(info), "mode",
        info->mode == MODE_STRESS ? "stress" : "conform", "seed",
        (json_int_t)info->seed, "strict", info->strict, "target", target(info),
        "protocol", info->protocol, "started_at", started, "wall_seconds",
        info->wall_seconds, "summary", summary(results), "cases",
        cases(info, results), "likely_causes", likely_causes(results));
    if (object && info->mode == MODE_STRESS &&
        (json_object_set_new(object, "load", load_to_json(&info->load)) != 0 ||
         json_object_set_new(object, "audit", audit_to_json(&info->audit)) !=
             0)) {
        json_decref(object);
        object = NULL;
    }
    if (!object)
        errno = ENOMEM;
    return object;
}

static int json_end(struct reporter *r, const struct run_info *info,
                    const struct results *results)
{
    json_t *object = report(info, results);
    bool whole;

    if (!object)
        return -1;
    whole = json_dumpf(object, r->sink.out,
                       JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0;
    (void)fputc('\n', r->sink.out);
    json_decref(object);
    if (!whole && !ferror(r->sink.out)) {
        errno = ENOMEM;
        return -1;
    }
    return report_flush(r->sink.out);
}

void report_json(struct reporter *r)
{
    report_at_end(r, json_end);
}
