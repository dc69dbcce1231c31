/* SPDX-License-Identifier: MIT */
/* A selector is a pattern for fnmatch(3), or a prefix if it ends in "/". Each
   must fit at least one case of the whole catalogue, so that a misspelt one is
   refused and does not select nothing. Nothing is run here. */
#include "catalogue/select.h"

#include "catalogue/catalogue.h"
#include "catalogue/suggest.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fits(const char *selector, const char *id)
{
    size_t n = strlen(selector);

    if (n && selector[n - 1] == '/')
        return strncmp(selector, id, n) == 0;
    return fnmatch(selector, id, 0) == 0;
}

static bool chosen(char *const *selectors, const char *id)
{
    bool any = false, in = false;

    for (char *const *s = selectors; s && *s; s++) {
        if (**s == '!') {
            if (fits(*s + 1, id))
                return false;
        } else {
            any = true;
            in |= fits(*s, id);
        }
    }
    return in || !any;
}

static bool available(const struct catalogue_walk *w, struct select_with with)
{
    return w->family->client == with.client &&
           (with.valgrind || !w->family->valgrind) &&
           (with.exhaustive || !w->test_case->exhaustive);
}

static bool fits_any(const char *selector)
{
    struct catalogue_walk w = { .place = 0 };

    if (*selector == '!')
        selector++;
    while (catalogue_next(&w))
        if (fits(selector, w.test_case->id))
            return true;
    return false;
}

int select_cases(struct selection *s, char *const *selectors,
                 struct select_with with, char *why, size_t size)
{
    struct catalogue_walk w = { .place = 0 };
    char near[SUGGEST_TEXT];

    *s = (struct selection){ NULL, 0 };
    for (char *const *word = selectors; word && *word; word++)
        if (!fits_any(*word)) {
            (void)suggest_case(*word, near);
            snprintf(why, size, "no case fits '%s'%s", *word,
                     *near ? near : " (harness list shows all)");
            return -1;
        }
    s->cases = calloc(CATALOGUE_MOST, sizeof *s->cases);
    if (!s->cases) {
        snprintf(why, size, "no memory");
        return -1;
    }
    while (catalogue_next(&w) && s->n < CATALOGUE_MOST)
        if (chosen(selectors, w.test_case->id) && available(&w, with))
            s->cases[s->n++] = w.test_case;
    return 0;
}

void selection_free(struct selection *s)
{
    free(s->cases);
    *s = (struct selection){ NULL, 0 };
}
