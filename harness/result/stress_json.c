/* SPDX-License-Identifier: MIT */
/* Each pair of functions uses the same names, so that what a job sends through
   its channel is read back by the process that reports. Those names also stand
   in the JSON report. An object that lacks one of them is refused. */
#include "result/stress_json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* JSON has no NaN; a percentile of no sample at all is null. */
static json_t *seconds(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* NULL where there is none. */
static json_t *histogram(const struct latency *l)
{
    json_t *object = l->bucket ? json_object() : NULL;

    for (size_t i = 0; object && i < l->nbuckets; i++) {
        char from[24];

        snprintf(from, sizeof from, "%" PRIu64, l->bucket[i].from_ns);
        if (json_object_set_new(object, from,
                                json_integer((json_int_t)l->bucket[i].count)) !=
            0) {
            json_decref(object); /* a part of it would be a lie */
            return NULL;
        }
    }
    return object;
}

static json_t *latency(const struct latency *l)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o*}", "p50", seconds(l->p50),
                     "p90", seconds(l->p90), "p99", seconds(l->p99), "p999",
                     seconds(l->p999), "max", seconds(l->max), "histogram_ns",
                     histogram(l));
}

/* "runs" only where there are several. */
json_t *load_to_json(const struct load *l)
{
    return json_pack(
        "{s:o*, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "runs",
        l->runs > 1 ? json_integer((json_int_t)l->runs) : NULL, "clients",
        (json_int_t)l->clients, "connected", (json_int_t)l->connected,
        "frames_sent", (json_int_t)l->frames_sent, "frames_verified",
        (json_int_t)l->frames_verified, "bytes_verified",
        (json_int_t)l->bytes_verified, "seconds", seconds(l->seconds),
        "connect_seconds", latency(&l->connect), "round_trip_seconds",
        latency(&l->round_trip));
}

static json_t *leaked(const struct audit_summary *a)
{
    json_t *array = json_array();

    for (size_t i = 0; i < a->nleaked; i++) {
        const struct leaked_fd *l = &a->leaked[i];
        char *what = verdict_text(l->what, strlen(l->what));

        /* without memory the array is too short, but never wrong */
        (void)json_array_append_new(
            array, json_pack("{s:I, s:i, s:s}", "pid", (json_int_t)l->pid, "fd",
                             l->fd, "what", what ? what : ""));
        free(what);
    }
    return array;
}

json_t *audit_to_json(const struct audit_summary *a)
{
    if (!a->done)
        return json_null();
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:o}", "workers_seen",
        (json_int_t)a->workers_seen, "zombies", (json_int_t)a->zombies,
        "workers_left", (json_int_t)a->workers_left, "fds_before",
        (json_int_t)a->fds_before, "fds_after", (json_int_t)a->fds_after,
        "leaked_fds", leaked(a), "sockets_left", (json_int_t)a->sockets_left,
        "seconds", seconds(a->seconds));
}

static int wrong(void)
{
    errno = EPROTO;
    return -1;
}

/* What seconds() has made. False: it is neither a number nor null. */
static bool seconds_from(json_t *o, const char *name, double *value)
{
    const json_t *one = json_object_get(o, name);

    *value = json_is_null(one) ? NAN : json_number_value(one);
    return json_is_null(one) || json_is_number(one);
}

static bool histogram_from(json_t *object, struct latency *l)
{
    const char *from;
    json_t *count;

    if (object && !json_is_object(object))
        return false;
    json_object_foreach(object, from, count)
    {
        size_t digits = strspn(from, "0123456789");

        if (digits == 0 || digits > 18 || from[digits] != '\0' ||
            json_integer_value(count) <= 0 ||
            latency_append(l, strtoull(from, NULL, 10),
                           (uint64_t)json_integer_value(count)) < 0)
            return false;
    }
    return true;
}

static bool latency_from(json_t *o, struct latency *l)
{
    return seconds_from(o, "p50", &l->p50) && seconds_from(o, "p90", &l->p90) &&
           seconds_from(o, "p99", &l->p99) &&
           seconds_from(o, "p999", &l->p999) &&
           seconds_from(o, "max", &l->max) &&
           histogram_from(json_object_get(o, "histogram_ns"), l);
}

int load_from_json(json_t *object, struct load *l)
{
    json_int_t n[6] = { 0 };
    json_t *connect, *trip;

    memset(l, 0, sizeof *l);
    if (json_unpack(object, "{s?I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "runs",
                    &n[5], "clients", &n[0], "connected", &n[1], "frames_sent",
                    &n[2], "frames_verified", &n[3], "bytes_verified", &n[4],
                    "connect_seconds", &connect, "round_trip_seconds",
                    &trip) < 0 ||
        !seconds_from(object, "seconds", &l->seconds) ||
        !latency_from(connect, &l->connect) ||
        !latency_from(trip, &l->round_trip))
        return wrong();
    l->runs = (long)n[5];
    l->clients = (long)n[0];
    l->connected = (long)n[1];
    l->frames_sent = (long)n[2];
    l->frames_verified = (long)n[3];
    l->bytes_verified = (long)n[4];
    return 0;
}

static int leaked_from(json_t *array, struct audit_summary *a)
{
    json_t *one;
    size_t i;

    a->nleaked = 0;
    a->leaked = calloc(json_array_size(array) + 1, sizeof *a->leaked);
    if (!a->leaked)
        return -1;
    json_array_foreach(array, i, one)
    {
        const char *what;
        json_int_t pid;

        if (json_unpack(one, "{s:I, s:i, s:s}", "pid", &pid, "fd",
                        &a->leaked[i].fd, "what", &what) < 0)
            return wrong();
        a->leaked[i].pid = (long)pid;
        snprintf(a->leaked[i].what, sizeof a->leaked[i].what, "%s", what);
        a->nleaked++;
    }
    return 0;
}

int audit_from_json(json_t *object, struct audit_summary *a)
{
    json_int_t n[6];
    json_t *list;

    memset(a, 0, sizeof *a);
    if (json_is_null(object))
        return 0;
    if (json_unpack(object, "{s:I, s:I, s:I, s:I, s:I, s:o, s:I}",
                    "workers_seen", &n[0], "zombies", &n[1], "workers_left",
                    &n[2], "fds_before", &n[3], "fds_after", &n[4],
                    "leaked_fds", &list, "sockets_left", &n[5]) < 0 ||
        !seconds_from(object, "seconds", &a->seconds) ||
        leaked_from(list, a) < 0)
        return wrong();
    a->workers_seen = (long)n[0];
    a->zombies = (long)n[1];
    a->workers_left = (long)n[2];
    a->fds_before = (long)n[3];
    a->fds_after = (long)n[4];
    a->sockets_left = (long)n[5];
    a->done = true;
    return 0;
}
