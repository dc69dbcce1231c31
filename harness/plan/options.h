/* SPDX-License-Identifier: MIT */
/* argv to struct options; every number is range-checked here. getopt_long(3)
   cuts the words; the table around it is our own, because neither getopt_long
   nor argp(3) checks numbers, knows which option goes with which command, or
   prints the options back as a line to run again. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "plan/report_formats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum command {
    COMMAND_STRESS,
    COMMAND_CONFORM,
    COMMAND_LIST,
    COMMAND_EXPLAIN,
    COMMAND_DOCTOR,
    COMMAND_PROTOCOL,
    COMMAND_REPORT,
    COMMAND_HELP,
    COMMAND_VERSION
};

enum { OPTIONS_MOST_JOBS = 1024, OPTIONS_MOST_CONFIGS = 8 };

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
    enum command command;
    long clients;    /* -c, 1 up; default 100. Whether this machine can hold so
                        many is looked at elsewhere; too large a number becomes
                        LONG_MAX / 4 */
    long frames;     /* -n, 1 .. 1,000,000,000; 0: not given */
    char **fixtures; /* -f, in order; NULL-terminated */
    size_t nfixtures;
    const char *address; /* --address: numeric; default 127.0.0.1 */
    bool address_given;
    const char *listens_ip;   /* --listens, or NULL; brackets taken off */
    int listens_port;         /* 1 .. 65535 */
    const char *connect_host; /* --connect, an address or a name; or NULL */
    int connect_port;
    long pid; /* --pid, 0: none */
    bool client, valgrind, strict, daemon, no_isolation, update_expect;
    bool exhaustive;            /* --exhaustive: conform fault/nth-call */
    const char *call, *error;   /* --call, --errno: likewise; or NULL */
    long jobs;                  /* -j, 1 .. OPTIONS_MOST_JOBS; 0: 4 x cores */
    double timeout;             /* seconds, > 0 .. 86,400; default 5 */
    double timeout_scale;       /* > 0 .. 1,000; default 1 */
    double run_timeout;         /* seconds, .. 86,400; 0: not given */
    const char *protocol;       /* --protocol: NAME or FILE, or NULL */
    const char *send, *receive; /* both, or both NULL */
    char **configs;             /* --config, in order; NULL-terminated */
    size_t nconfigs;            /* .. OPTIONS_MOST_CONFIGS */
    const char *pid_file;       /* --pid-file, {dir} and all; or NULL */
    const char *runs_as;        /* --runs-as, or NULL: conform */
    const char *expect;         /* FILE or NULL */
    const char *rerun;          /* FILE or NULL: conform */
    bool watch, github;         /* --watch, --github */
    bool compare;               /* --compare: report */
    uint64_t seed;              /* < 2^63; from the clock if not given */
    const char *name;           /* --name, or NULL */
    const char *reports[REPORT_FORMATS]; /* FILE, "-", or NULL; list
                                            --json: "-" */
    int verbosity;                       /* -1, 0, 1 */
    enum color color;
    char **selectors; /* NULL-terminated; of report: files */
    size_t nselectors;
    char **target;          /* COMMAND [ARG...], NULL-terminated, or NULL */
    char **argv;            /* as given */
    char **replay;          /* for run_info: what repeats this run without
                               selector and reports; stress or conform */
    size_t replay_selector; /* index in replay before which a case's id goes */
    char *seed_text;        /* the word in replay that is the seed */
};

/* Parse. Returns 0, or -1 after one line on stderr that names the option and
   the value ("harness: -j, --jobs: '0' is not a number from 1 to 1024"): the
   caller exits with 2. Strings point into argv, which is neither changed nor
   owned; options_free frees the rest, after a failure too. */
int options_parse(struct options *o, int argc, char **argv);
void options_free(struct options *o);
/* The factor of all deadlines: --timeout-scale, and 20 times that with
   --valgrind, which slows a server down. A --run-timeout that is given is not
   scaled. */
double options_scale(const struct options *o);
/* `--help`: usage with every option and its default. */
void options_help(FILE *out);
/* Whether what is written to fd is to be coloured: as --color says; else if fd
   is a terminal that can, unless NO_COLOR is set (no-color.org). */
bool options_color(const struct options *o, int fd);

#endif
