/* SPDX-License-Identifier: MIT */
/* What was said and done in a session, by both sides, in order: the evidence
   of a case about a client. Of a long one the beginning and the end are
   kept. */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "result/verdict.h"

enum { TRANSCRIPT_FIRST = 24, TRANSCRIPT_LAST = 16, TRANSCRIPT_HEAD = 72 };

struct event {
    const char *what;           /* "client prints": a string that stays */
    char head[TRANSCRIPT_HEAD]; /* the first bytes, or a detail in words */
    size_t kept, bytes;         /* how many are in head, and in all. bytes 0:
                                   words or nothing */
    size_t nuls;                /* how many end the bytes so far */
};

struct transcript {
    struct event first[TRANSCRIPT_FIRST], last[TRANSCRIPT_LAST];
    size_t n; /* events in all */
};

/* Note bytes that passed; those that follow one another under the same what are
   one event. */
void transcript_bytes(struct transcript *c, const char *what, const void *bytes,
                      size_t n);
/* Note that something happened. detail, as printf; NULL for none. */
void transcript_event(struct transcript *c, const char *what,
                      const char *detail, ...)
    __attribute__((format(printf, 3, 4)));
/* Tell all of it, as facts. */
void transcript_tell(const struct transcript *c, struct verdict *v);

#endif
