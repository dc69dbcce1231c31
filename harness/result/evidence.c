/* SPDX-License-Identifier: MIT */
/* The parts of the evidence, kept in the order in which they came. A lack of
   memory costs a part, never the verdict. */
#include "result/evidence.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DUMP_LINE 16
#define DUMP_BYTES 64 /* one frame */

void evidence_free(struct evidence *e)
{
    free(e->expected);
    free(e->observed);
    for (size_t i = 0; i < e->nfacts; i++)
        free(e->facts[i]);
    free(e->facts);
    if (e->difference) {
        free(e->difference->expected);
        free(e->difference->observed);
    }
    free(e->difference);
    for (size_t i = 0; i < e->nfigures; i++) {
        free(e->figures[i].name);
        json_decref(e->figures[i].other);
    }
    free(e->figures);
    free(e->order);
    *e = (struct evidence){ 0 };
}

/* Note the place of a new part. False with no memory. */
static bool note_place(struct evidence *e, enum evidence_part part)
{
    enum evidence_part *order =
        reallocarray(e->order, e->norder + 1, sizeof *order);

    if (!order)
        return false;
    e->order = order;
    e->order[e->norder++] = part;
    return true;
}

/* Give a part of one text its text, unless it has one. */
static void add_text(struct evidence *e, enum evidence_part part, char **place,
                     char *text)
{
    if (!*place && text && note_place(e, part))
        *place = text;
    else
        free(text);
}

void evidence_expected(struct evidence *e, char *text)
{
    add_text(e, EVIDENCE_EXPECTED, &e->expected, text);
}

void evidence_observed(struct evidence *e, char *text)
{
    add_text(e, EVIDENCE_OBSERVED, &e->observed, text);
}

void evidence_fact(struct evidence *e, char *text)
{
    char **facts = NULL;

    if (text && e->nfacts == EVIDENCE_MAX_FACTS) {
        free(text);
        text = strdup("and more, left out here");
    }
    if (text && e->nfacts <= EVIDENCE_MAX_FACTS)
        facts = reallocarray(e->facts, e->nfacts + 1, sizeof *facts);
    if (!facts) {
        free(text);
        return;
    }
    e->facts = facts;
    if (e->nfacts > 0 || note_place(e, EVIDENCE_FACTS))
        e->facts[e->nfacts++] = text;
    else
        free(text);
}

static void dump_line(FILE *out, const unsigned char *s, size_t at, size_t n)
{
    fprintf(out, "%04zx ", at);
    for (size_t i = 0; i < DUMP_LINE; i++) {
        if (i % 8 == 0)
            (void)fputc(' ', out);
        if (i < n)
            fprintf(out, "%02x ", s[at + i]);
        else
            (void)fputs("   ", out);
    }
    (void)fputs(" |", out);
    for (size_t i = 0; i < n; i++) {
        bool plain = s[at + i] >= 0x20 && s[at + i] < 0x7f;

        (void)fputc(plain ? s[at + i] : '.', out);
    }
    (void)fputs("|\n", out);
}

/* The bytes of s around offset, a line for each 16, and where s ends. */
static char *dump(const void *s, size_t nbytes, size_t offset)
{
    size_t line = offset / DUMP_LINE * DUMP_LINE;
    size_t from = line >= DUMP_LINE ? line - DUMP_LINE : 0;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    for (size_t at = from; at < nbytes && at < from + DUMP_BYTES;) {
        size_t n = nbytes - at < DUMP_LINE ? nbytes - at : DUMP_LINE;

        dump_line(out, s, at, n);
        at += n;
    }
    if (nbytes <= from + DUMP_BYTES)
        fprintf(out, "%04zx  (end)\n", nbytes);
    if (fclose(out) == 0) {
        text[size - 1] = '\0'; /* the last newline */
        return text;
    }
    free(text);
    return NULL;
}

void evidence_bytes(struct evidence *e, const void *want, size_t want_bytes,
                    const void *got, size_t got_bytes)
{
    evidence_bytes_from(e, 0, want, want_bytes, got, got_bytes);
}

void evidence_bytes_from(struct evidence *e, size_t base, const void *want,
                         size_t want_bytes, const void *got, size_t got_bytes)
{
    const unsigned char *a = want, *b = got;
    size_t shorter = want_bytes < got_bytes ? want_bytes : got_bytes;
    size_t at = 0;

    while (at < shorter && a[at] == b[at])
        at++;
    if (e->difference || (at == want_bytes && at == got_bytes))
        return;
    evidence_difference(e, (struct difference){
                               .base = base,
                               .offset = at,
                               .expected_bytes = want_bytes,
                               .observed_bytes = got_bytes,
                               .expected = dump(want, want_bytes, at),
                               .observed = dump(got, got_bytes, at),
                           });
}

void evidence_difference(struct evidence *e, struct difference d)
{
    struct difference *first = e->difference ? NULL : malloc(sizeof *first);

    if (first && note_place(e, EVIDENCE_DIFFERENCE)) {
        *first = d;
        e->difference = first;
        return;
    }
    free(first);
    free(d.expected);
    free(d.observed);
}

/* The figure of that name, a new one if there is none yet; NULL with no
   memory. */
static struct figure *figure_named(struct evidence *e, const char *name)
{
    struct figure *figures;
    char *copy;

    for (size_t i = 0; i < e->nfigures; i++)
        if (strcmp(e->figures[i].name, name) == 0)
            return &e->figures[i];
    figures = reallocarray(e->figures, e->nfigures + 1, sizeof *figures);
    if (!figures)
        return NULL;
    e->figures = figures;
    copy = strdup(name);
    if (!copy || !note_place(e, EVIDENCE_FIGURE)) {
        free(copy);
        return NULL;
    }
    e->figures[e->nfigures] = (struct figure){ .name = copy };
    return &e->figures[e->nfigures++];
}

void evidence_figure(struct evidence *e, const char *name, double value)
{
    struct figure *figure = isfinite(value) ? figure_named(e, name) : NULL;

    if (!figure)
        return;
    json_decref(figure->other);
    figure->other = NULL;
    figure->value = value;
}

void evidence_figure_json(struct evidence *e, const char *name, json_t *value)
{
    struct figure *figure;

    if (json_is_number(value)) {
        evidence_figure(e, name, json_number_value(value));
        json_decref(value);
        return;
    }
    figure = value ? figure_named(e, name) : NULL;
    if (!figure) {
        json_decref(value);
        return;
    }
    json_decref(figure->other);
    figure->other = value;
}
