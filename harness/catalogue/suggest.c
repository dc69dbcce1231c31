/* SPDX-License-Identifier: MIT */
/* The first of these ways that finds something: the family without its slash;
   the id without its family; a part of an id; an id, its second part, or a
   family in which few letters are wrong. */
#include "catalogue/suggest.h"

#include "base/nearest.h"
#include "catalogue/catalogue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST = 3, LEAST_PART = 3 };

struct found {
    const char *id[MOST];
    size_t n;
};

static const char *name_of(const char *id)
{
    return strchr(id, '/') + 1;
}

static bool is_name(const char *word, const char *id)
{
    return strcasecmp(word, name_of(id)) == 0;
}

static bool is_part(const char *word, const char *id)
{
    return strlen(word) >= LEAST_PART && strcasestr(id, word);
}

static struct found find(const char *word,
                         bool (*fits)(const char *word, const char *id))
{
    struct catalogue_walk w = { .place = 0 };
    struct found f = { .n = 0 };

    while (f.n < MOST && catalogue_next(&w))
        if (fits(word, w.test_case->id))
            f.id[f.n++] = w.test_case->id;
    return f;
}

/* The family that is called so, or nearly so; or NULL. */
static const char *find_family(const char *word, bool nearly)
{
    struct catalogue_walk w = { .place = 0 };
    size_t n = strlen(word) + (strchr(word, '/') == NULL);
    size_t most = nearly ? n / 3 : 0;
    char with_slash[64];

    snprintf(with_slash, sizeof with_slash, "%s%s", word,
             strchr(word, '/') ? "" : "/");
    while (n > 1 && catalogue_next(&w))
        if (edits(with_slash, w.family->name, most) <= most)
            return w.family->name;
    return NULL;
}

static const char *find_near(const char *word)
{
    struct catalogue_walk w = { .place = 0 };
    const char *ids[CATALOGUE_MOST], *names[CATALOGUE_MOST], *near;
    size_t n = 0;

    for (; n < CATALOGUE_MOST && catalogue_next(&w); n++) {
        ids[n] = w.test_case->id;
        names[n] = name_of(ids[n]);
    }
    if (strchr(word, '/'))
        return nearest(word, ids, n);
    near = nearest(word, names, n);
    for (size_t i = 0; near && i < n; i++)
        if (names[i] == near)
            return ids[i];
    return NULL;
}

const char *suggest_case(const char *word, char text[SUGGEST_TEXT])
{
    struct found f = { .n = 0 };
    const char *one;
    int n;

    word += *word == '!';
    one = find_family(word, false);
    if (!one)
        f = find(word, is_name);
    if (!one && f.n == 0)
        f = find(word, is_part);
    if (!one && f.n == 0)
        one = find_near(word);
    if (!one && f.n == 0)
        one = find_family(word, true);
    if (one)
        f = (struct found){ { one }, 1 };
    text[0] = '\0';
    n = snprintf(text, SUGGEST_TEXT, "%s", f.n ? ": did you mean " : "");
    for (size_t i = 0; i < f.n; i++)
        n += snprintf(text + n, SUGGEST_TEXT - (size_t)n, "%s%s",
                      i == 0         ? ""
                      : i + 1 == f.n ? " or "
                                     : ", ",
                      f.id[i]);
    if (f.n)
        snprintf(text + n, SUGGEST_TEXT - (size_t)n, "?");
    return text;
}
