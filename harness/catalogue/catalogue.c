/* SPDX-License-Identifier: MIT */
#include "catalogue/catalogue.h"

#include "cases/families.h"

#include <string.h>

static const struct family *const families[] = {
    &echo_family, &load_family, &process_family, &daemon_family,
    &lifecycle_family, &fault_family, &memory_family, &client_family,
};

const struct family *catalogue_family(size_t i)
{
    return i < sizeof families / sizeof *families ? families[i] : NULL;
}

const struct test_case *catalogue_find(const char *id)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        for (size_t k = 0; k < families[i]->n; k++)
            if (strcmp(families[i]->cases[k].id, id) == 0)
                return &families[i]->cases[k];
    return NULL;
}

size_t catalogue_place(const char *id)
{
    size_t place = 0;

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        for (size_t k = 0; k < families[i]->n; k++, place++)
            if (strcmp(families[i]->cases[k].id, id) == 0)
                return place;
    return CATALOGUE_MOST;
}
