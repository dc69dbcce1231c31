/* SPDX-License-Identifier: MIT */
/* Opens every sink before the run, refuses two that would write to one file,
   and ends them in this order: files, which need no reader, then streams, which
   may wait for one, the terminal's last. What a report looks like is left to
   its format. */
#include "report/reports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORT_ROW(format, option, fill, code, commands, help) { option, fill },

static const struct {
    const char *option;
    void (*fill)(struct reporter *r);
} formats[REPORT_FORMATS] = { REPORT_FORMAT_TABLE(REPORT_ROW) };

static int refuse(char *why, size_t size, const char *path)
{
    int error = errno;

    (void)snprintf(why, size, "%s: %s", path, sink_error(error));
    errno = error;
    return -1;
}

/* ---- no two in one place ---- */

struct named {
    const char *option, *path;
    const struct sink *sink;
};

/* Returns -1. */
static int clash(char *why, size_t size, const struct named *a,
                 const struct named *b)
{
    (void)snprintf(why, size, "two reports go to one file: %s=%s and %s%s%s",
                   a->option, a->path, b->option, b->path ? "=" : "",
                   b->path ? b->path : "");
    errno = EEXIST;
    return -1;
}

/* The terminal's text may share a pipe with a report, but no file. */
static bool shares_stream(const struct sink *report, const struct sink *stream)
{
    struct stat st;

    return !report->stream && sink_same(report, stream) &&
           fstat(stream->stream, &st) == 0 && S_ISREG(st.st_mode);
}

/* An expectation file that is only read must not be written over either. */
static int check_places(const struct reports *rs, const struct named *n,
                        size_t count, const char *expect, char *why,
                        size_t size)
{
    const struct named terminal = { "the terminal's", NULL, &rs->list[0].sink };
    struct sink read = { 0 };
    struct named file = { "--expect", expect, &read };
    char *resolved = expect ? place_resolve(expect) : NULL;
    int rc = 0;

    if (resolved)
        (void)place_of_path(&read.place, resolved);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        for (size_t k = 0; rc == 0 && k < i; k++)
            if (sink_same(n[k].sink, n[i].sink))
                rc = clash(why, size, &n[k], &n[i]);
        if (rc == 0 && sink_same(n[i].sink, &read))
            rc = clash(why, size, &n[i], &file);
        if (rc == 0 && shares_stream(n[i].sink, terminal.sink))
            rc = clash(why, size, &n[i], &terminal);
    }
    place_free(&read.place);
    free(resolved);
    return rc;
}

/* ---- opening ---- */

/* The terminal's report goes to stdout, or to stderr if another report is on
   stdout. Of a report that is read again it is one format of several, and only
   written where no other is asked for. */
static int open_terminal(struct reports *rs, const struct options *o, char *why,
                         size_t size)
{
    struct reporter *r = &rs->list[0];
    int fd = STDOUT_FILENO;

    for (size_t i = 1; i < rs->n; i++)
        if (rs->list[i].sink.stream == STDOUT_FILENO)
            fd = STDERR_FILENO;
    if (sink_open_stream(&rs->messages, STDERR_FILENO) < 0)
        return refuse(why, size, "stderr");
    (void)setvbuf(rs->messages.out, NULL, _IOLBF, 0);
    if (o->command == COMMAND_REPORT && rs->n > 1)
        return 0;
    report_terminal(r);
    r->color = options_color(o, fd);
    r->verbosity = o->verbosity;
    r->github = o->github;
    if (sink_open_stream(&r->sink, fd) < 0)
        return refuse(why, size, fd == STDOUT_FILENO ? "stdout" : "stderr");
    return 0;
}

int reports_open(struct reports *rs, const struct options *o, char *why,
                 size_t size)
{
    struct named named[REPORTS_MOST];
    size_t n = 0;

    *rs = (struct reports){ .n = 1 };
    for (size_t i = 0; i < REPORT_FORMATS; i++) {
        struct reporter *r = &rs->list[rs->n];
        const char *path = o->reports[i];

        if (!path)
            continue;
        formats[i].fill(r);
        if (sink_open(&r->sink, path) < 0)
            return refuse(why, size, path);
        named[n++] = (struct named){ formats[i].option, path, &r->sink };
        rs->n++;
    }
    if (o->update_expect && sink_open(&rs->expect, o->expect) < 0)
        return refuse(why, size, o->expect);
    if (open_terminal(rs, o, why, size) < 0)
        return -1;
    return check_places(rs, named, n, o->expect, why, size);
}

void reports_discard(struct reports *rs)
{
    for (size_t i = 0; i < rs->n; i++)
        sink_discard(&rs->list[i].sink);
    sink_discard(&rs->expect);
    sink_discard(&rs->messages);
}

/* ---- the run ---- */

void reports_begin(struct reports *rs, const struct run_info *info)
{
    for (size_t i = 0; i < rs->n; i++)
        rs->list[i].begin(&rs->list[i], info);
}

static int end(struct reporter *r, const struct run_info *info,
               const struct results *results, FILE *messages)
{
    const char *path = r->sink.path                      ? r->sink.path
                       : r->sink.stream == STDERR_FILENO ? "stderr"
                                                         : "stdout";
    char name[256];
    int error;

    (void)snprintf(name, sizeof name, "%s", path);
    if (r->end(r, info, results) == 0 && sink_commit(&r->sink) == 0)
        return 0;
    error = errno;
    sink_discard(&r->sink);
    fprintf(messages, "harness: %s: %s\n", name, sink_error(error));
    errno = error;
    return -1;
}

/* True for a file, which appears at once; anything else may have to wait for a
   reader. */
static bool is_file(const struct reporter *r)
{
    return !r->sink.outlet;
}

int reports_end(struct reports *rs, const struct run_info *info,
                const struct results *results)
{
    FILE *messages = rs->messages.out;
    int error = 0;

    for (int files = 1; files >= 0; files--)
        for (size_t i = rs->n; i-- > 0;)
            if (rs->list[i].sink.out && is_file(&rs->list[i]) == files &&
                end(&rs->list[i], info, results, messages) < 0 &&
                error != EINTR)
                error = errno;
    errno = error;
    return error ? -1 : 0;
}
