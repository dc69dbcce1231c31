/* SPDX-License-Identifier: MIT */
/* Several runs of one target as one. Where a number of the whole is not to be
   had from those of the parts it is left out, never made up. The likely causes
   are found anew, since they depend on all the verdicts. */
#include "reread/gather.h"

#include "judge/likely_causes.h"
#include "reread/report_read.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double moment(const struct run_info *info)
{
    return (double)info->started_at.tv_sec +
           (double)info->started_at.tv_nsec / 1e9;
}

/* How long at least one of them was at it, each from its start on; sorted. */
static double together(const struct past_run *runs, size_t n,
                       double (*took)(const struct run_info *info))
{
    double sum = 0, over = moment(&runs->info);

    for (size_t i = 0; i < n; i++) {
        double from = moment(&runs[i].info), end = from + took(&runs[i].info);

        if (end <= over)
            continue;
        sum += end - (from > over ? from : over);
        over = end;
    }
    return sum < 1e12 ? (double)(int64_t)(sum * 1e3 + 0.5) / 1e3 : sum;
}

static double wall_of(const struct run_info *info)
{
    return info->wall_seconds;
}

static double load_of(const struct run_info *info)
{
    return isfinite(info->load.seconds) ? info->load.seconds : 0;
}

/* ---- cases ---- */

static int weight(const struct result *r)
{
    static const int weights[VERDICT_KINDS] = {
        [VERDICT_SKIP] = 1, [VERDICT_PASS] = 2, [VERDICT_ERROR] = 3,
        [VERDICT_WARN] = 4, [VERDICT_FAIL] = 5,
    };

    return weights[r->kind];
}

static struct result *find(struct results *rs, const char *id)
{
    for (size_t i = 0; i < rs->n; i++)
        if (strcmp(rs->list[i].id, id) == 0)
            return &rs->list[i];
    return NULL;
}

static void exchange(struct result *a, struct result *b)
{
    struct result kept = *a;

    *a = *b;
    *b = kept;
}

/* Take the cases of from into rs, which is left with those that weigh less. */
static int take_cases(struct results *rs, struct results *from)
{
    for (size_t i = 0; i < from->n; i++) {
        struct result *new = &from->list[i], *old = find(rs, new->id);
        double seconds;

        if (!old) {
            struct result moved = *new;

            *new = (struct result){ 0 };
            if (!results_add(rs, moved))
                return -1;
            continue;
        }
        seconds = old->seconds > new->seconds ? old->seconds : new->seconds;
        if (weight(new) > weight(old))
            exchange(old, new);
        old->seconds = seconds;
    }
    return 0;
}

static int take_all_cases(struct past_run *runs, size_t n, char *why,
                          size_t size)
{
    for (size_t i = 1; i < n; i++)
        if (take_cases(&runs->results, &runs[i].results) < 0) {
            report_read_wrong(why, size, "%s: %s", runs[i].source,
                              strerror(errno));
            return -1;
        }
    likely_causes_find(&runs->results);
    return 0;
}

/* ---- counts ---- */

static bool add(long *sum, long more)
{
    return !__builtin_add_overflow(*sum, more, sum);
}

static long runs_of(const struct load *l)
{
    return l->runs > 1 ? l->runs : 1;
}

static bool add_load(struct load *to, const struct load *from)
{
    to->runs = runs_of(to);
    return add(&to->runs, runs_of(from)) && add(&to->clients, from->clients) &&
           add(&to->connected, from->connected) &&
           add(&to->frames_sent, from->frames_sent) &&
           add(&to->frames_verified, from->frames_verified) &&
           add(&to->bytes_verified, from->bytes_verified) &&
           latency_merge(&to->connect, &from->connect) == 0 &&
           latency_merge(&to->round_trip, &from->round_trip) == 0;
}

static bool add_leaked(struct audit_summary *to,
                       const struct audit_summary *from)
{
    size_t n = to->nleaked + from->nleaked;
    struct leaked_fd *all;

    if (from->nleaked == 0)
        return true;
    all = reallocarray(to->leaked, n, sizeof *all);
    if (!all)
        return false;
    memcpy(all + to->nleaked, from->leaked, from->nleaked * sizeof *all);
    to->leaked = all;
    to->nleaked = n;
    return true;
}

/* A server that was not looked at adds nothing. */
static bool add_audit(struct audit_summary *to, struct audit_summary *from)
{
    if (!from->done)
        return true;
    if (!to->done) {
        free(to->leaked);
        *to = *from;
        *from = (struct audit_summary){ .done = false };
        return true;
    }
    to->seconds += from->seconds;
    return add(&to->workers_seen, from->workers_seen) &&
           add(&to->zombies, from->zombies) &&
           add(&to->workers_left, from->workers_left) &&
           add(&to->fds_before, from->fds_before) &&
           add(&to->fds_after, from->fds_after) &&
           add(&to->sockets_left, from->sockets_left) && add_leaked(to, from);
}

static bool lacks_histogram(const struct latency *l)
{
    return !l->bucket && l->max > 0;
}

static void note_lacking(const struct past_run *r, FILE *notes)
{
    const struct load *l = &r->info.load;

    if (lacks_histogram(&l->connect) || lacks_histogram(&l->round_trip))
        fprintf(notes,
                "harness: %s: it has no histogram_ns, as an older version "
                "wrote it: of the whole load there are no percentiles\n",
                r->source);
}

static void take_flags(struct past_run *runs, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        runs->info.strict |= runs[i].info.strict;
        runs->info.valgrind |= runs[i].info.valgrind;
        runs->info.isolated &= runs[i].info.isolated;
        runs->info.never_up |= runs[i].info.never_up;
    }
}

int merge_stress(struct past_run *runs, size_t n, FILE *notes, char *why,
                 size_t size)
{
    double took = together(runs, n, load_of);
    double wall = together(runs, n, wall_of);

    for (size_t i = 0; i < n; i++)
        note_lacking(&runs[i], notes);
    for (size_t i = 1; i < n; i++)
        if (!add_load(&runs->info.load, &runs[i].info.load) ||
            !add_audit(&runs->info.audit, &runs[i].info.audit)) {
            report_read_wrong(why, size, "%s: more than can be added",
                              runs[i].source);
            return -1;
        }
    runs->info.load.seconds = took;
    runs->info.wall_seconds = wall;
    take_flags(runs, n);
    return take_all_cases(runs, n, why, size);
}

int join_conform(struct past_run *runs, size_t n, char *why, size_t size)
{
    runs->info.wall_seconds = together(runs, n, wall_of);
    take_flags(runs, n);
    return take_all_cases(runs, n, why, size);
}
