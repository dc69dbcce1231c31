/* SPDX-License-Identifier: MIT */
/* Verdicts and their evidence. All text is made printable on its way in, so
   that no byte a server sent can break a report or steer a terminal. A lack
   of memory costs evidence, never the verdict. */
#include "result/verdict.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#define TEXT_MAX_BYTES 4096 /* of one text in the evidence */

/* The length of the well-formed UTF-8 sequence at s, its character in *c; 0
   where there is none (RFC 3629: no overlong form, no surrogate). */
static size_t utf8_next(const unsigned char *s, size_t n, ucs4_t *c)
{
    int len = u8_mbtoucr(c, s, n);

    return len > 0 ? (size_t)len : 0;
}

/* Characters that would act instead of being read: C1 controls are escape
   sequences to some terminals, the bidirectional marks reorder a line, line
   separators break it, and U+FFFE and U+FFFF are not allowed in XML. */
static bool acts(ucs4_t c)
{
    return (c >= 0x80 && c <= 0x9f) || c == 0x061c || c == 0x200e ||
           c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0xfffe ||
           c == 0xffff;
}

/* One character or one stray byte at s, made printable at out, which has room
   for 12 bytes. Returns the bytes taken from s. */
static size_t printable_next(const unsigned char *s, size_t n, char *out)
{
    ucs4_t c = 0;
    size_t len = utf8_next(s, n, &c);

    if (len == 0 || (len == 1 && (c < 0x20 || c == 0x7f))) {
        const char *name = c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";

        if (len && (c == '\n' || c == '\r' || c == '\t'))
            strcpy(out, name);
        else
            sprintf(out, "\\x%02x", s[0]);
        return 1;
    }
    if (acts(c)) {
        sprintf(out, "\\u%04x", (unsigned)c);
    } else {
        memcpy(out, s, len);
        out[len] = '\0';
    }
    return len;
}

/* As verdict_text, but it stops once it has max bytes and says what it left
   out. */
static char *printable(const void *bytes, size_t nbytes, size_t max)
{
    const unsigned char *s = bytes;
    char *text = NULL;
    size_t size = 0;
    size_t i = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    for (size_t written = 0; i < nbytes && written < max;) {
        char next[12];

        i += printable_next(s + i, nbytes - i, next);
        written += strlen(next);
        (void)fputs(next, out); /* fclose tells of a failure */
    }
    if (i < nbytes)
        fprintf(out, " ... (%zu more bytes)", nbytes - i);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

char *verdict_text(const void *bytes, size_t nbytes)
{
    return printable(bytes, nbytes, SIZE_MAX);
}

char *verdict_lines(const char *text)
{
    char *result = NULL;
    size_t size;
    FILE *out = open_memstream(&result, &size);

    if (!out)
        return NULL;
    while (text && *text) {
        size_t n = strcspn(text, "\n");
        char *line = verdict_text(text, n);

        (void)fputs(line ? line : "", out);
        free(line);
        text += n;
        if (*text == '\n') {
            (void)fputc('\n', out);
            text++;
        }
    }
    if (fclose(out) == 0)
        return result;
    free(result);
    return NULL;
}

/* printf into a bounded printable text; NULL where memory ends. */
static char *format(const char *fmt, va_list ap)
{
    char *raw = NULL;
    char *text;

    if (vasprintf(&raw, fmt, ap) == -1)
        return NULL;
    text = printable(raw, strlen(raw), TEXT_MAX_BYTES);
    free(raw);
    return text;
}

void verdict_init(struct verdict *v)
{
    *v = (struct verdict){ .kind = VERDICT_NONE };
}

void verdict_free(struct verdict *v)
{
    free(v->reason);
    evidence_free(&v->evidence);
    v->reason = NULL;
}

static void state(struct verdict *v, enum verdict_kind kind, const char *fmt,
                  va_list ap)
{
    if (kind <= v->kind)
        return;
    free(v->reason);
    v->kind = kind;
    v->reason = format(fmt, ap);
}

void verdict_pass(struct verdict *v)
{
    if (v->kind == VERDICT_NONE)
        v->kind = VERDICT_PASS;
}

void verdict_fail(struct verdict *v, const char *fmt, ...)
{
    va_list ap;

    if (v->failing)
        v->failing(v->failing_arg);
    va_start(ap, fmt);
    state(v, VERDICT_FAIL, fmt, ap);
    va_end(ap);
}

void verdict_skip(struct verdict *v, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    state(v, VERDICT_SKIP, fmt, ap);
    va_end(ap);
}

void verdict_error(struct verdict *v, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    state(v, VERDICT_ERROR, fmt, ap);
    va_end(ap);
}

void verdict_expected(struct verdict *v, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    evidence_expected(&v->evidence, format(fmt, ap));
    va_end(ap);
}

void verdict_observed(struct verdict *v, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    evidence_observed(&v->evidence, format(fmt, ap));
    va_end(ap);
}

void verdict_fact(struct verdict *v, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    evidence_fact(&v->evidence, format(fmt, ap));
    va_end(ap);
}

void verdict_figure(struct verdict *v, const char *name, double value)
{
    evidence_figure(&v->evidence, name, value);
}

void verdict_bytes(struct verdict *v, const void *want, size_t want_bytes,
                   const void *got, size_t got_bytes)
{
    evidence_bytes(&v->evidence, want, want_bytes, got, got_bytes);
}

void verdict_bytes_from(struct verdict *v, size_t base, const void *want,
                        size_t want_bytes, const void *got, size_t got_bytes)
{
    evidence_bytes_from(&v->evidence, base, want, want_bytes, got, got_bytes);
}

bool verdict_decided(const struct verdict *v)
{
    return v->kind > VERDICT_PASS;
}

bool verdict_has_failed(const struct verdict *v)
{
    return v->kind == VERDICT_FAIL || v->kind == VERDICT_WARN;
}

void verdict_excuse(struct verdict *v, const char *fmt, ...)
{
    char *reason; /* fmt may name the reason that is freed here */
    va_list ap;

    va_start(ap, fmt);
    reason = format(fmt, ap);
    va_end(ap);
    verdict_free(v);
    verdict_init(v);
    v->kind = VERDICT_SKIP;
    v->reason = reason;
}

static const char *const kind_names[VERDICT_KINDS] = {
    [VERDICT_NONE] = "none",   [VERDICT_PASS] = "pass", [VERDICT_SKIP] = "skip",
    [VERDICT_ERROR] = "error", [VERDICT_WARN] = "warn", [VERDICT_FAIL] = "fail",
};

const char *verdict_name(enum verdict_kind kind)
{
    return kind_names[kind];
}

enum verdict_kind verdict_kind_of(const char *name)
{
    for (int i = 0; i < VERDICT_KINDS; i++)
        if (strcmp(name, kind_names[i]) == 0)
            return (enum verdict_kind)i;
    return VERDICT_NONE;
}

const char *level_name(enum level level)
{
    return level == MUST ? "must" : "should";
}
