/* SPDX-License-Identifier: MIT */
/* The one place that lists the families; their order is that of all reports. */
#include "catalogue/catalogue.h"

#include "cases/families.h"

#include <string.h>

static const struct family *const families[] = {
    &echo_family,      &load_family,  &process_family, &daemon_family,
    &lifecycle_family, &fault_family, &memory_family,  &client_family,
};

enum { NFAMILIES = sizeof families / sizeof *families };

bool catalogue_next(struct catalogue_walk *w)
{
    while (w->next_family < NFAMILIES) {
        const struct case_table *t;

        w->family = families[w->next_family];
        t = w->family->tables[w->next_table];
        if (t && w->next_row < t->n) {
            w->test_case = &t->cases[w->next_row++];
            w->place = w->next_place++;
            return true;
        }
        w->next_row = 0;
        w->next_table = t ? w->next_table + 1 : 0;
        w->next_family += !t;
    }
    return false;
}

static bool walk_to(struct catalogue_walk *w, const char *id)
{
    *w = (struct catalogue_walk){ .place = 0 };
    while (catalogue_next(w))
        if (strcmp(w->test_case->id, id) == 0)
            return true;
    return false;
}

const struct test_case *catalogue_find(const char *id,
                                       const struct family **family)
{
    struct catalogue_walk w;

    if (!walk_to(&w, id))
        return NULL;
    if (family)
        *family = w.family;
    return w.test_case;
}

size_t catalogue_place(const char *id)
{
    struct catalogue_walk w;

    return walk_to(&w, id) ? w.place : CATALOGUE_MOST;
}
