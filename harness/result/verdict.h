/* SPDX-License-Identifier: MIT */
/* What was seen and what it means: one verdict with its evidence. Nothing
   here looks at a server, so that judging can be tested without one. */
#ifndef VERDICT_H
#define VERDICT_H

#include "result/evidence.h"

#include <stdbool.h>
#include <stddef.h>

enum level { MUST, SHOULD };

/* In the order of weight: of several statements about one case the heaviest
   stands, and among equal ones the first. A fault that is proven outweighs what
   goes wrong in the harness later. */
enum verdict_kind {
    VERDICT_NONE, /* nothing was looked at: becomes an error, never a pass */
    VERDICT_PASS,
    VERDICT_SKIP,  /* this target or this machine cannot show it */
    VERDICT_ERROR, /* the harness could not do its work */
    VERDICT_WARN,  /* a SHOULD missed */
    VERDICT_FAIL,  /* a MUST broken */
    VERDICT_KINDS
};

struct verdict {
    enum verdict_kind kind;
    char *reason; /* one line of UTF-8 without control characters, or
                     NULL; owned */
    bool should;  /* what is a MUST of others is a SHOULD of
                     this target */
    struct evidence evidence;   /* owned */
    void (*failing)(void *arg); /* called when a failure is stated, while its
                                   causes can still be looked at; or NULL */
    void *failing_arg;
};

void verdict_init(struct verdict *v);
void verdict_free(struct verdict *v);

/* State the outcome. The text after the kind is the reason in one line, as
   printf; whatever bytes come in are made printable. A lighter statement than
   the one that stands is ignored. */
void verdict_pass(struct verdict *v);
void verdict_fail(struct verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void verdict_skip(struct verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void verdict_error(struct verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Add to the evidence; the first expected and observed stand. */
void verdict_expected(struct verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void verdict_observed(struct verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void verdict_fact(struct verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void verdict_figure(struct verdict *v, const char *name, double value);
/* The first difference of two byte strings, with a hex dump of both around
   it. Nothing is added where they are equal. */
void verdict_bytes(struct verdict *v, const void *want, size_t want_bytes,
                   const void *got, size_t got_bytes);
/* Likewise, where base bytes of the stream stand before both strings. */
void verdict_bytes_from(struct verdict *v, size_t base, const void *want,
                        size_t want_bytes, const void *got, size_t got_bytes);

/* Any bytes as one line of UTF-8 that neither a terminal nor XML 1.0 takes for
   more than text: control characters, and characters that reorder a line,
   become \n, \xNN or \uNNNN, as do bytes that are no UTF-8. A line that it has
   returned it returns unchanged. NULL with ENOMEM; the caller frees it. */
char *verdict_text(const void *bytes, size_t nbytes);
/* The same, but a newline stays one. NULL counts as "". */
char *verdict_lines(const char *text);

/* True once a failure, a skip or an error stands. */
bool verdict_decided(const struct verdict *v);
/* True if a failure stands: of a SHOULD, too. */
bool verdict_has_failed(const struct verdict *v);

/* What stands is not the target's fault after all: take it back with its
   evidence, and state a skip. */
void verdict_excuse(struct verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* "pass", "fail", ... as the reports write it. */
const char *verdict_name(enum verdict_kind kind);
/* The kind of that name, or VERDICT_NONE. */
enum verdict_kind verdict_kind_of(const char *name);
const char *level_name(enum level level); /* "must", "should" */

#endif
