/* SPDX-License-Identifier: MIT */
/* The file is read before the run and checked against the catalogue, so that a
   misspelt id is refused and not ignored. It is written at the end through a
   sink, whole or not at all. */
#include "run/expect.h"

#include "catalogue/catalogue.h"
#include "catalogue/suggest.h"
#include "linux/input.h"
#include "report/report.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 20 };

void expect_free(struct expect *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->ids[i]);
    free(e->ids);
    *e = (struct expect){ NULL, 0 };
}

static bool listed(const struct expect *e, const char *id)
{
    for (size_t i = 0; i < e->n; i++)
        if (strcmp(e->ids[i], id) == 0)
            return true;
    return false;
}

/* What the file lists twice is kept once, and so written once. */
static int add(struct expect *e, const char *id)
{
    char **more;

    if (listed(e, id))
        return 0;
    more = realloc(e->ids, (e->n + 1) * sizeof *more);
    if (!more)
        return -1;
    e->ids = more;
    e->ids[e->n] = strdup(id);
    return e->ids[e->n] ? (e->n++, 0) : -1;
}

/* The word of a line, or NULL where it holds none. */
static char *word_of(char *line)
{
    char *end;

    line[strcspn(line, "#")] = '\0';
    line += strspn(line, " \t\r");
    end = line + strlen(line);
    while (end > line && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return *line ? line : NULL;
}

/* Returns 0, or -1 with why. */
static int take_line(struct expect *e, char *line, int n, const char *path,
                     char *why, size_t size)
{
    char *id = word_of(line), near[SUGGEST_TEXT];

    if (!id)
        return 0;
    if (!catalogue_find(id, NULL))
        snprintf(why, size, "--expect %s:%d: no case '%s'%s", path, n, id,
                 suggest_case(id, near));
    else if (add(e, id) < 0)
        snprintf(why, size, "--expect %s: no memory", path);
    else
        return 0;
    return -1;
}

int expect_read(struct expect *e, const char *path, bool missing_ok, char *why,
                size_t size)
{
    char *text = input_read(path, MOST_BYTES), *rest = text, *line;
    int rc = 0;

    *e = (struct expect){ NULL, 0 };
    if (!text && errno == ENOENT && missing_ok)
        return 0;
    if (!text) {
        snprintf(why, size, "--expect %s: %s", path,
                 errno == EINVAL ? "no text: it holds a NUL" : strerror(errno));
        return -1;
    }
    for (int n = 1; rc == 0 && (line = strsep(&rest, "\n")); n++)
        rc = take_line(e, line, n, path, why, size);
    free(text);
    return rc;
}

void expect_mark(const struct expect *e, struct result *r)
{
    if (!listed(e, r->id))
        return;
    r->expected = r->kind == VERDICT_FAIL || r->kind == VERDICT_WARN;
    r->stale = r->kind == VERDICT_PASS;
}

static const struct result *find(const struct results *rs, const char *id)
{
    for (size_t i = 0; i < rs->n; i++)
        if (strcmp(rs->list[i].id, id) == 0)
            return &rs->list[i];
    return NULL;
}

static bool keeps(const struct result *r)
{
    return !r || r->kind == VERDICT_SKIP || r->kind == VERDICT_ERROR;
}

int expect_write(const struct expect *e, struct sink *s,
                 const struct results *rs, bool strict)
{
    for (size_t i = 0; i < rs->n; i++) {
        const struct result *r = &rs->list[i];

        if (r->kind == VERDICT_FAIL || (strict && r->kind == VERDICT_WARN))
            fprintf(s->out, "%s\t# %s\n", r->id, r->reason ? r->reason : "");
    }
    for (size_t i = 0; i < e->n; i++)
        if (keeps(find(rs, e->ids[i])))
            fprintf(s->out, "%s\n", e->ids[i]);
    return sink_commit(s);
}
