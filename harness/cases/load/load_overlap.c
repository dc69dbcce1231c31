/* SPDX-License-Identifier: MIT */
/* load/overlap: each client comes as another leaves. What fails for a client
   that is alone is not judged here. */
#include "cases/load/load.h"

#include "kit/shown.h"
#include "kit/wait_idle.h"
#include "stress/overlap.h"

#include <errno.h>
#include <string.h>

enum { CLIENTS = 2000, MORE = 2 * OVERLAP_AT_A_TIME };

static void come(struct context *c, size_t most, struct overlap_seen *seen)
{
    overlap_run(&c->subject, c->protocol, c->seed, CLIENTS, most,
                plan_timeout_ms(c->plan), seen);
    shown_leave(c, seen->served);
}

/* How many are served at a time where others are turned away; 0: all of them,
   or as many as come. */
static size_t own_limit(struct context *c)
{
    struct client_pool m;
    size_t limit = 0;

    wait_asleep(c); /* it has seen the others leave */
    if (client_pool_open(&m, c, MORE) < 0)
        verdict_error(c->v, "%d connections: %s", MORE, strerror(errno));
    else if (load_talk_twice(&m) == MORE || !load_own_limit(c, &m, &limit))
        limit = 0;
    client_pool_close(&m);
    return limit;
}

/* Some daemons take so many at a time, and turn the others away. Half as many
   leave room for one that is counted on after it has left. */
static void come_within_limit(struct context *c, struct overlap_seen *seen)
{
    size_t limit = own_limit(c), most = limit / 2;

    if (limit == 0)
        return;
    verdict_fact(c->v, "its own limit: %zu clients at a time", limit);
    wait_asleep(c);
    come(c, most < OVERLAP_AT_A_TIME ? most : OVERLAP_AT_A_TIME, seen);
    if (overlap_refused(seen) && !server_ended(c))
        verdict_skip(c->v,
                     "its own limit of clients at a time: some of %zu are "
                     "turned away, too",
                     most);
}

static void overlap(struct context *c)
{
    struct overlap_seen seen;
    char why[160];

    if (!server_up(c))
        return;
    if (!client_served(c, UINT32_MAX, why, sizeof why)) {
        verdict_skip(c->v, "a client that is alone is not served: %s", why);
        return;
    }
    come(c, OVERLAP_AT_A_TIME, &seen);
    if (overlap_refused(&seen) && !server_ended(c))
        come_within_limit(c, &seen);
    if (!verdict_decided(c->v))
        judge_overlap(&seen, server_ended(c), c->v);
}

static const struct test_case cases[] = {
    { "load/overlap", MUST,
      "clients that come while others leave are all served, each with its own "
      "bytes",
      "RFC 862; UNP 26.4", overlap, 200,
      "2,000 (of stress 1,000), 16 at a time, each with one exchange; as one "
      "leaves another comes. Of a "
      "daemon that takes fewer and turns others away, half as many. Not judged "
      "where they would take more than 20 s, or 10 s of processor time.",
      "A place in a table that moves, or is given away, while its client is "
      "there: the number of clients as an index, the argument of a thread on "
      "the stack of the loop that accepts.",
      "What belongs to a connection is made with it, and ends with it.",
      .holds = OVERLAP_AT_A_TIME, .leaves_as_found = true,
      .series = "clients in order" },
};

const struct case_table load_overlap_cases = CASE_TABLE(cases);
