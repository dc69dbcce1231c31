/* SPDX-License-Identifier: MIT */
/* The likely causes as plain text: after the cases, for a terminal, TAP and
   JUnit. What belongs together was found before (judge/likely_causes.h). */
#include "report/report.h"

#include <string.h>

static void put_cases(FILE *out, const struct likely_cause *c)
{
    for (size_t i = 0; i < c->ncases; i++)
        fprintf(out, "%s%s%s", i ? ", " : "", c->cases[i],
                strcmp(c->cases[i], c->look_first) == 0 ? " (look first)" : "");
}

void report_causes(FILE *out, const char *indent, const struct results *rs)
{
    if (rs->ncauses > 0)
        fprintf(out, "%slikely causes:\n", indent);
    for (size_t i = 0; i < rs->ncauses; i++) {
        fprintf(out, "%s  %s: ", indent, rs->causes[i].cause);
        put_cases(out, &rs->causes[i]);
        (void)fputc('\n', out);
    }
}
