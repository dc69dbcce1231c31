/* SPDX-License-Identifier: MIT */
/* The longest first, each to the server that has the least to do so far: as
   good as any other way, and the same each time. */
#include "run/run_series.h"

#include <stdlib.h>
#include <string.h>

enum { A_CASE_MS = 10 /* whatever it is */ };

struct item {
    const struct test_case *c;
    size_t place;  /* in the catalogue */
    size_t server; /* 0: its own */
    double s;      /* about what it takes */
};

static double cost_s(const struct test_case *c)
{
    return (A_CASE_MS + c->cost_ms) / 1000.0;
}

static int longer_first(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    if (x->s != y->s)
        return x->s > y->s ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* As they are to stand beside each other: each series in the order of the
   catalogue, but for one that is to come first. */
static int by_server(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    if (x->server != y->server)
        return x->server < y->server ? -1 : 1;
    if (x->c->series_first != y->c->series_first)
        return x->c->series_first ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* One before it that is of the same series, or NULL. */
static const struct item *of_series(const struct item *item, size_t i)
{
    const char *series = item[i].c->series;

    for (size_t k = 0; series && k < i; k++)
        if (item[k].c->series && strcmp(item[k].c->series, series) == 0)
            return &item[k];
    return NULL;
}

static size_t least_loaded(const double *load, size_t servers)
{
    size_t least = 1;

    for (size_t k = 2; k <= servers; k++)
        if (load[k] < load[least])
            least = k;
    return least;
}

/* Those that leave their server as they found it have one of so many; a series
   that has none of these has one of its own. */
static int spread(struct item *item, size_t n, size_t servers)
{
    double *load = calloc(servers + 1, sizeof *load);

    if (!load)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const struct item *other = of_series(item, i);

        if (other)
            item[i].server = other->server;
        else if (servers && item[i].c->leaves_as_found)
            item[i].server = least_loaded(load, servers);
        else if (item[i].c->series)
            item[i].server = servers + 1 + i;
        if (item[i].server && item[i].server <= servers)
            load[item[i].server] += cost_s(item[i].c);
    }
    free(load);
    return 0;
}

struct costed {
    struct series series;
    double s;
};

static int shorter_first(const void *a, const void *b)
{
    const struct costed *x = a, *y = b;

    if (x->s != y->s)
        return x->s < y->s ? -1 : 1;
    return x->series.cases > y->series.cases ? -1 : 1; /* later ones below */
}

/* Cut the row of items into series. Returns how many. */
static size_t cut(const struct item *item, const struct test_case **cases,
                  size_t n, double start_s, struct costed *out)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        const struct test_case *c = item[i].c;
        bool goes_on =
            i > 0 && item[i].server && item[i].server == item[i - 1].server;

        cases[i] = c;
        if (!goes_on)
            out[m++] = (struct costed){
                { &cases[i], 0, NULL, 0 },
                start_s * (c->starts ? c->starts : 1),
            };
        out[m - 1].series.n++;
        out[m - 1].s += cost_s(c);
    }
    return m;
}

/* A case in several parts has a server of its own for each. */
static int push_parts(struct series_stack *s, struct series series)
{
    unsigned parts = (unsigned)series.cases[0]->parts;
    int rc = 0;

    if (series.n > 1 || parts == 0)
        return series_push(s, series);
    for (series.part = parts; rc == 0 && series.part-- > 0;)
        rc = series_push(s, series);
    return rc;
}

int series_plan(struct series_stack *s, const struct test_case *const *cases,
                size_t n, enum sharing sharing, size_t servers, double start_s)
{
    struct item *item = calloc(n + 1, sizeof *item);
    struct costed *costed = calloc(n + 1, sizeof *costed);
    int rc = -1;

    *s = (struct series_stack){ .n = 0 };
    s->cases = calloc(n + 1, sizeof *s->cases);
    if (!item || !costed || !s->cases)
        goto out;
    for (size_t i = 0; i < n; i++)
        item[i] = (struct item){ cases[i], i, 0, cost_s(cases[i]) };
    if (sharing == SHARE_SERVERS) {
        qsort(item, n, sizeof *item, longer_first);
        if (spread(item, n, servers) < 0)
            goto out;
        qsort(item, n, sizeof *item, by_server);
    }
    n = cut(item, s->cases, n, start_s, costed);
    qsort(costed, n, sizeof *costed, shorter_first);
    rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = push_parts(s, costed[i].series);
out:
    free(item);
    free(costed);
    return rc;
}

int series_push(struct series_stack *s, struct series next)
{
    if (s->n == s->room) {
        size_t room = 2 * s->room + 64;
        struct series *more = reallocarray(s->list, room, sizeof *more);

        if (!more)
            return -1;
        s->list = more;
        s->room = room;
    }
    s->list[s->n++] = next;
    return 0;
}

void series_free(struct series_stack *s)
{
    for (size_t i = 0; i < s->n; i++)
        json_decref(s->list[i].before);
    free(s->list);
    free(s->cases);
}
