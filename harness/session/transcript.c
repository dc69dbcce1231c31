/* SPDX-License-Identifier: MIT */
/* A fixed number of events: the first ones stay, the last ones go round in a
   ring, and those between are only counted. Nothing is allocated, so that
   noting an event cannot fail. Bytes are kept as they came, and made printable
   when the transcript is told. */
#include "session/transcript.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct event *place(struct transcript *c, size_t i)
{
    return i < TRANSCRIPT_FIRST
               ? &c->first[i]
               : &c->last[(i - TRANSCRIPT_FIRST) % TRANSCRIPT_LAST];
}

static struct event *add(struct transcript *c, const char *what)
{
    struct event *e = place(c, c->n++);

    memset(e, 0, sizeof *e);
    e->what = what;
    return e;
}

void transcript_bytes(struct transcript *c, const char *what, const void *bytes,
                      size_t n)
{
    struct event *e = c->n ? place(c, c->n - 1) : NULL;
    const unsigned char *p = bytes;
    size_t room, nuls = 0;

    if (n == 0)
        return;
    if (!e || e->bytes == 0 || strcmp(e->what, what) != 0)
        e = add(c, what);
    room = sizeof e->head - e->kept;
    memcpy(e->head + e->kept, bytes, n < room ? n : room);
    e->kept += n < room ? n : room;
    while (nuls < n && p[n - 1 - nuls] == 0)
        nuls++;
    e->nuls = nuls == n ? e->nuls + n : nuls;
    e->bytes += n;
}

void transcript_event(struct transcript *c, const char *what,
                      const char *detail, ...)
{
    struct event *e = add(c, what);
    va_list ap;

    if (!detail)
        return;
    va_start(ap, detail);
    vsnprintf(e->head, sizeof e->head, detail, ap);
    va_end(ap);
    e->kept = strlen(e->head);
}

static void tell(struct verdict *v, size_t number, const struct event *e)
{
    size_t text = e->bytes - e->nuls, shown = text < e->kept ? text : e->kept;
    char nuls[48] = "";
    char *quoted;

    if (e->bytes == 0) {
        verdict_fact(v, "%zu. %s%s%s", number, e->what, e->kept ? " " : "",
                     e->head);
        return;
    }
    quoted = verdict_text(e->head, shown);
    if (e->nuls)
        snprintf(nuls, sizeof nuls, " and %zu NUL%s", e->nuls,
                 e->nuls == 1 ? "" : "s");
    if (text)
        verdict_fact(v, "%zu. %s \"%s\"%s%s (%zu byte%s)", number, e->what,
                     quoted ? quoted : "", shown < text ? "..." : "", nuls,
                     e->bytes, e->bytes == 1 ? "" : "s");
    else
        verdict_fact(v, "%zu. %s%s", number, e->what, nuls + 4);
    free(quoted);
}

void transcript_tell(const struct transcript *c, struct verdict *v)
{
    size_t from = TRANSCRIPT_FIRST;

    for (size_t i = 0; i < c->n && i < TRANSCRIPT_FIRST; i++)
        tell(v, i + 1, &c->first[i]);
    if (c->n > TRANSCRIPT_FIRST + TRANSCRIPT_LAST) {
        from = c->n - TRANSCRIPT_LAST;
        verdict_fact(v, "(%zu steps left out)", from - TRANSCRIPT_FIRST);
    }
    for (size_t i = from; i < c->n; i++)
        tell(v, i + 1, &c->last[(i - TRANSCRIPT_FIRST) % TRANSCRIPT_LAST]);
}
