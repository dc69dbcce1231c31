/* SPDX-License-Identifier: MIT */
/* Each rule is told of the servers that prove it, and of no other that is known
   to be wrong, or right. What those fail stands in fixtures/, below the
   directory where this is run. */
#include "judge/likely_rules.h"

#include "catalogue/catalogue.h"
#include "judge/test_likely.h"

#include <glob.h>

/* Which servers are told which causes: a name of fixtures/kill-matrix.md, or a
   file of fixtures/peers, and how the cause begins. All others are told none.
 */
static const struct proof {
    const char *server, *cause;
} proofs[] = {
    { "waits-for-lines", "it waits for a newline" },
    { "reads-lines", "it waits for a newline" },
    { "whole-frames-only", "it waits for a whole frame" },
    { "loop-waits-for-frames", "it waits for a whole frame" },
    { "loop-waits-for-frames", "one loop serves all" },
    { "drops-odd-byte", "it loses what is no multiple" },
    { "forgets-offset", "it loses what is no multiple" },
    { "fixed-length", "it sends its whole buffer" },
    { "blog-server", "it sends its whole buffer" },
    { "blog-server", "the start command ends before" },
    { "first-frame-only", "it answers one frame" },
    { "stale-tail", "a reply has the length" },
    { "prints-to-buffer", "what it answers stays in a buffer" },
    { "banner", "it sends something of its own before" },
    { "says-goodbye", "it sends something of its own when" },
    { "linger-zero", "it resets its connections" },
    { "parent-keeps-connection", "the parent keeps its copy" },
    { "binary-parent-keeps-connection", "the parent keeps its copy" },
    { "closes-when-reaped", "each worker inherits" },
    { "forgets-dup", "the connection of a client that has left" },
    { "never-closes", "the connection of a client that has left" },
    { "keeps-by-pid", "the connection of a client that has left" },
    { "keeps-until-many", "descriptors stay open that are no" },
    { "leaks-pipe-end", "descriptors stay open that are no" },
    { "reopens-its-log", "descriptors stay open that are no" },
    { "prefork-leaks-log", "descriptors stay open that are no" },
    { "no-reaping", "ended workers are not waited for" },
    { "lines-no-reaping", "ended workers are not waited for" },
    { "lazy-reaper", "ended workers are not waited for" },
    { "waits-for-no-child", "ended workers are not waited for" },
    { "one-wait-per-signal", "it waits for one worker" },
    { "handler-waits-once", "it waits for one worker" },
    { "leaks-threads", "for each client that has left a worker" },
    { "worker-keeps-listener", "its workers keep the listening socket" },
    { "execs-with-listener", "its workers keep the listening socket" },
    { "ncat.expect", "its workers keep the listening socket" },
    { "python-forks.expect", "its workers keep the listening socket" },
    { "openbsd-inetd.expect", "its workers keep the listening socket" },
    { "openbsd-inetd.expect", "the start command ends before" },
    { "xinetd.expect", "the start command ends before" },
    { "waits-a-moment", "the start command ends before" },
    { "ends-in-silence", "an error of accept that will pass" },
    { "usr1-ends-its-loop", "an error of accept that will pass" },
    { "busybox.expect", "an error of accept that will pass" },
    { "socat-exec.expect", "an error of accept that will pass" },
    { "socat-pipe.expect", "an error of accept that will pass" },
    { "erlang.expect", "an error of accept that will pass" },
    { "go.expect", "an error of accept that will pass" },
    { "libevent.expect", "an error of accept that will pass" },
    { "ocaml.expect", "an error of accept that will pass" },
    { "perl-poe.expect", "an error of accept that will pass" },
    { "ruby-threads.expect", "an error of accept that will pass" },
    { "no-fd-no-server", "out of descriptors, it ends" },
    { "binary-no-fd-no-server", "out of descriptors, it ends" },
    { "accepting-threads-end", "out of descriptors, it ends" },
    { "closes-its-listener", "out of descriptors, it stops" },
    { "drops-its-listener", "out of descriptors, it stops" },
    { "dies-on-reset", "ECONNRESET of one connection" },
    { "reset-ends-all", "ECONNRESET of one connection" },
    { "lines-reset-ends-all", "ECONNRESET of one connection" },
    { "reset-uncaught", "ECONNRESET of one connection" },
    { "default-sigpipe", "SIGPIPE, or EPIPE," },
    { "lines-default-sigpipe", "SIGPIPE, or EPIPE," },
    { "default-sigpipe-64k", "SIGPIPE, or EPIPE," },
    { "pipe-ends-its-loop", "SIGPIPE, or EPIPE," },
    { "libevent.expect", "SIGPIPE, or EPIPE," },
    { "dies-of-nothing", "a client that leaves without a byte" },
    { "serial", "it serves one client to its end" },
    { "lines-serial", "it serves one client to its end" },
    { "accepts-one-per-edge", "it accepts one client for each event" },
    { "dies-at-300", "nothing makes room again" },
    { "overruns-its-fd-set", "clients beyond the size of a table" },
    { "lua.expect", "clients beyond the size of a table" },
    { "php.expect", "clients beyond the size of a table" },
    { "no-reuseaddr", "it binds without SO_REUSEADDR" },
    { "listens-late", "it has bound, but listens only after" },
    { "fails-silently", "what a failed start says" },
    { "no-setsid", "it has no session of its own" },
    { "no-redirect", "its standard streams stay" },
    { "logs-to-fd-2", "its standard streams stay" },
    { "closes-up-to-limit", "it closes every descriptor" },
    { "takes-over", "a second start ends" },
    { "unseen-flag", "SIGTERM is ignored" },
    { "pool-outlives-master", "SIGTERM ends the server process alone" },
};

enum { PROOFS = sizeof proofs / sizeof *proofs };

static bool asked[PROOFS]; /* its server was found in fixtures/ */

static const struct likely_rule *rule_of(const struct proof *p)
{
    for (size_t i = 0; i < likely_rules_n; i++)
        if (begins(likely_rules[i].cause, p->cause))
            return &likely_rules[i];
    fprintf(stderr, "no rule: %s\n", p->cause);
    CHECK(!"each proof is of a rule");
    return &likely_rules[0];
}

/* ---- the servers ---- */

static bool proves(const char *server, const struct likely_rule *rule)
{
    for (size_t i = 0; i < PROOFS; i++)
        if (strcmp(proofs[i].server, server) == 0 &&
            rule_of(&proofs[i]) == rule)
            return true;
    return false;
}

static bool proves_any(const char *server)
{
    for (size_t i = 0; i < PROOFS; i++)
        if (strcmp(proofs[i].server, server) == 0)
            return true;
    return false;
}

/* Its failures are those of a rule, but said in other words: after an error of
   accept it stays, and does not serve. */
static const char in_other_words[] = "python-uvloop.expect";

/* What the cases of this server say: the words of the rules that it proves, or,
   where it proves none, of all: none is told even then. */
static void said_by(const char *server, char *text, size_t size)
{
    bool all = !proves_any(server) && strcmp(server, in_other_words) != 0;
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < likely_rules_n; i++)
        if (likely_rules[i].says && (all || proves(server, &likely_rules[i])))
            n += (size_t)snprintf(text + n, size - n, "%s; ",
                                  likely_rules[i].says);
    CHECK(n < size);
}

/* ids: those that it fails, separated by whatever no id has. */
static void told_what_is_proven(const char *server, const char *ids)
{
    char said[1024], id[64];
    struct results rs;
    size_t wanted = 0;

    all_pass(&rs);
    said_by(server, said, sizeof said);
    while (*(ids += strcspn(ids, "abcdefghijklmnopqrstuvwxyz"))) {
        size_t n = strspn(ids, "abcdefghijklmnopqrstuvwxyz0123456789/-");

        (void)snprintf(id, sizeof id, "%.*s", (int)n, ids);
        fails(&rs, id, said);
        ids += n;
    }
    likely_causes_find(&rs);
    for (size_t i = 0; i < PROOFS; i++)
        if (strcmp(proofs[i].server, server) == 0) {
            wanted++;
            asked[i] = true;
            if (!cause_of(&rs, proofs[i].cause))
                fprintf(stderr, "%s is not told: %s\n", server,
                        proofs[i].cause);
        }
    if (rs.ncauses != wanted)
        for (size_t i = 0; i < rs.ncauses; i++)
            fprintf(stderr, "%s is told: %s\n", server, rs.causes[i].cause);
    CHECK_INT(rs.ncauses, wanted);
    results_free(&rs);
}

/* A row is "| server | what is wrong with it | what it fails |". */
static void of_the_kill_matrix(void)
{
    FILE *in = fopen("fixtures/kill-matrix.md", "r");
    size_t room = 0, servers = 0;
    char *line = NULL;

    CHECK(in != NULL);
    while (in && getline(&line, &room, in) > 0 &&
           !begins(line, "## The cases")) {
        char *name = line + 2, *end = strstr(name, " | "), *last;

        if (!begins(line, "| ") || !end || begins(line, "| server "))
            continue;
        for (last = end; strstr(last + 1, " | ");
             last = strstr(last + 1, " | "))
            ;
        *end = '\0';
        told_what_is_proven(name, begins(last, " | none") ? "" : last);
        servers++;
    }
    CHECK(servers > 100);
    free(line);
    if (in)
        (void)fclose(in);
}

/* A line is an id and, after "#", why. */
static void of_peers(void)
{
    glob_t found;

    CHECK_INT(glob("fixtures/peers/*.expect", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *in = fopen(found.gl_pathv[i], "r");
        char ids[4096] = "", line[1024];

        while (in && fgets(line, sizeof line, in)) {
            line[strcspn(line, "#\n")] = '\0';
            strncat(ids, line, sizeof ids - strlen(ids) - 2);
            strcat(ids, " ");
        }
        told_what_is_proven(strrchr(found.gl_pathv[i], '/') + 1, ids);
        if (in)
            (void)fclose(in);
    }
    globfree(&found);
}

/* ---- the rules ---- */

static void each_rule_is_proven(void)
{
    for (size_t i = 0; i < likely_rules_n; i++) {
        bool proven = false;

        for (size_t k = 0; k < PROOFS; k++)
            proven |= begins(likely_rules[i].cause, proofs[k].cause);
        if (!proven)
            fprintf(stderr, "unproven: %s\n", likely_rules[i].cause);
        CHECK(proven);
    }
}

static void each_proof_was_asked(void)
{
    for (size_t i = 0; i < PROOFS; i++) {
        if (!asked[i])
            fprintf(stderr, "not in fixtures/: %s\n", proofs[i].server);
        CHECK(asked[i]);
    }
}

static void check_ids(const char *const *id, size_t n)
{
    for (size_t i = 0; i < n && id[i]; i++) {
        if (!catalogue_find(id[i], NULL))
            fprintf(stderr, "no such case: %s\n", id[i]);
        CHECK(catalogue_find(id[i], NULL) != NULL);
    }
}

static void rules_name_cases_of_the_catalogue(void)
{
    for (size_t i = 0; i < likely_rules_n; i++) {
        check_ids(likely_rules[i].failing, RULE_FAILING);
        check_ids(likely_rules[i].passing, RULE_PASSING);
        check_ids(likely_rules[i].too, RULE_TOO);
    }
}

int main(void)
{
    each_rule_is_proven();
    rules_name_cases_of_the_catalogue();
    of_the_kill_matrix();
    of_peers();
    each_proof_was_asked();
    return check_result();
}
