/* SPDX-License-Identifier: MIT */
/* All cases: the families, the tables of a family, the rows of a table. */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "result/case.h"

#include <stdbool.h>
#include <stddef.h>

enum { CATALOGUE_MOST = 512 }; /* cases, at most */

/* All cases one after another, from a walk of zeros:
       struct catalogue_walk w = { .place = 0 };
       while (catalogue_next(&w)) */
struct catalogue_walk {
    const struct family *family;
    const struct test_case *test_case;
    size_t place; /* of the case among all */
    size_t next_family, next_table, next_row, next_place;
};

/* Go on to the next case. False if there is none. */
bool catalogue_next(struct catalogue_walk *w);
/* The case of that id and, unless family is NULL, its family; or NULL. */
const struct test_case *catalogue_find(const char *id,
                                       const struct family **family);
/* The place of the case of that id among all, or CATALOGUE_MOST. */
size_t catalogue_place(const char *id);

#endif
