/* SPDX-License-Identifier: MIT */
/* Both lists are sorted by id and gone through side by side. */
#include "reread/compare.h"

#include "report/markdown.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How bad it is; an error is as bad as can be, and hides what is behind it. */
static int weight(enum verdict_kind kind)
{
    static const int weights[VERDICT_KINDS] = {
        [VERDICT_WARN] = 1,
        [VERDICT_FAIL] = 2,
        [VERDICT_ERROR] = 3,
    };

    return weights[kind];
}

enum direction change_direction(enum verdict_kind was, enum verdict_kind is)
{
    if (was == is)
        return CHANGE_NONE;
    if (weight(is) > weight(was) || (was == VERDICT_ERROR && weight(is) > 0) ||
        was == VERDICT_PASS)
        return CHANGE_WORSE;
    if (weight(is) > 0 || (is == VERDICT_PASS && was != VERDICT_NONE))
        return CHANGE_BETTER;
    return CHANGE_OTHER;
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(const struct result *const *)a)->id,
                  (*(const struct result *const *)b)->id);
}

static int by_direction(const void *a, const void *b)
{
    const struct change *x = a, *y = b;

    if (x->direction != y->direction)
        return x->direction < y->direction ? -1 : 1;
    if (weight(x->is) != weight(y->is))
        return weight(x->is) > weight(y->is) ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* NULL with ENOMEM; it ends with a NULL. */
static const struct result **sorted(const struct results *rs)
{
    const struct result **list = calloc(rs->n + 1, sizeof *list);

    for (size_t i = 0; list && i < rs->n; i++)
        list[i] = &rs->list[i];
    if (list)
        qsort(list, rs->n, sizeof *list, by_id);
    return list;
}

/* Nothing was looked at: an error, as every report has it. */
static enum verdict_kind kind_of(const struct result *r)
{
    if (!r)
        return VERDICT_NONE;
    return r->kind == VERDICT_NONE ? VERDICT_ERROR : r->kind;
}

static void note(struct comparison *c, const struct result *was,
                 const struct result *is)
{
    struct change change = {
        .direction = change_direction(kind_of(was), kind_of(is)),
        .id = was ? was->id : is->id,
        .was = kind_of(was),
        .is = kind_of(is),
        .now = is,
    };

    c->counts[change.direction]++;
    if (change.direction != CHANGE_NONE)
        c->list[c->n++] = change;
}

/* The next of two lists, both of the same id where both have it. */
static void next_of_both(struct comparison *c, const struct result ***was,
                         const struct result ***is)
{
    int order = !**was ? 1 : !**is ? -1 : strcmp((**was)->id, (**is)->id);
    const struct result *a = order <= 0 ? *(*was)++ : NULL;
    const struct result *b = order >= 0 ? *(*is)++ : NULL;

    note(c, a, b);
}

int compare_runs(struct comparison *c, const struct past_run *was,
                 const struct past_run *is)
{
    const struct result **a = sorted(&was->results);
    const struct result **b = sorted(&is->results);
    const struct result **x = a, **y = b;

    *c = (struct comparison){ .n = 0 };
    c->list = calloc(was->results.n + is->results.n + 1, sizeof *c->list);
    while (a && b && c->list && (*x || *y))
        next_of_both(c, &x, &y);
    free(a);
    free(b);
    if (!a || !b || !c->list) {
        errno = ENOMEM;
        return -1;
    }
    qsort(c->list, c->n, sizeof *c->list, by_direction);
    return 0;
}

void comparison_free(struct comparison *c)
{
    free(c->list);
    *c = (struct comparison){ .n = 0 };
}

/* ---- in words ---- */

static const char *const direction_words[] = {
    [CHANGE_WORSE] = "worse",
    [CHANGE_OTHER] = "changed",
    [CHANGE_BETTER] = "better",
};

static const char *word_of(enum verdict_kind kind)
{
    return kind == VERDICT_NONE ? "not there" : verdict_name(kind);
}

/* Why it is what it is now; of a pass that needs no word. */
static const char *reason_of(const struct change *c)
{
    return c->now && c->now->reason && c->is != VERDICT_PASS ? c->now->reason
                                                             : "";
}

static void put_sums(FILE *out, const struct comparison *c)
{
    fprintf(out, "%zu worse, %zu better, %zu changed, %zu the same\n",
            c->counts[CHANGE_WORSE], c->counts[CHANGE_BETTER],
            c->counts[CHANGE_OTHER], c->counts[CHANGE_NONE]);
}

void comparison_terminal(FILE *out, const struct comparison *c, bool color)
{
    static const char *const colors[] = {
        [CHANGE_WORSE] = "1;31",
        [CHANGE_OTHER] = "36",
        [CHANGE_BETTER] = "32",
    };

    for (size_t i = 0; i < c->n; i++) {
        const struct change *one = &c->list[i];
        const char *reason = reason_of(one);

        if (color)
            fprintf(out, "\033[%sm%-7s\033[0m", colors[one->direction],
                    direction_words[one->direction]);
        else
            fprintf(out, "%-7s", direction_words[one->direction]);
        fprintf(out, "  %s  %s -> %s%s%s\n", one->id, word_of(one->was),
                word_of(one->is), *reason ? "  " : "", reason);
    }
    put_sums(out, c);
}

void comparison_markdown(FILE *out, const struct comparison *c)
{
    (void)fputs("# ", out);
    put_sums(out, c);
    if (c->n)
        (void)fputs("\n| | case | was | is | why |\n|---|---|---|---|---|\n",
                    out);
    for (size_t i = 0; i < c->n; i++) {
        const struct change *one = &c->list[i];

        fprintf(out, "| %s | %s | %s | %s | ", direction_words[one->direction],
                one->id, word_of(one->was), word_of(one->is));
        markdown_text(out, reason_of(one));
        (void)fputs(" |\n", out);
    }
}
