/* SPDX-License-Identifier: MIT */
/* jansson's json_unpack says that a member is wrong, but neither where it
   stands nor what would be right, and knows no range. */
#include "reread/json_fields.h"

#include "reread/report_read.h"
#include "result/verdict.h"

#include <stdlib.h>
#include <string.h>

static bool all_strings(const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (!json_is_string(json_array_get(array, i)))
            return false;
    return true;
}

static unsigned type_of(const json_t *value)
{
    if (!value)
        return TYPE_ABSENT;
    switch (json_typeof(value)) {
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_INTEGER:
        return json_integer_value(value) < 0 ? 0 : TYPE_INTEGER | TYPE_NUMBER;
    case JSON_REAL:
        return json_real_value(value) < 0 ? 0 : TYPE_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOL;
    case JSON_OBJECT:
        return TYPE_OBJECT;
    case JSON_ARRAY:
        return all_strings(value) ? TYPE_ARRAY | TYPE_LIST : TYPE_LIST;
    case JSON_NULL:
        return TYPE_NULL;
    }
    return 0;
}

static bool is_word(const json_t *value, const char *const *words)
{
    const char *word = json_string_value(value);

    for (; word && words && *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return !word || !words;
}

/* What is asked for, in words. */
static const char *name_of(unsigned types)
{
    static const struct {
        unsigned type;
        const char *name;
    } names[] = {
        { TYPE_STRING, "a string" },
        { TYPE_INTEGER, "an integer, 0 up," },
        { TYPE_NUMBER, "a number, 0 up," },
        { TYPE_BOOL, "true or false" },
        { TYPE_OBJECT, "an object" },
        { TYPE_ARRAY, "an array of strings" },
        { TYPE_LIST, "an array" },
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (types & names[i].type)
            return names[i].name;
    return "null";
}

bool json_fields_check(const json_t *object, const struct json_field *fields,
                       size_t n, const char *file, const char *prefix,
                       char *why, size_t size)
{
    for (size_t i = 0; i < n; i++) {
        const struct json_field *f = &fields[i];
        const json_t *value = json_object_get(object, f->name);

        if (!(type_of(value) & f->types))
            return report_read_wrong(why, size, "%s: %s%s: %s%s is needed%s",
                                     file, prefix, f->name, name_of(f->types),
                                     f->types & TYPE_NULL ? " or null" : "",
                                     value ? "" : ", and it is missing");
        if (!is_word(value, f->words))
            return report_read_wrong(
                why, size, "%s: %s%s: '%.64s' is none that there is", file,
                prefix, f->name, json_string_value(value));
    }
    return true;
}

static void string_printable(json_t *string)
{
    char *text =
        verdict_text(json_string_value(string), json_string_length(string));

    if (text)
        (void)json_string_set(string, text); /* it is UTF-8 */
    free(text);
}

void json_fields_printable(json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;

    if (json_is_string(value))
        string_printable(value);
    json_array_foreach(value, i, member) json_fields_printable(member);
    json_object_foreach(value, name, member) json_fields_printable(member);
}
