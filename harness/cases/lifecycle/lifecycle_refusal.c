/* SPDX-License-Identifier: MIT */
/* Starts that must be refused: a message on stderr, a status that is not 0, and
   nothing left. They are made one after another, since it could not be told
   which start a process that has detached came from. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/second_start.h"
#include "kit/server_output.h"
#include "kit/wait_idle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY = 192 };

/* What one start was told, and what came of it. */
struct refusal {
    struct subject_how how;
    const char *told; /* for the evidence */
    enum { REFUSED, ACCEPTED, HANGS, STARTS_STILL } end;
    char why[WHY]; /* why it was not refused as it should be */
};

static void look(struct refusal *r, struct subject *s, struct deadline d)
{
    char where[ADDRESS_TEXT];
    enum second_start_end end = second_start_watch(s, d, where);
    char *said = subject_said_on_stderr(s);

    r->end = ACCEPTED;
    if (end == SECOND_LISTENS) {
        snprintf(r->why, sizeof r->why, "it listens on %s", where);
    } else if (end == SECOND_RUNS) {
        r->end =
            any_thread_of(s, subject_processes, "RD") ? STARTS_STILL : HANGS;
        snprintf(r->why, sizeof r->why,
                 "it runs on and listens nowhere "
                 "(start command: %s)",
                 second_start_status(s));
    } else if (!second_start_failed(s)) {
        snprintf(r->why, sizeof r->why, "it ends with %s",
                 second_start_status(s));
    } else if (!said) {
        snprintf(r->why, sizeof r->why,
                 "it ends with %s, without a word on "
                 "stderr",
                 second_start_status(s));
    } else {
        r->end = REFUSED;
    }
    free(said);
}

/* False: decided (error). What was not refused is told. */
static bool try_start(struct context *c, struct refusal *r)
{
    struct subject s;
    bool started = second_start_start(c, &s, &r->how);

    if (started)
        look(r, &s, start_deadline(c));
    if (started && r->end != REFUSED) {
        verdict_fact(c->v, "%s: %s", r->told, r->why);
        server_output_tell(c->v, &s);
    }
    second_start_close(&s);
    if (started && r->end == STARTS_STILL) {
        verdict_error(c->v, "%s: its start takes longer than the deadline",
                      r->told);
        return false;
    }
    return started;
}

/* Try all of them, but only up to the first that hangs: each of those takes a
   whole deadline. */
static void judge(struct context *c, struct refusal *r, size_t n)
{
    const struct refusal *first = NULL;

    for (size_t i = 0; i < n; i++) {
        if (!try_start(c, &r[i]))
            return;
        if (r[i].end == REFUSED)
            continue;
        if (!first)
            first = &r[i];
        if (r[i].end == HANGS)
            break;
    }
    if (!first) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v,
                     "%s: refused with a message on stderr and a status "
                     "that is not 0, nothing left running",
                     first->told);
    verdict_observed(c->v, "%s", first->why);
    verdict_fail(c->v, "%s: %s", first->told, first->why);
}

/* What a file says is judged when it is read, by rules of the daemon's own.
   False: decided. */
static bool needs_address_in_command(struct context *c)
{
    if (!target_configures_address(&c->target))
        return true;
    verdict_skip(c->v, "the address stands in a --config file");
    return false;
}

static void usage(struct context *c)
{
    struct refusal r = { .how = { .no_address = true },
                         .told = "without an address" };

    if (c->target.fixed)
        verdict_skip(c->v, "the command is not told an address");
    else if (target_embeds_address(&c->target))
        verdict_skip(c->v, "the address stands inside longer arguments");
    else if (needs_address_in_command(c))
        judge(c, &r, 1);
}

static void bad_port(struct context *c)
{
    static const char *const port[] = { "nosuchservice", "-1", "65536", "7x",
                                        "" };
    enum { N = sizeof port / sizeof *port };
    struct refusal r[N];
    char told[N][32];

    if (c->target.fixed || !target_tells_port(&c->target)) {
        verdict_skip(c->v, "the command is not told a port");
        return;
    }
    if (!needs_address_in_command(c))
        return;
    memset(r, 0, sizeof r);
    for (size_t i = 0; i < N; i++) {
        snprintf(told[i], sizeof told[i], "port '%s'", port[i]);
        r[i].how.port = port[i];
        r[i].told = told[i];
    }
    judge(c, r, N);
}

static void bad_address(struct context *c)
{
    /* The last one is asked of a name server. Only in a sandbox there is none
       for sure. */
    static const char *const ip[] = { "999.1.1.1", "1.2.3.4.5",
                                      "no.such.host.invalid" };
    enum { N = sizeof ip / sizeof *ip };
    struct refusal r[N];
    char told[N][48];

    if (c->target.fixed || !target_tells_ip(&c->target)) {
        verdict_skip(c->v, "the command is not told an address");
        return;
    }
    if (!needs_address_in_command(c))
        return;
    memset(r, 0, sizeof r);
    for (size_t i = 0; i < N; i++) {
        snprintf(told[i], sizeof told[i], "address '%s'", ip[i]);
        r[i].how.ip = ip[i];
        r[i].told = told[i];
    }
    judge(c, r, c->sandbox->isolated ? N : N - 1);
}

static const struct test_case cases[] = {
    { "lifecycle/usage", SHOULD,
      "without an address: a message on stderr, non-zero, nothing running",
      "POSIX 12.2", usage, 0,
      "The command without the appended address, or without the arguments "
      "that are just {ip} or {port}.",
      "argv[1] is used although argc is 1; or a default is taken that nobody "
      "asked for.",
      "if (argc - optind != 2) { fprintf(stderr, \"usage: ...\"); "
      "return 2; }" },
    { "lifecycle/bad-port", SHOULD,
      "a port that is none is refused with a message, and nothing listens",
      "POSIX 12.2", bad_port, 0,
      "Started in turn with the ports nosuchservice, -1, 65536, 7x and the "
      "empty word.",
      "atoi: 7x is 7, nosuchservice is 0, and htons(65536) is 0, for which "
      "the kernel picks any port.",
      "strtol: refuse where it read nothing (end == text), or left something "
      "(*end), or the number is not 0 to 65535.",
      .starts = 5 },
    { "lifecycle/bad-address", SHOULD,
      "an address that is none is refused with a message, and nothing listens",
      "inet_pton(3)", bad_address, 0,
      "Started in turn with 999.1.1.1, 1.2.3.4.5 and, in a sandbox, which has "
      "no name server, no.such.host.invalid.",
      "The result of inet_pton is not looked at: what is left is 0.0.0.0, all "
      "of the machine's addresses.",
      "Refuse where inet_pton does not return 1, or getaddrinfo not 0.",
      .starts = 3 },
};

const struct case_table lifecycle_refusal_cases = CASE_TABLE(cases);
