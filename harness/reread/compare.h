/* SPDX-License-Identifier: MIT */
/* Two runs of one target: which cases have another verdict now. */
#ifndef COMPARE_H
#define COMPARE_H

#include "reread/run_read.h"

/* Worse is a case that
     - fails, warns or is in error, and did something lighter before: a pass, a
       skip and what was not there count the same; a warning is lighter than a
       failure; from anything to an error is worse, and so is a failure or a
       warning after an error, which had hidden it;
     - passed, and now is skipped or no longer there: nobody sees it pass.
   Better is a case that was wrong and is less so, and one that passes where it
   was skipped. All else is neither: new cases that pass or are skipped, and
   what was wrong and cannot be seen any more. Whether it was expected counts
   for nothing: the verdict is the same. */
enum direction { CHANGE_WORSE, CHANGE_OTHER, CHANGE_BETTER, CHANGE_NONE };

struct change {
    enum direction direction;
    const char *id;
    enum verdict_kind was, is; /* VERDICT_NONE: not there */
    const struct result *now;  /* NULL: not there */
};

/* Points into both runs. */
struct comparison {
    struct change *list; /* worse first, in each the heaviest first, then by
                            id; without those of CHANGE_NONE */
    size_t n;
    size_t counts[CHANGE_NONE + 1];
};

enum direction change_direction(enum verdict_kind was, enum verdict_kind is);

/* Returns 0, or -1 with ENOMEM; free it in either case. */
int compare_runs(struct comparison *c, const struct past_run *was,
                 const struct past_run *is);
void comparison_free(struct comparison *c);

/* A line for each change, "worse  echo/bulk  pass -> fail  reason", and the
   sums as the last: "1 worse, 0 better, 2 changed, 80 the same". */
void comparison_terminal(FILE *out, const struct comparison *c, bool color);
void comparison_markdown(FILE *out, const struct comparison *c);

#endif
