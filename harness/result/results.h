/* SPDX-License-Identifier: MIT */
/* The list of verdicts with times and evidence, and what is known of the run:
   all that a report reads. */
#ifndef RESULTS_H
#define RESULTS_H

#include "result/latency.h"
#include "result/likely_cause.h"
#include "result/verdict.h"

#include <jansson.h>
#include <stdint.h>
#include <time.h>

struct result {
    char *id; /* "family/name" */
    char *title;
    char *sources; /* "RFC 862; accept(2)": separated by "; " */
    enum level level;
    enum verdict_kind kind;   /* a SHOULD that failed is VERDICT_WARN here */
    char *reason;             /* or NULL */
    char *mistake, *mend;     /* of a failure: the usual mistake, and what to
                                 write instead; or NULL */
    double seconds;           /* wall time of the case */
    int server;               /* which of those that several cases used one
                                 after another; 0: its own */
    unsigned part;            /* which of a case's: case.h */
    struct evidence evidence; /* owned */
    bool expected;            /* failed, and the expectation file lists it */
    bool stale;               /* passed, although the file lists it */
    char *replay;             /* of a report that is read again: the command
                                 line that stands in it; else NULL */
};

struct results {
    struct result *list;
    size_t n, room;
    struct likely_cause causes[LIKELY_CAUSES]; /* what explains most first */
    size_t ncauses;
};

struct load {       /* what the crowd did (stress only) */
    long runs;      /* of how many runs that were merged; 0: one */
    long clients;   /* asked for */
    long connected; /* had their first frame back while all were connected */
    long frames_sent, frames_verified, bytes_verified;
    double seconds; /* from the first fork to the last frame back */
    struct latency connect, round_trip;
};

struct leaked_fd {
    long pid;
    int fd;
    char what[96];
};

struct audit_summary { /* what the server held afterwards (stress only) */
    bool done;         /* false: no audit was possible; nothing reported */
    long workers_seen, zombies, workers_left, fds_before, fds_after;
    long sockets_left;
    struct leaked_fd *leaked;
    size_t nleaked;
    double seconds; /* spent looking, not waiting for the server */
};

enum mode { MODE_STRESS, MODE_CONFORM };

struct run_info {
    enum mode mode;
    uint64_t seed;
    const char *version;
    const char *name;     /* the target's name in reports */
    const char *role;     /* "server", "client" */
    const char *protocol; /* its name: "echo" */
    char *const *command; /* NULL-terminated argv as given; NULL: --connect */
    char address[64];
    int port;        /* 0: not known */
    char starts[16]; /* "detached", "foreground", "attached", "" */
    char model[16];  /* "fork", "exec", ... "unknown" */
    char speaks[16]; /* under echo, the built-in protocol that it seems to
                        speak instead; "" */
    bool never_up;   /* the target never came up: why was told at once */
    bool isolated, valgrind, strict;
    /* This machine's, uname(2): "6.1.0-13-amd64", "x86_64"; "": not known */
    char host[66], kernel[66], arch[66];
    const char *libc;           /* its version; NULL: not known */
    long cores;                 /* online; 0: not known */
    uint64_t memory_bytes;      /* of the machine; 0: not known */
    char valgrind_version[32];  /* "3.19.0"; "": not used, or not known */
    struct timespec started_at; /* CLOCK_REALTIME */
    double wall_seconds;        /* 0 until the end */
    struct load load;
    struct audit_summary audit;
    char *const *replay;    /* argv that repeats this run's target and options
                               without selector and reports, NULL-terminated:
                               "harness conform --seed 7 ... -- ./server" is
                               made from it */
    size_t replay_selector; /* index in replay before which the id goes */
};

/* What becomes of a result once the expectations are known. */
enum outcome {
    OUTCOME_PASS,
    OUTCOME_FAIL,
    OUTCOME_WARN,
    OUTCOME_SKIP,
    OUTCOME_ERROR,
    OUTCOME_EXPECTED, /* a fail or warn that the file lists */
    OUTCOME_STALE     /* a pass that the file lists as failing */
};

/* How many results have each outcome: the sum is the number of results. */
struct summary {
    long pass, fail, warn, skip, error, expected, stale;
};

void results_init(struct results *rs);
void results_free(struct results *rs);
/* Free its histograms. */
void load_free(struct load *l);
/* Append, taking over what r owns. Its seconds are rounded to whole
   microseconds: JSON has so many digits of them, and every report, written now
   or made of the JSON later, is to say the same. Returns the place, good until
   the next is added, or NULL with ENOMEM (then r is freed). */
struct result *results_add(struct results *rs, struct result r);
enum outcome result_outcome(const struct result *r);
/* True where the run fails for this result: a failure that was not expected,
   a stale expectation, with strict also a warning. */
bool result_failed(const struct result *r, bool strict);
/* True where a reader has to be told what was seen: all but passes, expected
   failures and skips. */
bool result_notable(const struct result *r);
struct summary results_summary(const struct results *rs);

/* The exit status that the verdicts alone ask for: 0, 1, or 4 if a case is in
   error or nothing was scored. A failure that was expected counts as passed; an
   error outranks a failure; strict counts warnings as failures. */
int results_status(const struct results *rs, bool strict);
/* "9 passed, 1 failed, 2 skipped, 1 errors": the last line on stdout. */
void results_line(const struct results *rs, bool strict, char *line,
                  size_t size);

/* A result as one JSON object and back, for the way from the process that
   runs a case to the one that reports. result_from_json returns 0, or -1
   with EPROTO. The object of the report has these names too. */
json_t *result_to_json(const struct result *r);
int result_from_json(json_t *object, struct result *r);
void result_free(struct result *r);

#endif
