/* SPDX-License-Identifier: MIT */
/* Nothing of the report but its ids is used: a command that stands in it is
   compared, never run. */
#include "catalogue/rerun.h"

#include "catalogue/catalogue.h"
#include "reread/report_read.h"
#include "result/verdict.h"

#include <stdio.h>
#include <string.h>

static int refuse(const struct options *o, char *why, size_t size,
                  const char *text)
{
    snprintf(why, size, "--rerun: %s: %s", o->rerun, text);
    return -1;
}

static bool went_wrong(const json_t *c)
{
    enum verdict_kind kind =
        verdict_kind_of(json_string_value(json_object_get(c, "verdict")));

    return kind == VERDICT_FAIL || kind == VERDICT_WARN ||
           kind == VERDICT_ERROR;
}

static const char *id_of(const json_t *c)
{
    return json_string_value(json_object_get(c, "id"));
}

static bool is_chosen(const struct selection *s, const char *id)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->cases[i]->id, id) == 0)
            return true;
    return false;
}

/* What went wrong must be there to be run again, unless it was left out by a
   selector. */
static int check_case(const struct selection *s, const struct options *o,
                      const char *id, char *why, size_t size)
{
    const struct family *f = NULL;
    char text[256];

    if (!catalogue_find(id, &f)) {
        snprintf(text, sizeof text,
                 "this version has no case '%.64s', as the one that wrote the "
                 "report",
                 id);
        return refuse(o, why, size, text);
    }
    if (o->nselectors || is_chosen(s, id))
        return 0;
    snprintf(text, sizeof text, "%s went wrong there: it %s", id,
             f->client == o->client ? "needs --valgrind"
             : f->client            ? "needs --client"
                                    : "is not for --client");
    return refuse(o, why, size, text);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Without COMMAND echo64d is judged: no report of another program's was meant.
 */
static int check_target(const struct options *o, const json_t *report,
                        char *why, size_t size)
{
    const json_t *command =
        json_object_get(json_object_get(report, "target"), "command");
    const char *program = json_string_value(json_array_get(command, 0));

    if (o->target || o->connect_host || !program ||
        strcmp(base_name(program), o->client ? "echo64" : "echo64d") == 0)
        return 0;
    return refuse(o, why, size,
                  "it is of another program: give its COMMAND again, behind "
                  "--");
}

static bool in(const json_t *cases, const char *id)
{
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);

        if (went_wrong(c) && strcmp(id_of(c), id) == 0)
            return true;
    }
    return false;
}

static int keep(struct selection *s, const struct options *o,
                const json_t *report, char *why, size_t size)
{
    const json_t *cases = json_object_get(report, "cases");
    size_t n = 0;

    if (check_target(o, report, why, size) < 0)
        return -1;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);

        if (went_wrong(c) && check_case(s, o, id_of(c), why, size) < 0)
            return -1;
    }
    for (size_t i = 0; i < s->n; i++)
        if (in(cases, s->cases[i]->id))
            s->cases[n++] = s->cases[i];
    s->n = n;
    if (n)
        return 0;
    return refuse(o, why, size,
                  o->nselectors ? "nothing of what is selected went wrong there"
                                : "nothing failed, warned or was in error "
                                  "there");
}

int rerun_select(struct selection *s, const struct options *o, char *why,
                 size_t size)
{
    char wrong[700];
    json_t *report = report_read(o->rerun, wrong, sizeof wrong);
    int rc;

    if (!report) {
        snprintf(why, size, "--rerun: %s", wrong);
        return -1;
    }
    rc = keep(s, o, report, why, size);
    json_decref(report);
    return rc;
}
