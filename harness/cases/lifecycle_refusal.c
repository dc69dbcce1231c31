/* SPDX-License-Identifier: MIT */
/* Starts that must be refused: a message on stderr, a status that is not 0,
   and nothing left. They are made in turn: of what detaches nobody could tell
   which start it came from. */
#include "cases/lifecycle.h"

#include "cases/again.h"

#include "spawn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { SAID_BYTES = 1024, WHY = 192 };

/* What one start was told, and what came of it: NULL if it was refused as it
   should be. */
struct refusal {
    struct subject_how how;
    const char *told;           /* for the evidence */
    char why[WHY];
    bool refused;
};

static void look(struct refusal *r, struct subject *s, struct deadline d)
{
    char where[ADDRESS_TEXT];
    enum again_end end = again_watch(s, d, where);
    char *said = spawn_captured(s->err, SAID_BYTES);

    if (end == AGAIN_LISTENS)
        snprintf(r->why, sizeof r->why, "it listens on %s", where);
    else if (end == AGAIN_RUNS)
        snprintf(r->why, sizeof r->why, "it runs on and listens nowhere "
                 "(start command: %s)", again_status(s));
    else if (!WIFEXITED(s->start_status) || !WEXITSTATUS(s->start_status))
        snprintf(r->why, sizeof r->why, "it ends with %s", again_status(s));
    else if (!said || !said[0])
        snprintf(r->why, sizeof r->why, "it ends with %s, without a word on "
                 "stderr", again_status(s));
    else
        r->refused = true;
    free(said);
}

/* False: decided (error). */
static bool try_start(struct context *c, struct refusal *r, struct deadline d)
{
    struct subject s;
    bool started = again_start(c, &s, &r->how);

    if (started)
        look(r, &s, d);
    again_close(&s);
    return started;
}

/* All of them, on one deadline: one that hangs must not take it n times. */
static void judge(struct context *c, struct refusal *r, size_t n)
{
    struct deadline d = wait_deadline(c);
    size_t refused = 0, tried = 0;

    for (; tried < n && (tried == 0 || !deadline_passed(d)); tried++) {
        if (!try_start(c, &r[tried], d))
            return;
        refused += r[tried].refused;
        if (!r[tried].refused)
            verdict_fact(c->v, "%s: %s", r[tried].told, r[tried].why);
    }
    verdict_figure(c->v, "starts", (double)tried);
    if (refused == n) {
        verdict_pass(c->v);
        return;
    }
    for (size_t i = 0; i < tried; i++)
        if (!r[i].refused) {
            verdict_expected(c->v, "%s: refused with a message on stderr and "
                             "a status that is not 0, nothing left running",
                             r[i].told);
            verdict_observed(c->v, "%s", r[i].why);
            verdict_fail(c->v, "%s: %s", r[i].told, r[i].why);
            return;
        }
    verdict_error(c->v, "only %zu of %zu starts were made in time", tried, n);
}

void usage(struct context *c, struct verdict *v)
{
    struct refusal r = { .how = { .no_address = true },
                         .told = "without an address" };

    if (c->target.fixed)
        verdict_skip(v, "the command is not told an address");
    else if (target_embeds_address(&c->target))
        verdict_skip(v, "the address stands inside longer arguments");
    else
        judge(c, &r, 1);
}

void bad_port(struct context *c, struct verdict *v)
{
    static const char *const port[] = { "nosuchservice", "-1", "65536", "7x",
                                        "" };
    enum { N = sizeof port / sizeof *port };
    struct refusal r[N];
    char told[N][32];

    if (c->target.fixed || !target_tells_port(&c->target)) {
        verdict_skip(v, "the command is not told a port");
        return;
    }
    memset(r, 0, sizeof r);
    for (size_t i = 0; i < N; i++) {
        snprintf(told[i], sizeof told[i], "port '%s'", port[i]);
        r[i].how.port = port[i];
        r[i].told = told[i];
    }
    judge(c, r, N);
}

void bad_address(struct context *c, struct verdict *v)
{
    /* The last is asked of a name server, which only a cell surely has not. */
    static const char *const ip[] = { "999.1.1.1", "1.2.3.4.5",
                                      "no.such.host.invalid" };
    enum { N = sizeof ip / sizeof *ip };
    struct refusal r[N];
    char told[N][48];

    if (c->target.fixed || !target_tells_ip(&c->target)) {
        verdict_skip(v, "the command is not told an address");
        return;
    }
    memset(r, 0, sizeof r);
    for (size_t i = 0; i < N; i++) {
        snprintf(told[i], sizeof told[i], "address '%s'", ip[i]);
        r[i].how.ip = ip[i];
        r[i].told = told[i];
    }
    judge(c, r, c->cell->isolated ? N : N - 1);
}
