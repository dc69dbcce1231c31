/* SPDX-License-Identifier: MIT */
/* The cases of a report, and what explains several. Each id stands there once:
   what two verdicts on one case mean nobody knows. */
#include "reread/run_reading.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_line(char **text)
{
    char *line = *text ? verdict_text(*text, strlen(*text)) : NULL;

    if (!line)
        return;
    free(*text);
    *text = line;
}

static void make_lines(char **text)
{
    char *lines = *text ? verdict_lines(*text) : NULL;

    if (!lines)
        return;
    free(*text);
    *text = lines;
}

static void make_printable(struct result *r)
{
    struct evidence *e = &r->evidence;

    make_line(&r->title);
    make_line(&r->sources);
    make_line(&r->reason);
    make_line(&r->mistake);
    make_line(&r->mend);
    make_line(&r->replay);
    make_line(&e->expected);
    make_line(&e->observed);
    for (size_t i = 0; i < e->nfacts; i++)
        make_line(&e->facts[i]);
    if (e->difference) {
        make_lines(&e->difference->expected);
        make_lines(&e->difference->observed);
    }
}

/* The replay stands among the evidence, but is none. */
static char *take_replay(json_t *object)
{
    json_t *evidence = json_object_get(object, "evidence");
    const char *text = string_at(evidence, "replay");
    char *replay = text ? strdup(text) : NULL;

    if (text)
        (void)json_object_del(evidence, "replay");
    return replay;
}

static bool take_case(struct reading *g, json_t *object, size_t i)
{
    static const char *const levels[] = { "must", "should", NULL };
    static const char *const verdicts[] = { "pass", "fail",  "warn",
                                            "skip", "error", NULL };
    static const struct json_field fields[] = {
        { "title", TYPE_STRING, NULL },
        { "level", TYPE_STRING, levels },
        { "sources", TYPE_ARRAY, NULL },
        { "verdict", TYPE_STRING, verdicts },
        { "reason", TEXT_OR_NULL | TYPE_ABSENT, NULL },
        { "seconds", TYPE_NUMBER, NULL },
        { "evidence", TYPE_OBJECT, NULL },
        { "mistake", TYPE_STRING | TYPE_ABSENT, NULL },
        { "mend", TYPE_STRING | TYPE_ABSENT, NULL },
        { "expected", TYPE_BOOL | TYPE_ABSENT, NULL },
        { "stale", TYPE_BOOL | TYPE_ABSENT, NULL },
    };
    struct result result;
    char place[192], *replay;

    (void)snprintf(place, sizeof place, "cases[%zu] (%.100s).", i,
                   string_at(object, "id"));
    if (!CHECK_FIELDS(g, object, fields, place))
        return false;
    replay = take_replay(object);
    if (result_from_json(object, &result) < 0) {
        free(replay);
        return reading_wrong(g, strcat(place, "evidence"),
                             "not of the form that harness writes");
    }
    result.replay = replay;
    make_printable(&result);
    return results_add(&g->r->results, result) ||
           reading_wrong(g, place, strerror(ENOMEM));
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(const struct result *const *)a)->id,
                  (*(const struct result *const *)b)->id);
}

static bool check_twice(struct reading *g)
{
    const struct results *rs = &g->r->results;
    const struct result **sorted = calloc(rs->n + 1, sizeof *sorted);
    const char *twice = NULL;
    char place[160];

    if (!sorted)
        return reading_wrong(g, "cases", strerror(ENOMEM));
    for (size_t i = 0; i < rs->n; i++)
        sorted[i] = &rs->list[i];
    qsort(sorted, rs->n, sizeof *sorted, by_id);
    for (size_t i = 1; !twice && i < rs->n; i++)
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0)
            twice = sorted[i]->id;
    free(sorted);
    if (!twice)
        return true;
    (void)snprintf(place, sizeof place, "cases (%.100s)", twice);
    return reading_wrong(g, place, "it stands there twice");
}

/* Why each case was skipped says that the target never came up: run.c. */
static bool never_came_up(const struct results *rs)
{
    static const char words[] = "the target never came up: ";

    for (size_t i = 0; i < rs->n; i++)
        if (rs->list[i].kind == VERDICT_SKIP && rs->list[i].reason &&
            strncmp(rs->list[i].reason, words, sizeof words - 1) == 0)
            return true;
    return false;
}

bool reading_cases(struct reading *g)
{
    json_t *cases = json_object_get(g->root, "cases"), *object;
    size_t i;

    json_array_foreach(cases, i,
                       object) if (!take_case(g, object, i)) return false;
    g->r->info.never_up = never_came_up(&g->r->results);
    return check_twice(g);
}

/* ---- likely causes ---- */

static bool take_cause(struct reading *g, const json_t *object, size_t i)
{
    static const struct json_field fields[] = {
        { "cause", TYPE_STRING, NULL },
        { "cases", TYPE_ARRAY, NULL },
        { "look_first", TYPE_STRING, NULL },
    };
    const json_t *cases = json_object_get(object, "cases");
    struct results *rs = &g->r->results;
    struct likely_cause *c;
    char place[64];

    (void)snprintf(place, sizeof place, "likely_causes[%zu].", i);
    if (i == LIKELY_CAUSES)
        return reading_wrong(g, "likely_causes", "more than there can be");
    if (!CHECK_FIELDS(g, object, fields, place))
        return false;
    if (json_array_size(cases) > LIKELY_CASES)
        return reading_wrong(g, strcat(place, "cases"),
                             "more than there can be");
    c = &rs->causes[rs->ncauses++];
    c->cause = string_at(object, "cause");
    c->look_first = string_at(object, "look_first");
    for (c->ncases = 0; c->ncases < json_array_size(cases); c->ncases++)
        c->cases[c->ncases] =
            json_string_value(json_array_get(cases, c->ncases));
    return true;
}

bool reading_causes(struct reading *g)
{
    const json_t *list = json_object_get(g->root, "likely_causes");

    for (size_t i = 0; i < json_array_size(list); i++)
        if (!take_cause(g, json_array_get(list, i), i))
            return false;
    return true;
}
