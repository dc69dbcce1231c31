/* SPDX-License-Identifier: MIT */
/* Members of an object that may be of any type or not there at all. */
#ifndef JSON_FIELDS_H
#define JSON_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum json_types {
    TYPE_STRING = 1,
    TYPE_INTEGER = 2, /* 0 up */
    TYPE_NUMBER = 4,  /* 0 up */
    TYPE_BOOL = 8,
    TYPE_OBJECT = 16,
    TYPE_ARRAY = 32, /* of strings */
    TYPE_LIST = 64,  /* of anything */
    TYPE_NULL = 128,
    TYPE_ABSENT = 256 /* it need not be there */
};

struct json_field {
    const char *name;
    unsigned types;           /* that it may have: enum json_types */
    const char *const *words; /* of a string: what there is, up to NULL; or
                                 NULL: any */
};

/* True if all n members are as they should be; else false, with the place in
   why: "r.json: target.port: a number is needed". prefix is what the object is
   called: "target.", or "". */
bool json_fields_check(const json_t *object, const struct json_field *fields,
                       size_t n, const char *file, const char *prefix,
                       char *why, size_t size);
/* Make every string in it printable, at whatever depth. */
void json_fields_printable(json_t *value);

#endif
