/* SPDX-License-Identifier: MIT */
/* A report that is being read. Inside run_read*.c only. */
#ifndef RUN_READING_H
#define RUN_READING_H

#include "reread/json_fields.h"
#include "reread/run_read.h"

struct reading {
    struct past_run *r; /* what is made of it */
    json_t *root;
    char *why; /* size bytes for one line */
    size_t size;
};

#define TEXT_OR_NULL (TYPE_STRING | TYPE_NULL)

#define CHECK_FIELDS(reading, object, fields, prefix)                        \
    json_fields_check((object), (fields), sizeof(fields) / sizeof *(fields), \
                      (reading)->r->source, (prefix), (reading)->why,        \
                      (reading)->size)

static inline const char *string_at(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* The file, the place and what is wrong there, in why. Returns false. */
bool reading_wrong(struct reading *g, const char *place, const char *what);
/* "cases" and "likely_causes". False with why. */
bool reading_cases(struct reading *g);
bool reading_causes(struct reading *g);

#endif
