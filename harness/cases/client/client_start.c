/* SPDX-License-Identifier: MIT */
/* Starts that cannot lead to a connection. */
#include "cases/client/client.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- refused ---- */

static bool says(const struct session *d, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= d->said.n; i++)
        if (strncasecmp((const char *)d->said.at + i, word, n) == 0)
            return true;
    return false;
}

/* True if it says the address as it was told it, or as the kernel writes it. */
static bool says_address(struct context *c, const struct session *d)
{
    char text[ADDRESS_TEXT];
    struct address a;

    return says(d, c->ip) || (address_parse(&a, c->ip, c->port) == 0 &&
                              says(d, address_host(&a, text)));
}

static void refused(struct context *c)
{
    static const struct session_how how = { .no_server = true };
    struct session d;

    if (client_begin(c, &d, &how)) {
        /* It may connect for its first line only. */
        session_type(&d, "hello\n", 6);
        session_end_input(&d);
        if (client_reports(c, &d, "with its connection refused", false)) {
            if (says_address(c, &d) && says(&d, "refused"))
                verdict_pass(c->v);
            else
                (void)client_fails(c, &d,
                                   "a message with the address and "
                                   "the reason, 'refused'",
                                   "the message on stderr lacks the %s",
                                   says(&d, "refused") ? "address" : "reason");
        }
    }
    session_end(&d);
}

/* ---- arguments ---- */

struct attempt {
    const char *told; /* for the evidence */
    struct session_how how;
};

/* False: decided. */
static bool is_refused(struct context *c, const struct attempt *a)
{
    struct session d;
    char with[96];
    bool good;

    snprintf(with, sizeof with, "with %s", a->told);
    good = client_begin(c, &d, &a->how);
    if (good) {
        session_end_input(&d);
        good = client_reports(c, &d, with, false) &&
               (d.peer.connections == 0 ||
                client_fails(c, &d, "no connection is made",
                             "%s a connection "
                             "is made",
                             with));
    }
    session_end(&d);
    return good;
}

static void bad_arguments(struct context *c)
{
    char beyond[16], tail[16];
    bool ip = target_tells_ip(&c->target), port = target_tells_port(&c->target);
    const struct attempt attempts[] = {
        { "no address at all", { .no_address = true } },
        { "the port given as 'nosuchservice'", { .port = "nosuchservice" } },
        { "a port beyond 65535", { .port = beyond } },
        { "a letter behind the port", { .port = tail } },
        { "an empty port", { .port = "" } },
        { "the address '999.1.1.1'", { .ip = "999.1.1.1" } },
        { "the address '1.2.3.4.5'", { .ip = "1.2.3.4.5" } },
    };
    bool good = true, tried = false;

    if (c->target.fixed) {
        verdict_skip(c->v, "the command is told neither address nor port");
        return;
    }
    /* A client that drops what is too much of a port connects to our server. */
    snprintf(beyond, sizeof beyond, "%d", c->port + 65536);
    snprintf(tail, sizeof tail, "%dx", c->port);
    for (size_t i = 0; good && i < sizeof attempts / sizeof *attempts; i++) {
        const struct session_how *how = &attempts[i].how;

        if ((how->no_address && target_embeds_address(&c->target)) ||
            (how->port && !port) || (how->ip && !ip))
            continue;
        good = is_refused(c, &attempts[i]);
        tried = true;
    }
    if (good && tried)
        verdict_pass(c->v);
    else if (good)
        verdict_skip(c->v, "the command is told neither address nor port");
}

static const struct test_case cases[] = {
    { "client/refused", MUST,
      "a refused connection is reported with address and reason", "connect(2)",
      refused, 0, "Nobody listens where it is told to connect.",
      "perror(\"connect\"): to where?",
      "fprintf(stderr, \"%s:%s: %s\\n\", ip, port, strerror(errno)); status "
      "1." },
    { "client/bad-arguments", SHOULD,
      "none, a bad address, a bad port: refused with a message, no connection "
      "made",
      "POSIX.1-2017 12.2", bad_arguments, 20,
      "Started without an address, with numbers and names that are none, and "
      "with a port that is the server's if what is too much of it is dropped.",
      "atoi(argv[2]) and htons of whatever it returns.",
      "strtol: refuse where it read nothing, or left something, or the number "
      "is not 1 to 65535; refuse where inet_pton does not return 1." },
};

const struct case_table client_start_cases = CASE_TABLE(cases);
