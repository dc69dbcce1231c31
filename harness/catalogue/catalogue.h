/* SPDX-License-Identifier: MIT */
/* All cases, by family. */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "result/case.h"

#include <stddef.h>

enum { CATALOGUE_MOST = 512 };  /* cases, at most */

/* The i-th family, or NULL beyond the last. */
const struct family *catalogue_family(size_t i);
/* The case of that id, or NULL. */
const struct test_case *catalogue_find(const char *id);
/* Its place in the order of all, or CATALOGUE_MOST. */
size_t catalogue_place(const char *id);

#endif
