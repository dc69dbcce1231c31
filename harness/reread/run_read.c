/* SPDX-License-Identifier: MIT */
/* First each member is looked at, so that a mistake can be told by its place;
   then what stands there is taken as results.h, evidence_json.h and
   stress_json.h take what comes from a job. Every text becomes printable here,
   as results.h wants it: one that harness wrote stays as it is. */
#include "reread/run_read.h"

#include "reread/report_read.h"
#include "reread/run_reading.h"
#include "result/stress_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool reading_wrong(struct reading *g, const char *place, const char *what)
{
    return report_read_wrong(g->why, g->size, "%s: %s: %s", g->r->source, place,
                             what);
}

/* ---- the run ---- */

static bool take_moment(struct reading *g)
{
    const char *text = string_at(g->root, "started_at");
    struct tm tm = { 0 };
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    char *rest;
    long ms;

    if (!end || *end != '.' || strspn(end + 1, "0123456789") != 3 ||
        strcmp(end + 4, "Z") != 0)
        return reading_wrong(g, "started_at",
                             "no moment of the form 2023-11-14T22:13:20.123Z");
    ms = strtol(end + 1, &rest, 10);
    g->r->info.started_at = (struct timespec){ timegm(&tm), ms * 1000000 };
    return true;
}

/* Copy a string that has room for its longest word, or "" of null. False where
   it has no room. */
static bool copy(char *to, size_t room, const char *from)
{
    return snprintf(to, room, "%s", from ? from : "") < (int)room;
}

static bool take_environment(struct reading *g)
{
    static const struct json_field fields[] = {
        { "host", TEXT_OR_NULL, NULL },
        { "kernel", TEXT_OR_NULL, NULL },
        { "architecture", TEXT_OR_NULL, NULL },
        { "cores", TYPE_INTEGER | TYPE_NULL, NULL },
        { "memory_bytes", TYPE_INTEGER | TYPE_NULL, NULL },
        { "libc", TEXT_OR_NULL, NULL },
        { "valgrind", TEXT_OR_NULL, NULL },
    };
    const json_t *e = json_object_get(g->root, "environment");
    struct run_info *info = &g->r->info;

    if (!e)
        return true;
    if (!CHECK_FIELDS(g, e, fields, "environment."))
        return false;
    info->cores = (long)json_integer_value(json_object_get(e, "cores"));
    info->memory_bytes =
        (uint64_t)json_integer_value(json_object_get(e, "memory_bytes"));
    info->libc = string_at(e, "libc");
    if (copy(info->host, sizeof info->host, string_at(e, "host")) &&
        copy(info->kernel, sizeof info->kernel, string_at(e, "kernel")) &&
        copy(info->arch, sizeof info->arch, string_at(e, "architecture")) &&
        copy(info->valgrind_version, sizeof info->valgrind_version,
             string_at(e, "valgrind")))
        return true;
    return reading_wrong(g, "environment", "a longer name than there can be");
}

static bool take_command(struct reading *g, const json_t *words)
{
    size_t n = json_array_size(words);

    if (n == 0)
        return true;
    g->r->command = calloc(n + 1, sizeof *g->r->command);
    if (!g->r->command)
        return reading_wrong(g, "target.command", strerror(ENOMEM));
    for (size_t i = 0; i < n; i++)
        g->r->command[i] = (char *)json_string_value(json_array_get(words, i));
    g->r->info.command = g->r->command;
    return true;
}

static bool take_target(struct reading *g)
{
    static const char *const roles[] = { "server", "client", NULL };
    static const char *const starts[] = { "detached", "foreground", "attached",
                                          "unknown", NULL };
    static const char *const models[] = { "fork",    "exec",       "prefork",
                                          "threads", "event-loop", "unknown",
                                          NULL };
    static const struct json_field fields[] = {
        { "name", TEXT_OR_NULL, NULL },
        { "role", TYPE_STRING, roles },
        { "command", TYPE_ARRAY, NULL },
        { "address", TEXT_OR_NULL, NULL },
        { "port", TYPE_INTEGER | TYPE_NULL, NULL },
        { "starts", TEXT_OR_NULL, starts },
        { "model", TYPE_STRING, models },
        { "isolated", TYPE_BOOL, NULL },
        { "valgrind", TYPE_BOOL, NULL },
    };
    const json_t *t = json_object_get(g->root, "target");
    json_int_t port = json_integer_value(json_object_get(t, "port"));
    struct run_info *info = &g->r->info;

    if (!CHECK_FIELDS(g, t, fields, "target."))
        return false;
    if (port > 65535)
        return reading_wrong(g, "target.port", "no port");
    if (!copy(info->address, sizeof info->address, string_at(t, "address")))
        return reading_wrong(g, "target.address", "no address");
    info->port = (int)port;
    info->name = string_at(t, "name") ? string_at(t, "name") : "";
    info->role = string_at(t, "role");
    (void)copy(info->starts, sizeof info->starts, string_at(t, "starts"));
    (void)copy(info->model, sizeof info->model, string_at(t, "model"));
    info->isolated = json_is_true(json_object_get(t, "isolated"));
    info->valgrind = json_is_true(json_object_get(t, "valgrind"));
    return take_command(g, json_object_get(t, "command"));
}

/* That schema, version and mode are there report_read has seen. */
static bool take_info(struct reading *g)
{
    static const struct json_field fields[] = {
        { "seed", TYPE_INTEGER, NULL },
        { "strict", TYPE_BOOL | TYPE_ABSENT, NULL },
        { "environment", TYPE_OBJECT | TYPE_ABSENT, NULL },
        { "target", TYPE_OBJECT, NULL },
        { "protocol", TYPE_STRING, NULL },
        { "started_at", TYPE_STRING, NULL },
        { "wall_seconds", TYPE_NUMBER, NULL },
        { "likely_causes", TYPE_LIST, NULL },
    };
    struct run_info *info = &g->r->info;

    if (!CHECK_FIELDS(g, g->root, fields, ""))
        return false;
    info->mode = strcmp(string_at(g->root, "mode"), "stress") == 0
                     ? MODE_STRESS
                     : MODE_CONFORM;
    info->seed = (uint64_t)json_integer_value(json_object_get(g->root, "seed"));
    info->strict = json_is_true(json_object_get(g->root, "strict"));
    info->version = string_at(json_object_get(g->root, "harness"), "version");
    info->protocol = string_at(g->root, "protocol");
    info->wall_seconds =
        json_number_value(json_object_get(g->root, "wall_seconds"));
    return take_moment(g) && take_environment(g) && take_target(g);
}

/* ---- load, audit ---- */

static bool check_load(struct reading *g)
{
    static const struct json_field fields[] = {
        { "runs", TYPE_INTEGER | TYPE_ABSENT, NULL },
        { "clients", TYPE_INTEGER, NULL },
        { "connected", TYPE_INTEGER, NULL },
        { "frames_sent", TYPE_INTEGER, NULL },
        { "frames_verified", TYPE_INTEGER, NULL },
        { "bytes_verified", TYPE_INTEGER, NULL },
        { "seconds", TYPE_NUMBER | TYPE_NULL, NULL },
        { "connect_seconds", TYPE_OBJECT, NULL },
        { "round_trip_seconds", TYPE_OBJECT, NULL },
    };

    return CHECK_FIELDS(g, json_object_get(g->root, "load"), fields, "load.");
}

static bool check_latency(struct reading *g, const char *name)
{
    static const struct json_field fields[] = {
        { "p50", TYPE_NUMBER | TYPE_NULL, NULL },
        { "p90", TYPE_NUMBER | TYPE_NULL, NULL },
        { "p99", TYPE_NUMBER | TYPE_NULL, NULL },
        { "p999", TYPE_NUMBER | TYPE_NULL, NULL },
        { "max", TYPE_NUMBER | TYPE_NULL, NULL },
        { "histogram_ns", TYPE_OBJECT | TYPE_ABSENT, NULL },
    };
    const json_t *load = json_object_get(g->root, "load");
    char place[64];

    (void)snprintf(place, sizeof place, "load.%s.", name);
    return CHECK_FIELDS(g, json_object_get(load, name), fields, place);
}

static bool take_stress(struct reading *g)
{
    struct run_info *info = &g->r->info;

    if (info->mode != MODE_STRESS)
        return true;
    if (!check_load(g) || !check_latency(g, "connect_seconds") ||
        !check_latency(g, "round_trip_seconds"))
        return false;
    if (load_from_json(json_object_get(g->root, "load"), &info->load) < 0)
        return reading_wrong(g, "load",
                             "a histogram_ns is none: \"NS\": COUNT, "
                             "ascending, is needed");
    if (audit_from_json(json_object_get(g->root, "audit"), &info->audit) < 0)
        return reading_wrong(g, "audit", "not of the form that harness writes");
    for (size_t i = 0; i < info->audit.nleaked; i++) {
        struct leaked_fd *l = &info->audit.leaked[i];
        char *what = verdict_text(l->what, strlen(l->what));

        (void)snprintf(l->what, sizeof l->what, "%s", what ? what : "");
        free(what);
    }
    return true;
}

/* ---- all of it ---- */

/* The cases are copied by then, and most of what there is. */
static void forget_the_rest(json_t *root)
{
    (void)json_object_del(root, "cases");
    (void)json_object_del(root, "load");
    (void)json_object_del(root, "audit");
}

static int take(struct past_run *r, json_t *root, const char *name, char *why,
                size_t size)
{
    static const char *const texts[] = { "harness", "target", "environment",
                                         "protocol", "likely_causes" };
    struct reading g = { .r = r, .root = root, .why = why, .size = size };

    if (!root)
        return -1;
    r->kept = root;
    r->source = strdup(name);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_fields_printable(json_object_get(root, texts[i]));
    if (r->source && take_info(&g) && reading_cases(&g) && reading_causes(&g) &&
        take_stress(&g)) {
        forget_the_rest(root);
        return 0;
    }
    past_run_free(r);
    errno = 0;
    return -1;
}

int run_read(struct past_run *r, const char *path, char *why, size_t size)
{
    *r = (struct past_run){ .kept = NULL };
    results_init(&r->results);
    return take(r, report_read(path, why, size), report_read_name(path), why,
                size);
}

int run_parse(struct past_run *r, const char *text, const char *name, char *why,
              size_t size)
{
    char what[512];
    json_t *root = report_parse(text, what, sizeof what);

    *r = (struct past_run){ .kept = NULL };
    results_init(&r->results);
    if (!root)
        report_read_wrong(why, size, "%s: %s", name, what);
    return take(r, root, name, why, size);
}

void past_run_free(struct past_run *r)
{
    results_free(&r->results);
    load_free(&r->info.load);
    free(r->info.audit.leaked);
    free(r->command);
    free(r->source);
    json_decref(r->kept);
    *r = (struct past_run){ .kept = NULL };
}
