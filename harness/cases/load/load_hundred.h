/* SPDX-License-Identifier: MIT */
/* A hundred clients at once, before others break off and after. */
#ifndef LOAD_HUNDRED_H
#define LOAD_HUNDRED_H

#include "kit/client_pool.h"
#include "kit/context.h"

enum { HUNDRED = 100 };

struct hundred {
    size_t served; /* at the same time */
    size_t all;    /* that have been, one after another too */
    size_t wrong;
    size_t of_others;        /* of those */
    char why[UNSERVED_TEXT]; /* of the first that was not served */
};

/* n of them at once, and what became of them. tell: each wrong answer as facts,
   or NULL. What was left for one may come before its answer, or after it: then
   the next answer is not its own. False: decided. */
bool hundred_come(struct context *c, struct hundred *h, size_t n,
                  struct verdict *tell);
/* The first, on a server that is started if need be. What fails without those
   who break off is not their doing: then, as with an error, false: decided. */
bool hundred_before(struct context *c, struct hundred *h);
/* Again and again: a server may need a while to see who is gone. All wrong
   answers in sum. False: fewer at once than before, or decided. */
bool hundred_serves_as_before(struct context *c, const struct hundred *before,
                              struct hundred *after, struct verdict *tell);
/* Let the verdict fail, unless it is decided: after `whom` fewer are served. A
   new server to which only hundreds come is the excuse, if that serves fewer as
   well. */
void hundred_tell_unserved(struct context *c, const struct hundred *before,
                           const struct hundred *after, const char *whom);

#endif
