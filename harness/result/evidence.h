/* SPDX-License-Identifier: MIT */
/* What was seen, in the parts that every report has a place for. All texts
   are printable UTF-8: whoever fills them in has seen to that. It becomes JSON
   only on its way from the process of a case (evidence_json.h) and in the JSON
   report. */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include <jansson.h>
#include <stddef.h>

/* The first difference of two byte strings. */
struct difference {
    size_t base;   /* what of the stream stands before both: offsets, in the
                      dumps too, count from there */
    size_t offset; /* of the first byte that differs */
    size_t expected_bytes, observed_bytes; /* the whole lengths */
    char *expected, *observed;             /* hex dumps of several lines; NULL
                                              where there was no memory */
};

struct figure {
    char *name;
    double value;  /* finite */
    json_t *other; /* NULL, or what stands for value: JSON that is no
                      number. No case of ours has any */
};

/* The parts that evidence may have: the first four once, any number of
   figures. */
enum evidence_part {
    EVIDENCE_EXPECTED,
    EVIDENCE_OBSERVED,
    EVIDENCE_FACTS,
    EVIDENCE_DIFFERENCE,
    EVIDENCE_FIGURE
};

/* Of a leak of thousands the first ones say enough. */
enum { EVIDENCE_MAX_FACTS = 64 };

/* All zero is evidence of nothing. Everything in it is owned by it. */
struct evidence {
    char *expected, *observed; /* a line each, or NULL */
    char **facts;              /* a line each */
    size_t nfacts;
    struct difference *difference; /* NULL: none */
    struct figure *figures;
    size_t nfigures;
    enum evidence_part *order; /* the parts in the order in which they
                                  were first added, which JSON keeps */
    size_t norder;
};

void evidence_free(struct evidence *e); /* leaves evidence of nothing */

/* Add a part. A text belongs to e from then on; NULL, as from a lack of memory,
   adds nothing. A lack of memory costs the part, so that nothing is
   returned. */

/* The first of each stands: what went wrong first explains most. */
void evidence_expected(struct evidence *e, char *text);
void evidence_observed(struct evidence *e, char *text);
/* After EVIDENCE_MAX_FACTS one more says that others were left out. */
void evidence_fact(struct evidence *e, char *text);
/* Nothing is added where the two are equal; the first difference stands. */
void evidence_bytes(struct evidence *e, const void *want, size_t want_bytes,
                    const void *got, size_t got_bytes);
/* Likewise, where base bytes of the stream stand before both strings. */
void evidence_bytes_from(struct evidence *e, size_t base, const void *want,
                         size_t want_bytes, const void *got, size_t got_bytes);
/* The first difference stands. The dumps in d belong to e from then on. */
void evidence_difference(struct evidence *e, struct difference d);
/* A figure is a measurement: the last of a name counts, in the place of the
   first. NaN and infinity are left out. */
void evidence_figure(struct evidence *e, const char *name, double value);
/* The same for any JSON, a number included; the reference to value belongs to e
   from then on. */
void evidence_figure_json(struct evidence *e, const char *name, json_t *value);

#endif
