/* SPDX-License-Identifier: MIT */
/* One table says which options there are, for which commands, what values they
   take and what the help says of them. Inside options*.c only. */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include "plan/options.h"

enum option_kind { FLAG, TEXT, REPORT, COUNT, SECONDS, SPECIAL };

/* Codes of the SPECIAL options that have no letter. */
enum {
    OPTION_ADDRESS = 256,
    OPTION_LISTENS,
    OPTION_CONNECT,
    OPTION_COLOR,
    OPTION_SEED,
    OPTION_TAP,
    OPTION_JSON,
    OPTION_CONFIG
};

struct option_entry {
    const char *name; /* with its dashes */
    int code;         /* its letter, one of those above, or 0 */
    enum option_kind kind;
    unsigned commands; /* that it concerns: bits by enum command */
    bool replayed;     /* belongs to a command line that repeats a case */
    size_t offset;     /* in struct options; not for SPECIAL */
    double max;        /* of COUNT (from 1 on) and SECONDS */
    const char *value; /* what the help calls its value; NULL: it takes none */
    const char *help;  /* lines after the first are continuations */
};

#define OPTIONS_MAX 64 /* room for the table */
#define OPTION_COMMANDS (COMMAND_VERSION + 1)

extern const struct option_entry option_entries[];
extern const size_t option_count;
extern const char *const option_commands[OPTION_COMMANDS];

/* "-c, --clients", or "--pid": text is returned. */
const char *option_label(const struct option_entry *e, char text[40]);
/* "harness: ", the message made printable, a newline, all to stderr.
   Returns -1. */
int options_complain(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* Give o what the option says. Returns 0, or -1 after complaining. */
int option_set(struct options *o, const struct option_entry *e,
               const char *value);
/* given: for each of option_entries, whether it is. Returns 0, or -1 after
   complaining of what does not go together. */
int options_check(const struct options *o, const bool *given);

#endif
