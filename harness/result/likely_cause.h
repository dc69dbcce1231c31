/* SPDX-License-Identifier: MIT */
/* One mistake that explains several failures, as every report tells it. All
   texts are constant. */
#ifndef LIKELY_CAUSE_H
#define LIKELY_CAUSE_H

#include <stddef.h>

enum { LIKELY_CAUSES = 3, LIKELY_CASES = 16 };

struct likely_cause {
    const char *cause;      /* one line, without a full stop */
    const char *look_first; /* the id, among cases, that shows it best */
    const char *cases[LIKELY_CASES]; /* ids of those that it explains */
    size_t ncases;                   /* two or more */
};

#endif
