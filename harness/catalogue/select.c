/* SPDX-License-Identifier: MIT */
#include "catalogue/select.h"

#include "catalogue/catalogue.h"

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

/* memory/ needs --valgrind, client/ needs --client; the rest a server. */
static bool available(const struct test_case *c, bool valgrind, bool client)
{
    if (strncmp(c->id, "client/", 7) == 0)
        return client;
    if (client)
        return false;
    return valgrind || strncmp(c->id, "memory/", 7) != 0;
}

static bool fits_any(const char *selector)
{
    const struct family *f;

    if (*selector == '!')
        selector++;
    for (size_t i = 0; (f = catalogue_family(i)); i++)
        for (size_t k = 0; k < f->n; k++)
            if (fits(selector, f->cases[k].id))
                return true;
    return false;
}

int select_cases(struct selection *s, char *const *selectors, bool valgrind,
                 bool client, char *why, size_t size)
{
    const struct family *f;

    *s = (struct selection){ NULL, 0 };
    for (char *const *word = selectors; word && *word; word++)
        if (!fits_any(*word)) {
            snprintf(why, size, "no case fits '%s' (harness list shows all)",
                     *word);
            return -1;
        }
    s->cases = calloc(CATALOGUE_MOST, sizeof *s->cases);
    if (!s->cases) {
        snprintf(why, size, "no memory");
        return -1;
    }
    for (size_t i = 0; (f = catalogue_family(i)); i++)
        for (size_t k = 0; k < f->n && s->n < CATALOGUE_MOST; k++)
            if (chosen(selectors, f->cases[k].id) &&
                available(&f->cases[k], valgrind, client))
                s->cases[s->n++] = &f->cases[k];
    return 0;
}

void selection_free(struct selection *s)
{
    free(s->cases);
    *s = (struct selection){ NULL, 0 };
}
