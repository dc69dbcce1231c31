/* SPDX-License-Identifier: MIT */
/* What was said and done in a dialogue, by both sides, in order: the evidence
   of a case about a client. Of a long one the beginning and the end are
   kept. */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "result/verdict.h"

enum { CHRONICLE_FIRST = 24, CHRONICLE_LAST = 16, TRANSCRIPT_HEAD = 72 };

struct event {
    const char *what;       /* "client prints": a string that stays */
    char head[TRANSCRIPT_HEAD];  /* the first bytes, or a detail in words */
    size_t kept, bytes;     /* of head; in all. bytes 0: words or nothing */
    size_t nuls;            /* at the end of what came so far */
};

struct chronicle {
    struct event first[CHRONICLE_FIRST], last[CHRONICLE_LAST];
    size_t n;               /* events in all */
};

/* Bytes that passed; those that follow one another under the same what are one
   event. */
void chronicle_bytes(struct chronicle *c, const char *what, const void *bytes,
                     size_t n);
/* Something happened. detail, as printf; NULL for none. */
void chronicle_event(struct chronicle *c, const char *what,
                     const char *detail, ...)
    __attribute__((format(printf, 3, 4)));
/* All of it, as facts. */
void chronicle_tell(const struct chronicle *c, struct verdict *v);

#endif
