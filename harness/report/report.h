/* SPDX-License-Identifier: MIT */
/* Results in, bytes out. The run hands each result to the reporters when it
   comes, and knows no format. */
#ifndef REPORT_H
#define REPORT_H

#include "plan/report_formats.h"
#include "report/outlet.h"
#include "report/place.h"
#include "result/results.h"

#include <stdio.h>

/* Where a report goes: a stream of the caller's, a device, or a file that
   appears whole or not at all (written to an unnamed temporary, then renamed
   over PATH). */
struct sink {
    FILE *out;             /* what reporters write to; NULL: closed */
    struct outlet *outlet; /* what out writes to, unless that is a file */
    char *path;            /* owned; NULL: stdout or stderr */
    bool rename;           /* out is a temporary that becomes path */
    int stream;            /* 1 or 2: it is stdout or stderr, by whatever
                              name */
    struct place place;    /* the file that is written in the end */
};

/* Open before anything is started. PATH "-" is stdout, and so is every name of
   descriptor 1; the reader of a FIFO is waited for, but not long. Returns 0, or
   -1 with errno saying why the path cannot be written; EINTR: a signal has
   come. */
int sink_open(struct sink *s, const char *path);
/* Stdout or stderr, descriptor 1 or 2. */
int sink_open_stream(struct sink *s, int fd);
/* The words for what sink_open or sink_commit has left in errno. */
const char *sink_error(int error);
/* True if both write to the same place. */
bool sink_same(const struct sink *a, const struct sink *b);
/* Put the file in its place, or wait until the reader has taken all, see
   outlet_drain. Returns 0, or -1 with errno; closes either way. */
int sink_commit(struct sink *s);
void sink_discard(struct sink *s);

struct reporter {
    struct sink sink;
    bool color;    /* terminal only */
    int verbosity; /* terminal only: -1 quiet, 0, 1 verbose */
    bool github;   /* terminal only: with annotations */
    long count;    /* verdicts so far */
    void (*begin)(struct reporter *r, const struct run_info *info);
    /* One case is done; called in the order in which they end. */
    void (*verdict)(struct reporter *r, const struct run_info *info,
                    const struct result *result);
    /* All are done. Returns 0, or -1 with errno if bytes could not be written
       (the sink is neither committed nor discarded here). */
    int (*end)(struct reporter *r, const struct run_info *info,
               const struct results *results);
};

/* Fill the three functions; sink, color and verbosity are the caller's. */
void report_terminal(struct reporter *r);
#define REPORT_FILL(format, option, fill, code, commands, help) \
    void fill(struct reporter *r);
REPORT_FORMAT_TABLE(REPORT_FILL) /* report_tap, report_junit, ... */
#undef REPORT_FILL

/* The command line that runs this one case again with the same seed, quoted for
   a shell; in stress mode the whole run. Of a report that is read again what
   stands there; NULL if nothing does, or with ENOMEM. The caller frees it. */
char *report_replay(const struct run_info *info, const struct result *result);

/* Fill the three for a format that is written as a whole at the end. */
void report_at_end(struct reporter *r,
                   int (*end)(struct reporter *r, const struct run_info *info,
                              const struct results *results));

/* What several formats have in common. Strings that are returned as char *
   are the caller's to free, and NULL with ENOMEM. */

/* argv as a shell takes it: printable, each word quoted where it must be. */
char *report_command(char *const *argv);
/* "85 us", "1.2 ms", "3.40 s" in text, which is returned. */
char *report_duration(double seconds, char *text, size_t size);
/* "echo" of "echo/half-close" in text, cut to its size; returned. */
char *report_family(const char *id, char *text, size_t size);
/* RFC 3339, UTC, to the millisecond, in text, which is returned. */
char *report_moment(const struct timespec *moment, char *text, size_t size);
/* Flush. Returns 0, or -1 with errno if any write so far has failed. */
int report_flush(FILE *out);
/* Why the outcome is what it is, in one printable line, never empty but for
   a pass without a reason. */
char *report_reason(const struct result *result);
/* The figure's value in one printable line, a number as JSON has it. */
char *report_figure(const struct figure *figure);
/* What was seen, as lines of plain text that begin with indent: reason,
   expected, observed, difference, facts, figures, replay. */
void report_evidence(FILE *out, const char *indent, const struct run_info *info,
                     const struct result *result);
/* "likely causes:", and a line for each, all beginning with indent; nothing
   where there is none. */
void report_causes(FILE *out, const char *indent, const struct results *rs);
/* A line for each failure and warning, as a runner of GitHub reads it. */
void report_github(FILE *out, const struct run_info *info,
                   const struct results *rs);
/* "2 warnings: load/backlog, echo/no-stall; --strict fails them", cut off with
   "..." where that is a long line: they count as passed. Nothing where there is
   none, or where they have failed. */
void report_warnings(FILE *out, const struct run_info *info,
                     const struct results *rs);
/* The figures of a stress run: load, latencies, audit. */
void report_crowd(FILE *out, const struct run_info *info);

#endif
