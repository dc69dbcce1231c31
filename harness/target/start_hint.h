/* SPDX-License-Identifier: MIT */
/* What to try next with a command that did not come up. */
#ifndef START_HINT_H
#define START_HINT_H

#include "target/command.h"

enum start_failure {
    START_NOT_EXECUTED,
    START_ENDED, /* without listening */
    START_ELSEWHERE /* it listens, but not where it was asked to */,
    START_SILENT, /* it runs, and does not listen */
};

struct start_seen {
    const struct target *target;
    enum start_failure how;
    int error;                 /* errno of exec */
    const char *said;          /* what it printed, or NULL */
    struct address asked, got; /* got: where it listens */
    double timeout_s;          /* how long it was waited for */
};

enum { START_HINT = 640 };

/* The built-in protocol of the daemon that a command names, or NULL; *word: by
   that word. */
const char *start_hint_protocol(char *const *command, const char **word);

/* One line in hint, "" where nothing is known that is likely to help. */
void start_hint(const struct start_seen *s, char hint[START_HINT]);

#endif
