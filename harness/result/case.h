/* SPDX-License-Identifier: MIT */
/* A case of the catalogue: what it requires, where that is written, how it is
   looked at. Each file of cases has its table at its foot, and a family lists
   the tables of its files. */
#ifndef CASE_H
#define CASE_H

#include "result/verdict.h"

struct context;

/* What a row of a table leaves out is 0. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct test_case {
    const char *id; /* "family/name": stable, people quote it */
    enum level level;
    const char *title;              /* the requirement in one line */
    const char *sources;            /* separated by "; " */
    void (*run)(struct context *c); /* states its verdict in c->v */
    int cost_ms;         /* about what it takes on an idle machine; the
                            longest begin first. 0: a few */
    const char *seen;    /* how it is observed */
    const char *mistake; /* the usual mistake, in code */
    const char *mend;    /* what to write instead */
    int holds;           /* connections that are served at a time, each
                            perhaps by a process; 0: a few */
    bool silent_too;     /* whatever its family needs: of a server that does not
                            answer one frame as well */
    bool echo;           /* it alone of its family needs the echo protocol */
    bool leaves_as_found; /* its server: another case may use it after this
                             one */
    const char *series;   /* cases of one series share a server, one after
                             another: the earlier show what the later ask for
                             (kit/shown.h). NULL: none */
    bool series_first;    /* before the others of its series, whatever their
                             places in the catalogue */
    bool exhaustive;      /* it is not taken without --exhaustive */
    int starts;           /* of the server, one after another; 0: one */
    int parts;            /* it is run so many times, side by side, each time
                             with another context.part from 0; 0: once */
    bool foreground_too;  /* whatever its family needs: of a server that
                             stays in the foreground as well */
};

struct case_table {
    const struct test_case *cases;
    size_t n;
};

#define CASE_TABLE(array)                      \
    {                                          \
        array, sizeof(array) / sizeof *(array) \
    }

struct family {
    const char *name;                       /* "echo/" */
    const struct case_table *const *tables; /* in this order, up to NULL */
    /* What all its cases need, and are skipped or left out without: */
    bool own_start; /* a target that was started: no --connect */
    bool processes; /* its processes: with --connect, --pid too */
    bool detaching; /* a server that detaches */
    bool valgrind;  /* --valgrind */
    bool exchange;  /* a frame that comes back */
    bool echo;      /* the echo protocol: it is skipped under another */
    bool client;    /* --client: the target is one */
};

#endif
