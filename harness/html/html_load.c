/* SPDX-License-Identifier: MIT */
/* What the crowd measured. Each latency is a picture of bars, from 0 on, so
   that how long the tail is can be seen; every bar has its figure beside it,
   and the whole picture a text that says the same. */
#include "html/html_parts.h"

#include "html/html_page.h"
#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* In units of the picture, which are pixels on a narrow screen. */
enum { WIDTH = 350, ROW = 26, BAR = 16, LEFT = 48, LONGEST = 220, GAP = 6 };

enum { POINTS = 5 };

struct point {
    const char *name;
    double seconds;
};

/* "p50 1.2 ms, p90 ...": what the picture shows. */
static void put_alternative(xmlTextWriterPtr w, const char *name,
                            const struct point points[POINTS])
{
    char text[200], took[32];
    int n = snprintf(text, sizeof text, "%s: ", name);

    for (size_t i = 0; i < POINTS; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%s %s",
                      i ? ", " : "", points[i].name,
                      report_duration(points[i].seconds, took, sizeof took));
    markup_attribute(w, "aria-label", text);
}

static void put_label(xmlTextWriterPtr w, double x, double y, const char *text)
{
    markup_start(w, "text");
    markup_attributef(w, "x", "%.1f", x);
    markup_attributef(w, "y", "%.1f", y);
    markup_text(w, text);
    markup_end(w);
}

static void put_bar(xmlTextWriterPtr w, size_t i, const struct point *p,
                    double longest)
{
    /* A report that is read again may have a percentile above its max. */
    double part = isfinite(p->seconds) ? p->seconds / longest : 0;
    double length = (part < 1 ? part : 1) * LONGEST;
    double top = (double)i * ROW + (double)(ROW - BAR) / 2;
    char took[32];

    put_label(w, 0, top + BAR - 3, p->name);
    markup_start(w, "rect");
    markup_attributef(w, "x", "%d", LEFT);
    markup_attributef(w, "y", "%.1f", top);
    markup_attributef(w, "width", "%.1f", length > 1 ? length : 1);
    markup_attributef(w, "height", "%d", BAR);
    markup_end(w);
    put_label(w, LEFT + length + GAP, top + BAR - 3,
              report_duration(p->seconds, took, sizeof took));
}

static void put_picture(xmlTextWriterPtr w, const char *name,
                        const struct latency *l)
{
    const struct point points[POINTS] = {
        { "p50", l->p50 },    { "p90", l->p90 }, { "p99", l->p99 },
        { "p99.9", l->p999 }, { "max", l->max },
    };

    markup_start(w, "figure");
    markup_element(w, "figcaption", NULL, name);
    if (isfinite(l->max) && l->max > 0) {
        markup_start(w, "svg");
        markup_attribute(w, "role", "img");
        put_alternative(w, name, points);
        markup_attributef(w, "viewBox", "0 0 %d %d", WIDTH, POINTS * ROW);
        for (size_t i = 0; i < POINTS; i++)
            put_bar(w, i, &points[i], l->max);
        markup_end(w);
    } else {
        markup_element(w, "p", "quiet", "nothing was measured");
    }
    markup_end(w);
}

static void put_numbers(xmlTextWriterPtr w, const struct load *load)
{
    char text[160], took[32];

    (void)snprintf(text, sizeof text, "%ld of %ld connected at once",
                   load->connected, load->clients);
    html_pair(w, "Clients", text);
    (void)snprintf(text, sizeof text, "%ld of %ld verified, %ld bytes, in %s",
                   load->frames_verified, load->frames_sent,
                   load->bytes_verified,
                   report_duration(load->seconds, took, sizeof took));
    html_pair(w, "Frames", text);
}

static void put_audit(xmlTextWriterPtr w, const struct audit_summary *audit)
{
    char text[240];

    if (!audit->done) {
        html_pair(w, "Audit", "not possible");
        return;
    }
    (void)snprintf(text, sizeof text,
                   "%ld workers seen, %ld zombies, %ld workers left, fds %ld "
                   "before and %ld after, %ld sockets left",
                   audit->workers_seen, audit->zombies, audit->workers_left,
                   audit->fds_before, audit->fds_after, audit->sockets_left);
    html_pair(w, "Audit", text);
    if (audit->nleaked)
        markup_element(w, "dt", NULL, "Leaked");
    for (size_t i = 0; i < audit->nleaked; i++) {
        (void)snprintf(text, sizeof text, "pid %ld keeps fd %d: %s",
                       audit->leaked[i].pid, audit->leaked[i].fd,
                       audit->leaked[i].what);
        markup_element(w, "dd", NULL, text);
    }
}

void html_load(xmlTextWriterPtr w, const struct run_info *info)
{
    markup_start(w, "section");
    markup_element(w, "h2", NULL, "Load and audit");
    markup_start(w, "div");
    markup_attribute(w, "class", "pictures");
    put_picture(w, "Connect", &info->load.connect);
    put_picture(w, "Round trip", &info->load.round_trip);
    markup_end(w);
    markup_start(w, "dl");
    put_numbers(w, &info->load);
    put_audit(w, &info->audit);
    markup_end(w);
    markup_end(w);
}
