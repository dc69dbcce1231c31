/* SPDX-License-Identifier: MIT */
/* Which reports belong together. A group is brought together in the place of
   its first, in the order in which its runs began. */
#include "reread/gather.h"

#include <stdlib.h>
#include <string.h>

static bool same_words(char *const *a, char *const *b)
{
    if (!a || !b)
        return a == b;
    for (; *a && *b; a++, b++)
        if (strcmp(*a, *b) != 0)
            return false;
    return *a == *b;
}

bool same_target(const struct run_info *a, const struct run_info *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->role, b->role) == 0 &&
           strcmp(a->protocol, b->protocol) == 0 &&
           same_words(a->command, b->command) &&
           (a->command || a->port == b->port);
}

static bool has_case(const struct past_run *r, const char *id)
{
    for (size_t i = 0; i < r->results.n; i++)
        if (strcmp(r->results.list[i].id, id) == 0)
            return true;
    return false;
}

static bool share_a_case(const struct past_run *a, const struct past_run *b)
{
    for (size_t i = 0; i < a->results.n; i++)
        if (has_case(b, a->results.list[i].id))
            return true;
    return false;
}

/* True if r belongs to the group, all of which are of one target. */
static bool belongs(const struct past_run *group, size_t n,
                    const struct past_run *r)
{
    if (group->info.mode != r->info.mode ||
        !same_target(&group->info, &r->info) ||
        (r->info.mode == MODE_STRESS &&
         group->info.valgrind != r->info.valgrind))
        return false;
    for (size_t i = 0; r->info.mode == MODE_CONFORM && i < n; i++)
        if (share_a_case(&group[i], r))
            return false;
    return true;
}

/* Move those that belong to the first of n runs behind it. Returns how many the
   group has; the order of the others stays. */
static size_t bring_together(struct past_run *runs, size_t n)
{
    size_t group = 1;

    for (size_t i = 1; i < n; i++) {
        struct past_run r = runs[i];

        if (!belongs(runs, group, &r))
            continue;
        memmove(&runs[group + 1], &runs[group], (i - group) * sizeof *runs);
        runs[group++] = r;
    }
    return group;
}

static int by_start(const void *a, const void *b)
{
    const struct timespec *x = &((const struct past_run *)a)->info.started_at;
    const struct timespec *y = &((const struct past_run *)b)->info.started_at;

    if (x->tv_sec != y->tv_sec)
        return x->tv_sec < y->tv_sec ? -1 : 1;
    return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

static int make_one(struct past_run *group, size_t n, FILE *notes, char *why,
                    size_t size)
{
    if (n == 1)
        return 0;
    qsort(group, n, sizeof *group, by_start);
    return group->info.mode == MODE_STRESS
               ? merge_stress(group, n, notes, why, size)
               : join_conform(group, n, why, size);
}

size_t gather(struct past_run *runs, size_t n, FILE *notes, char *why,
              size_t size)
{
    size_t left = n;

    for (size_t i = 0; i < left; i++) {
        size_t group = bring_together(&runs[i], left - i);

        if (make_one(&runs[i], group, notes, why, size) < 0)
            return 0;
        for (size_t k = 1; k < group; k++)
            past_run_free(&runs[i + k]);
        memmove(&runs[i + 1], &runs[i + group],
                (left - i - group) * sizeof *runs);
        left -= group - 1;
        memset(&runs[left], 0, (group - 1) * sizeof *runs);
    }
    return left;
}
