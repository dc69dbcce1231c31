/* SPDX-License-Identifier: MIT */
/* The figures of a stress run as plain text, for a terminal. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

/* A string of unknown origin, and a newline. */
static void put_text(FILE *out, const char *raw)
{
    char *text = verdict_text(raw, strlen(raw));

    fprintf(out, "%s\n", text ? text : "");
    free(text);
}

static void put_latency(FILE *out, const char *label, const struct latency *l)
{
    const struct {
        const char *name;
        double seconds;
    } points[] = {
        { "p50", l->p50 },    { "p90", l->p90 }, { "p99", l->p99 },
        { "p99.9", l->p999 }, { "max", l->max },
    };
    char text[32];

    fprintf(out, "%-10s", label);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        fprintf(out, "  %s %s", points[i].name,
                report_duration(points[i].seconds, text, sizeof text));
    (void)fputc('\n', out);
}

static void put_load(FILE *out, const struct load *load)
{
    char took[32];

    if (load->runs > 1)
        fprintf(out, "runs        %ld, their counts added\n", load->runs);
    fprintf(out, "clients     %ld of %ld connected at once\n", load->connected,
            load->clients);
    fprintf(out, "frames      %ld of %ld verified, %ld bytes, in %s\n",
            load->frames_verified, load->frames_sent, load->bytes_verified,
            report_duration(load->seconds, took, sizeof took));
    put_latency(out, "connect", &load->connect);
    put_latency(out, "round trip", &load->round_trip);
}

static void put_audit(FILE *out, const struct audit_summary *audit)
{
    if (!audit->done) {
        (void)fputs("audit       not possible\n", out);
        return;
    }
    fprintf(out,
            "audit       %ld workers seen, %ld zombies, %ld workers left,"
            " fds %ld before and %ld after, %ld sockets left\n",
            audit->workers_seen, audit->zombies, audit->workers_left,
            audit->fds_before, audit->fds_after, audit->sockets_left);
    for (size_t i = 0; i < audit->nleaked; i++) {
        fprintf(out, "            pid %ld keeps fd %d: ", audit->leaked[i].pid,
                audit->leaked[i].fd);
        put_text(out, audit->leaked[i].what);
    }
}

void report_crowd(FILE *out, const struct run_info *info)
{
    put_load(out, &info->load);
    put_audit(out, &info->audit);
}
