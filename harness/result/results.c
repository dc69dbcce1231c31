/* SPDX-License-Identifier: MIT */
/* The list of results, what it comes to, and a result as JSON. */
#include "result/results.h"

#include "base/status.h"
#include "result/evidence_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void results_init(struct results *rs)
{
    *rs = (struct results){ .list = NULL };
}

void result_free(struct result *r)
{
    free(r->id);
    free(r->title);
    free(r->sources);
    free(r->reason);
    free(r->mistake);
    free(r->mend);
    free(r->replay);
    evidence_free(&r->evidence);
    *r = (struct result){ 0 };
}

void results_free(struct results *rs)
{
    for (size_t i = 0; i < rs->n; i++)
        result_free(&rs->list[i]);
    free(rs->list);
    results_init(rs);
}

void load_free(struct load *l)
{
    latency_free(&l->connect);
    latency_free(&l->round_trip);
}

static double whole_us(double seconds)
{
    return seconds > 0 && seconds < 1e9
               ? (double)(int64_t)(seconds * 1e6 + 0.5) / 1e6
               : seconds;
}

struct result *results_add(struct results *rs, struct result r)
{
    r.seconds = whole_us(r.seconds);
    if (rs->n == rs->room) {
        size_t room = rs->room ? rs->room * 2 : 64;
        struct result *list = reallocarray(rs->list, room, sizeof *list);

        if (!list) {
            result_free(&r);
            errno = ENOMEM;
            return NULL;
        }
        rs->list = list;
        rs->room = room;
    }
    rs->list[rs->n] = r;
    return &rs->list[rs->n++];
}

enum outcome result_outcome(const struct result *r)
{
    switch (r->kind) {
    case VERDICT_PASS:
        return r->stale ? OUTCOME_STALE : OUTCOME_PASS;
    case VERDICT_FAIL:
        return r->expected ? OUTCOME_EXPECTED : OUTCOME_FAIL;
    case VERDICT_WARN:
        return r->expected ? OUTCOME_EXPECTED : OUTCOME_WARN;
    case VERDICT_SKIP:
        return OUTCOME_SKIP;
    case VERDICT_NONE: /* nothing was looked at: never a pass */
    case VERDICT_ERROR:
    case VERDICT_KINDS:
        break;
    }
    return OUTCOME_ERROR;
}

bool result_failed(const struct result *r, bool strict)
{
    enum outcome outcome = result_outcome(r);

    return outcome == OUTCOME_FAIL || outcome == OUTCOME_STALE ||
           (strict && outcome == OUTCOME_WARN);
}

bool result_notable(const struct result *r)
{
    enum outcome outcome = result_outcome(r);

    return outcome != OUTCOME_PASS && outcome != OUTCOME_SKIP &&
           outcome != OUTCOME_EXPECTED;
}

struct summary results_summary(const struct results *rs)
{
    struct summary sum = { 0 };
    long *const counts[] = {
        [OUTCOME_PASS] = &sum.pass,   [OUTCOME_FAIL] = &sum.fail,
        [OUTCOME_WARN] = &sum.warn,   [OUTCOME_SKIP] = &sum.skip,
        [OUTCOME_ERROR] = &sum.error, [OUTCOME_EXPECTED] = &sum.expected,
        [OUTCOME_STALE] = &sum.stale,
    };

    for (size_t i = 0; i < rs->n; i++)
        ++*counts[result_outcome(&rs->list[i])];
    return sum;
}

/* How many made the run fail. */
static long failed(const struct summary *sum, bool strict)
{
    return sum->fail + sum->stale + (strict ? sum->warn : 0);
}

/* How many were judged and did not make the run fail. */
static long passed(const struct summary *sum, bool strict)
{
    return sum->pass + sum->expected + (strict ? 0 : sum->warn);
}

int results_status(const struct results *rs, bool strict)
{
    struct summary sum = results_summary(rs);

    if (sum.error > 0 || failed(&sum, strict) + passed(&sum, strict) == 0)
        return STATUS_TROUBLE;
    return failed(&sum, strict) > 0 ? STATUS_FAILED : STATUS_PASSED;
}

void results_line(const struct results *rs, bool strict, char *line,
                  size_t size)
{
    struct summary sum = results_summary(rs);
    char skipped[40] = "", errors[40] = "";

    if (sum.skip > 0)
        (void)snprintf(skipped, sizeof skipped, ", %ld skipped", sum.skip);
    if (sum.error > 0)
        (void)snprintf(errors, sizeof errors, ", %ld errors", sum.error);
    (void)snprintf(line, size, "%ld passed, %ld failed%s%s",
                   passed(&sum, strict), failed(&sum, strict), skipped, errors);
}

/* "RFC 862; accept(2)" as an array of its parts. */
static json_t *sources_to_json(const char *sources)
{
    json_t *array = json_array();

    for (const char *s = sources; s && *s;) {
        size_t n = strcspn(s, ";");

        if (json_array_append_new(array, json_stringn(s, n)) != 0) {
            json_decref(array);
            return NULL;
        }
        s += n;
        s += strspn(s, "; ");
    }
    return array;
}

/* The way back; NULL with ENOMEM, or EPROTO if a part is no string. */
static char *sources_from_json(const json_t *array)
{
    char *text = NULL;
    size_t size, i;
    json_t *part;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    json_array_foreach(array, i, part)
    {
        if (!json_is_string(part)) {
            (void)fclose(out);
            free(text);
            errno = EPROTO;
            return NULL;
        }
        fprintf(out, "%s%s", i ? "; " : "", json_string_value(part));
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

json_t *result_to_json(const struct result *r)
{
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:o, s:s, s:s?, s:f, s:o}", "id", r->id,
                  "title", r->title, "level", level_name(r->level), "sources",
                  sources_to_json(r->sources), "verdict", verdict_name(r->kind),
                  "reason", r->reason, "seconds", r->seconds, "evidence",
                  evidence_to_json(&r->evidence));

    if (r->mistake && object)
        (void)json_object_set_new(object, "mistake", json_string(r->mistake));
    if (r->mend && object)
        (void)json_object_set_new(object, "mend", json_string(r->mend));
    if (r->expected && object)
        (void)json_object_set_new(object, "expected", json_true());
    if (r->stale && object)
        (void)json_object_set_new(object, "stale", json_true());
    return object;
}

static int protocol_error(struct result *r, int error)
{
    result_free(r);
    errno = error;
    return -1;
}

int result_from_json(json_t *object, struct result *r)
{
    const char *id, *title, *level, *verdict, *reason;
    const char *mistake = NULL, *mend = NULL;
    json_t *sources, *evidence, *why = NULL;
    int expected = 0, stale = 0;

    *r = (struct result){ 0 };
    if (json_unpack(object,
                    "{s:s, s:s, s:s, s:o, s:s, s?o, s:F, s:o, s?s, "
                    "s?s, s?b, s?b}",
                    "id", &id, "title", &title, "level", &level, "sources",
                    &sources, "verdict", &verdict, "reason", &why, "seconds",
                    &r->seconds, "evidence", &evidence, "mistake", &mistake,
                    "mend", &mend, "expected", &expected, "stale",
                    &stale) != 0 ||
        !json_is_array(sources) ||
        evidence_from_json(evidence, &r->evidence) != 0)
        return protocol_error(r, EPROTO);
    reason = json_string_value(why); /* NULL for null */
    r->level = strcmp(level, level_name(SHOULD)) == 0 ? SHOULD : MUST;
    r->kind = verdict_kind_of(verdict);
    r->expected = expected;
    r->stale = stale;
    r->id = strdup(id);
    r->title = strdup(title);
    r->reason = reason ? strdup(reason) : NULL;
    r->mistake = mistake ? strdup(mistake) : NULL;
    r->mend = mend ? strdup(mend) : NULL;
    if (!r->id || !r->title || (reason && !r->reason) ||
        (mistake && !r->mistake) || (mend && !r->mend))
        return protocol_error(r, ENOMEM);
    r->sources = sources_from_json(sources);
    return r->sources ? 0 : protocol_error(r, errno);
}
