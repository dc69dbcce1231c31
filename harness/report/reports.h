/* SPDX-License-Identifier: MIT */
/* All that one run writes: the reports that were asked for, the terminal's,
   messages on stderr, and with --update-expect the expectation file. */
#ifndef REPORTS_H
#define REPORTS_H

#include "plan/options.h"
#include "report/report.h"

enum { REPORTS_MOST = 1 + REPORT_FORMATS };

struct reports {
    struct reporter list[REPORTS_MOST]; /* the terminal's first; of harness
                                           report closed where another format
                                           is asked for */
    size_t n;
    struct sink expect;   /* out is NULL without --update-expect */
    struct sink messages; /* stderr */
};

/* Open all of them before anything is started; a signal ends the wait for the
   reader of a FIFO. Returns 0, or -1 with one line in why; reports_discard
   then. */
int reports_open(struct reports *rs, const struct options *o, char *why,
                 size_t size);
void reports_begin(struct reports *rs, const struct run_info *info);
/* End and commit all, the terminal's last, so that its last line is the last on
   stdout. Returns 0, or -1 if some could not be written, each of which is named
   in messages; errno is EINTR if a signal ended the wait for a reader. */
int reports_end(struct reports *rs, const struct run_info *info,
                const struct results *results);
/* Close what is open; no file appears. */
void reports_discard(struct reports *rs);

#endif
