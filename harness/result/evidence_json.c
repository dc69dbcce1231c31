/* SPDX-License-Identifier: MIT */
/* Evidence on its way through a pipe or into the JSON report. */
#include "result/evidence_json.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static json_t *facts_to_json(const struct evidence *e)
{
    json_t *array = json_array();

    for (size_t i = 0; i < e->nfacts; i++)
        (void)json_array_append_new(array, json_string(e->facts[i]));
    return array;
}

/* "base" only where there is one. */
static json_t *difference_to_json(const struct difference *d)
{
    return json_pack("{s:I, s:I, s:I, s:s*, s:s*, s:o*}", "offset",
                     (json_int_t)d->offset, "expected_bytes",
                     (json_int_t)d->expected_bytes, "observed_bytes",
                     (json_int_t)d->observed_bytes, "expected", d->expected,
                     "observed", d->observed, "base",
                     d->base ? json_integer((json_int_t)d->base) : NULL);
}

json_t *figure_to_json(const struct figure *figure)
{
    double value = figure->value;
    bool whole =
        value > -1e15 && value < 1e15 && (double)(json_int_t)value == value;

    if (figure->other)
        return json_incref(figure->other);
    return whole ? json_integer((json_int_t)value) : json_real(value);
}

/* figure is the figure that the part stands for, if it is one. */
static json_t *part_to_json(const struct evidence *e, enum evidence_part part,
                            const struct figure *figure)
{
    switch (part) {
    case EVIDENCE_EXPECTED:
        return json_string(e->expected);
    case EVIDENCE_OBSERVED:
        return json_string(e->observed);
    case EVIDENCE_FACTS:
        return facts_to_json(e);
    case EVIDENCE_DIFFERENCE:
        return difference_to_json(e->difference);
    case EVIDENCE_FIGURE:
        return figure_to_json(figure);
    }
    return NULL;
}

json_t *evidence_to_json(const struct evidence *e)
{
    static const char *const names[] = {
        [EVIDENCE_EXPECTED] = "expected",
        [EVIDENCE_OBSERVED] = "observed",
        [EVIDENCE_FACTS] = "facts",
        [EVIDENCE_DIFFERENCE] = "difference",
    };
    const struct figure *figure = e->figures;
    json_t *object = json_object();

    for (size_t i = 0; i < e->norder; i++) {
        bool is_figure = e->order[i] == EVIDENCE_FIGURE;

        /* Out of memory: the part is left out. */
        (void)json_object_set_new(object,
                                  is_figure ? figure->name : names[e->order[i]],
                                  part_to_json(e, e->order[i], figure));
        figure += is_figure;
    }
    return object;
}

/* A copy of the string, or NULL; *sound becomes false where it is none. */
static char *string_from(const json_t *value, bool *sound)
{
    const char *text = json_string_value(value);

    if (!text)
        *sound = false;
    return text ? strdup(text) : NULL;
}

static bool facts_from(json_t *array, struct evidence *e)
{
    bool sound = json_is_array(array);
    json_t *fact;
    size_t i;

    json_array_foreach(array, i, fact)
        evidence_fact(e, string_from(fact, &sound));
    return sound;
}

static bool difference_from(json_t *object, struct evidence *e)
{
    json_int_t offset, want, got, base = 0;
    const char *expected = NULL, *observed = NULL;

    if (json_unpack(object, "{s:I, s:I, s:I, s?s, s?s, s?I}", "offset", &offset,
                    "expected_bytes", &want, "observed_bytes", &got, "expected",
                    &expected, "observed", &observed, "base", &base) != 0 ||
        offset < 0 || want < 0 || got < 0 || base < 0)
        return false;
    evidence_difference(e, (struct difference){
                               .base = (size_t)base,
                               .offset = (size_t)offset,
                               .expected_bytes = (size_t)want,
                               .observed_bytes = (size_t)got,
                               .expected = expected ? strdup(expected) : NULL,
                               .observed = observed ? strdup(observed) : NULL,
                           });
    return true;
}

int evidence_from_json(json_t *object, struct evidence *e)
{
    bool sound = json_is_object(object);
    const char *name;
    json_t *value;

    *e = (struct evidence){ 0 };
    json_object_foreach(object, name, value)
    {
        if (strcmp(name, "expected") == 0)
            evidence_expected(e, string_from(value, &sound));
        else if (strcmp(name, "observed") == 0)
            evidence_observed(e, string_from(value, &sound));
        else if (strcmp(name, "facts") == 0)
            sound = facts_from(value, e) && sound;
        else if (strcmp(name, "difference") == 0)
            sound = difference_from(value, e) && sound;
        else
            evidence_figure_json(e, name, json_incref(value));
    }
    if (sound)
        return 0;
    evidence_free(e);
    errno = EPROTO;
    return -1;
}
