/* SPDX-License-Identifier: MIT */
/* What somebody meant who wrote a name that there is not. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

/* How many letters are to be put in, left out, changed or exchanged with their
   neighbour to make b of a, if that is at most `most`; else most + 1. Capitals
   count as small ones. */
size_t edits(const char *a, const char *b, size_t most);

/* That of n names which few edits make of word: one for each three letters of
   it, the first of several that take as many. NULL if none is so near. */
const char *nearest(const char *word, const char *const *names, size_t n);

#endif
