/* SPDX-License-Identifier: MIT */
/* A second start on the address of a server that serves. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/second_start.h"
#include "kit/server_output.h"
#include "kit/simple_client.h"

#include <stdio.h>
#include <stdlib.h>

enum { NEW_CLIENTS = 4 };

/* Where a second start listens that came up. */
enum second_place {
    PLACE_ELSEWHERE, /* on another address or port */
    PLACE_TAKEN,     /* where the first one listened, which does no more */
    PLACE_HANDED,    /* on the very socket of the first */
    PLACE_SHARED     /* on a socket of its own beside that of the first: the
                        kernel allows it where both have set SO_REUSEPORT */
};

static enum second_place place_of(struct context *c, struct subject *second)
{
    if (!subject_find(second))
        return PLACE_ELSEWHERE;
    if (!subject_listens(&c->subject))
        return PLACE_TAKEN;
    for (size_t i = 0; i < second->nlisteners; i++)
        if (!subject_is_listener(&c->subject, second->listener[i]))
            return PLACE_SHARED;
    return PLACE_HANDED;
}

static const char *place_text(enum second_place place)
{
    switch (place) {
    case PLACE_TAKEN:
        return "it has taken the address from the first";
    case PLACE_HANDED:
        return "it listens on the very socket of the first";
    case PLACE_SHARED:
        return "it shares the port with the first by SO_REUSEPORT";
    default:
        return "it listens elsewhere";
    }
}

static bool undisturbed(struct context *c, struct talk *old, char *why,
                        size_t size)
{
    if (!procfs_alive(c->subject.server)) {
        snprintf(why, size, "the first server has ended");
        return false;
    }
    if (!subject_listens(&c->subject)) {
        snprintf(why, size, "the first server listens no more");
        return false;
    }
    if (!simple_client_again(c, old, why, size))
        return false;
    talk_leave(old); /* some serve one at a time */
    for (int i = 0; i < NEW_CLIENTS; i++)
        if (!simple_client_new(c, why, size))
            return false;
    return true;
}

static void second_instance(struct context *c)
{
    struct subject second;
    char where[ADDRESS_TEXT], why[160];
    struct talk old;

    if (!server_up(c) || !simple_client_stay(c, &old))
        return;
    if (second_start_start(c, &second, NULL)) {
        enum second_start_end end =
            second_start_watch(&second, start_deadline(c), where);

        enum second_place place =
            end == SECOND_LISTENS ? place_of(c, &second) : PLACE_ELSEWHERE;

        verdict_fact(c->v, "the second start: %s%s%s",
                     second_start_status(&second),
                     end == SECOND_LISTENS ? "; " : "",
                     end == SECOND_LISTENS ? place_text(place) : "");
        if (undisturbed(c, &old, why, sizeof why)) {
            verdict_pass(c->v);
        } else {
            verdict_expected(c->v, "a second start leaves the first serving");
            verdict_observed(c->v, "%s", why);
            verdict_fail(c->v, "a second start disturbs the first%s: %s",
                         place == PLACE_SHARED
                             ? ", with which it shares the port by SO_REUSEPORT"
                             : "",
                         why);
            server_output_tell(c->v, &second);
        }
    }
    talk_leave(&old);
    second_start_close(&second);
}

static void judge_refused(struct context *c, struct subject *s,
                          enum second_start_end end, const char *where)
{
    struct verdict *v = c->v;
    char *said = subject_said_on_stderr(s);

    if (end == SECOND_OVER && said && second_start_failed(s)) {
        verdict_pass(v);
    } else {
        verdict_expected(v, "with the address in use: a message on stderr, "
                            "and a status that is not 0");
        verdict_observed(v, "start command: %s%s%s; on stderr: %s",
                         second_start_status(s),
                         end == SECOND_LISTENS ? "; it listens on " : "", where,
                         said ? said : "nothing");
        verdict_fail(v, "%s%s",
                     end == SECOND_LISTENS ? "the second start is not refused: "
                                           : "",
                     end == SECOND_LISTENS ? place_text(place_of(c, s))
                     : end == SECOND_RUNS  ? "the second start does not end"
                     : said ? "the second start ends as if all were well"
                            : "the second start says nothing on stderr");
    }
    free(said);
}

static void address_in_use(struct context *c)
{
    struct subject second;
    char where[ADDRESS_TEXT] = "";
    if (!server_up(c))
        return;
    if (second_start_start(c, &second, NULL))
        judge_refused(c, &second,
                      second_start_watch(&second, start_deadline(c), where),
                      where);
    second_start_close(&second);
}

static const struct test_case cases[] = {
    { "lifecycle/second-instance", MUST,
      "a second start on the same address leaves the first serving", "bind(2)",
      second_instance, 0,
      "With a client connected the command is started once more, and watched "
      "until it ends, listens or the deadline passes. The first server, its "
      "client and new ones are as before.",
      "The new one ends the old one, or takes away its pid file or socket.",
      "Bind first; touch what may be another's only when that succeeded." },
    { "lifecycle/address-in-use", SHOULD,
      "a start on an address in use says so on stderr and ends with non-zero",
      "bind(2)", address_in_use, 0,
      "A second start of the command on the same address: its status, its "
      "stderr, and that it is over.",
      "fork, parent exits with 0, then bind in the child, which tells syslog; "
      "or SO_REUSEPORT, so that two share the port unasked.",
      "Bind before the parent exits, or let it wait for the child's word." },
};

const struct case_table lifecycle_second_cases = CASE_TABLE(cases);
