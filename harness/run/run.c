/* SPDX-License-Identifier: MIT */
/* What both kinds of run share: when a run must end, and what becomes of the
   messages of its jobs. */
#include "run/run.h"

#include "base/status.h"
#include "catalogue/catalogue.h"
#include "linux/signals.h"
#include "plan/preflight.h"
#include "result/stress_json.h"
#include "run/progress.h"
#include "run/run_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_over(const struct run *r, struct deadline d)
{
    return deadline_passed(d) ||
           (r->plan->options->run_timeout > 0 &&
            (double)(deadline_now_ns() - r->began_ns) / 1e9 > r->limit_s);
}

bool run_must_end(struct run *r, struct deadline d)
{
    r->signal = signals_come();
    if (r->signal == 0 && r->fatal_status == 0 && is_over(r, d)) {
        r->fatal_status = STATUS_TROUBLE;
        snprintf(r->fatal_why, sizeof r->fatal_why,
                 "the run's %.4g s were "
                 "over before it was done: --run-timeout gives it more",
                 r->limit_s);
    }
    return r->signal || r->fatal_status;
}

bool run_without_sandbox(struct run *r)
{
    if (preflight_scratch(r->fatal_why, sizeof r->fatal_why))
        return true;
    r->fatal_status = STATUS_TROUBLE;
    fprintf(stderr, "harness: cannot start: %s\n", r->fatal_why);
    return false;
}

void run_report(struct run *run, struct result result)
{
    const struct test_case *c = catalogue_find(result.id, NULL);
    struct result *r;

    if (c && c->parts > 1 &&
        !parts_are_whole(&run->parts, &result, (size_t)c->parts))
        return;
    if (run->expect)
        expect_mark(run->expect, &result);
    r = results_add(run->results, result);
    for (size_t i = 0; r && i < run->reports->n; i++)
        run->reports->list[i].verdict(&run->reports->list[i], run->info, r);
}

void run_tell_left(struct run *r, const char *left)
{
    if (!*left)
        return;
    progress_clear(r);
    fprintf(stderr, "harness: left behind: %s\n", left);
}

static void take_result(struct run *r, json_t *o)
{
    struct result result;

    if (result_from_json(o, &result) < 0)
        return; /* its absence will show as an error */
    result.server = (int)json_integer_value(json_object_get(o, "server"));
    result.part = (unsigned)json_integer_value(json_object_get(o, "part"));
    progress_clear(r);
    run_report(r, result);
}

static void take_target(struct run *r, json_t *o)
{
    struct run_info *info = r->info;
    const char *address, *starts, *model;
    int isolated;

    if (json_unpack(o, "{s:s, s:i, s:s, s:s, s:b}", "address", &address, "port",
                    &info->port, "starts", &starts, "model", &model, "isolated",
                    &isolated) < 0)
        return;
    snprintf(info->address, sizeof info->address, "%s", address);
    snprintf(info->starts, sizeof info->starts, "%s", starts);
    snprintf(info->model, sizeof info->model, "%s", model);
    info->isolated = isolated;
}

static void take_start(struct run *r, const json_t *o)
{
    r->start_s = json_number_value(json_object_get(o, "seconds"));
    r->counted_start_s = json_number_value(json_object_get(o, "counted"));
}

/* Each line behind a mark, so that none of it looks like one of ours. */
static void put_lines(FILE *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");

        fprintf(out, "  | %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void take_fatal(struct run *run, json_t *o)
{
    FILE *out = run->reports->messages.out;
    const char *why, *ran = NULL, *said = NULL, *talk = NULL, *hint = NULL;

    if (json_unpack(o, "{s:i, s:s, s?s, s?s, s?s, s?s}", "status",
                    &run->fatal_status, "why", &why, "ran", &ran, "said", &said,
                    "talk", &talk, "hint", &hint) < 0)
        return;
    progress_clear(run);
    run->info->never_up = run->fatal_status == STATUS_TARGET;
    snprintf(run->fatal_why, sizeof run->fatal_why, "%s", why);
    fprintf(out, "harness: %s: %s\n", run->info->name, why);
    if (ran)
        fprintf(out, "  ran: %s\n", ran);
    if (said) {
        fprintf(out, "  it printed:\n");
        put_lines(out, said);
    }
    if (talk)
        fprintf(out, "%s\n", talk);
    if (hint)
        fprintf(out, "  hint: %s\n", hint);
}

static void take_load(struct run *r, json_t *object, bool progress)
{
    load_free(&r->info->load);
    if (load_from_json(object, &r->info->load) == 0 && progress)
        progress_of_crowd(r);
}

void run_take(json_t *o, void *arg)
{
    struct run *r = arg;
    const char *kind = json_string_value(json_object_get(o, "message"));
    json_t *load = json_object_get(o, "load");

    if (!kind)
        return;
    if (strcmp(kind, "result") == 0)
        take_result(r, o);
    else if (strcmp(kind, "target") == 0)
        take_target(r, o);
    else if (strcmp(kind, "start") == 0)
        take_start(r, o);
    else if (strcmp(kind, "tasks") == 0)
        r->tasks = (long)json_integer_value(json_object_get(o, "tasks"));
    else if (strcmp(kind, "stays") == 0)
        r->stays = true;
    else if (strcmp(kind, "silent") == 0)
        r->silent = true;
    else if (strcmp(kind, "speaks") == 0)
        snprintf(r->info->speaks, sizeof r->info->speaks, "%s",
                 json_string_value(json_object_get(o, "protocol")));
    else if (strcmp(kind, "audit") == 0)
        (void)audit_from_json(json_object_get(o, "audit"), &r->info->audit);
    else if (strcmp(kind, "fatal") == 0)
        take_fatal(r, o);
    else if (strcmp(kind, "no-sandbox") == 0)
        r->no_sandbox = true;
    if (load)
        take_load(r, load, strcmp(kind, "progress") == 0);
}

static struct result unseen(const struct test_case *c, enum verdict_kind kind)
{
    return (struct result){
        .id = strdup(c->id),
        .title = strdup(c->title),
        .sources = strdup(c->sources),
        .level = c->level,
        .kind = kind,
    };
}

void run_report_skip(struct run *run, const struct test_case *c,
                     const char *why)
{
    struct result r = unseen(c, VERDICT_SKIP);

    r.reason = strdup(why);
    run_report(run, r);
}

void run_report_missing(struct run *run, const struct test_case *c,
                        const char *why)
{
    struct result r = unseen(c, VERDICT_ERROR);
    int n;

    if (run->signal)
        n = asprintf(&r.reason, "ended by signal %d", run->signal);
    else if (run->fatal_status == STATUS_TARGET)
        n = asprintf(&r.reason, "the target never came up: %s", run->fatal_why);
    else
        n = asprintf(&r.reason, "%s", run->fatal_why[0] ? run->fatal_why : why);
    if (n < 0)
        r.reason = NULL;
    if (!run->signal && run->fatal_status == STATUS_TARGET)
        r.kind = VERDICT_SKIP;
    run_report(run, r);
}

int run_status(const struct run *r)
{
    if (r->signal)
        return STATUS_SIGNAL + r->signal;
    if (r->fatal_status)
        return r->fatal_status;
    return results_status(r->results, r->info->strict);
}
