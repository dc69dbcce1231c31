/* SPDX-License-Identifier: MIT */
/* argv to options: which words are accepted, and together with which. */
#include "plan/test_parse.h"

static void defaults_are_those_of_the_help(void)
{
    taken("");
    CHECK_INT(o.command, COMMAND_STRESS);
    CHECK_INT(o.clients, 100);
    CHECK_INT(o.frames, 0);
    CHECK_INT(o.jobs, 0);
    CHECK(o.timeout == 5 && o.timeout_scale == 1 && o.run_timeout == 0);
    CHECK_STR(o.address, "127.0.0.1");
    CHECK(!o.address_given && !o.target && !o.connect_host);
    CHECK(!o.reports[REPORT_JSON]);
    CHECK(o.selectors && !o.selectors[0] && o.fixtures && !o.fixtures[0]);
}

static void the_first_word_is_the_command(void)
{
    taken("stress");
    CHECK_INT(o.command, COMMAND_STRESS);
    taken("-q conform echo/ !echo/bulk");
    CHECK_INT(o.command, COMMAND_CONFORM);
    CHECK_INT(o.nselectors, 2);
    CHECK_STR(o.selectors[1], "!echo/bulk");
    CHECK_STR(o.selectors[2], NULL);
    taken("list fault/");
    CHECK_INT(o.command, COMMAND_LIST);
    taken("explain echo/one-byte load/");
    CHECK_INT(o.command, COMMAND_EXPLAIN);
    taken("doctor");
    CHECK_INT(o.command, COMMAND_DOCTOR);
    taken("conform echo/ -j 3 load/ --strict list");
    CHECK_INT(o.nselectors, 3);
    CHECK_STR(o.selectors[2], "list");
    CHECK_INT(o.jobs, 3);
    CHECK(o.strict);
    refused("foo", "unknown command 'foo'", "harness -- foo");
    refused("./server 127.0.0.1 7", "'./server'", "harness -- ./server");
    refused("stress echo/", "stress", "'echo/'");
    refused("doctor now", "doctor", "'now'");
    refused("explain", "explain", "which case");
}

static void report_takes_files(void)
{
    taken("report a.json -q - b.json --html=x --markdown=- --tap=t --junit=j");
    CHECK_INT(o.command, COMMAND_REPORT);
    CHECK_INT(o.nselectors, 3);
    CHECK_STR(o.selectors[1], "-");
    CHECK_STR(o.reports[REPORT_MARKDOWN], "-");
    CHECK(!o.compare);
    taken("report --compare --markdown=m old.json new.json");
    CHECK(o.compare);
    refused("report", "report", "which FILE.json");
    refused("report --html=-", "report", "which FILE.json");
    refused("report - x -", "report", "stdin can be read once");
    refused("report --compare a", "--compare", "two files");
    refused("report --compare a b c", "--compare", "two files");
    refused("report --compare --junit=j a b", "--compare", "--markdown");
    refused("report --markdown=- --html=- a", "two reports", "stdout");
    refused("report a -- ./server", "report", "starts nothing");
    refused("report --strict a", "--strict", "not with 'harness report'");
    refused("conform --markdown=m", "--markdown", "only with 'harness report'");
    refused("conform --compare", "--compare", "only with 'harness report'");
}

static void help_and_version_need_nothing_else(void)
{
    taken("--help");
    CHECK_INT(o.command, COMMAND_HELP);
    taken("conform -h --bogus");
    CHECK_INT(o.command, COMMAND_HELP);
    taken("--version");
    CHECK_INT(o.command, COMMAND_VERSION);
    taken("-V");
    CHECK_INT(o.command, COMMAND_VERSION);
    taken("help");
    CHECK_INT(o.command, COMMAND_HELP);
    taken("help conform");
    CHECK_INT(o.command, COMMAND_HELP);
    taken("version");
    CHECK_INT(o.command, COMMAND_VERSION);
    taken("conform help");
    CHECK_INT(o.command, COMMAND_CONFORM);
    taken("-- ./server --help");
    CHECK_INT(o.command, COMMAND_STRESS);
}

static void what_follows_two_dashes_is_the_command(void)
{
    taken("-c 5 -- ./server -c 9 -- x");
    CHECK_INT(o.clients, 5);
    CHECK_STR(o.target[0], "./server");
    CHECK_STR(o.target[2], "9");
    CHECK_STR(o.target[3], "--");
    CHECK_STR(o.target[5], NULL);
    taken("conform echo/ -- ./server");
    CHECK_INT(o.nselectors, 1);
    CHECK_STR(o.target[0], "./server");
    taken("--name=-- -- ./server");
    CHECK_STR(o.name, "--");
    CHECK_STR(o.target[0], "./server");
    refused("-c 5 --", "COMMAND", "'--'");
    taken("--name=--");
    CHECK(!o.target);
    refused("list -- ./server", "list", "COMMAND");
    refused("doctor -- ./server", "doctor", "COMMAND");
}

static void argv_stays_as_it_was(void)
{
    char *argv[] = { "harness", "conform", "echo/", "-j", "2",
                     "load/",   "--",      "./s",   NULL };
    char *copy[9];
    struct options own;

    memcpy(copy, argv, sizeof copy);
    CHECK_INT(options_parse(&own, 8, argv), 0);
    CHECK_INT(memcmp(copy, argv, sizeof copy), 0);
    CHECK(own.argv == argv);
    CHECK(own.target == argv + 7);
    options_free(&own);
}

static void what_does_not_concern_the_command_is_refused(void)
{
    refused("conform -c 5", "-c", "stress");
    refused("conform --frames 5", "--frames", "stress");
    refused("--client", "--client", "conform");
    refused("stress -j 2", "-j", "conform");
    refused("list --tap", "--tap", "list");
    refused("list --valgrind", "--valgrind", "list");
    refused("explain --json=x echo/bulk", "--json", "explain");
    refused("doctor --strict", "--strict", "doctor");
    refused("--exhaustive", "--exhaustive", "conform");
    taken("conform --exhaustive --call accept4 --errno EMFILE");
    CHECK_STR(o.call, "accept4");
    CHECK_STR(o.error, "EMFILE");
    taken("--strict");
    taken("conform -f frames -f more");
    CHECK_INT(o.nfixtures, 2);
    CHECK_STR(o.fixtures[1], "more");
    taken("doctor -v --color=never");
}

static void contradictions_are_refused(void)
{
    refused("--connect 127.0.0.1:7 -- ./server", "--connect", "COMMAND");
    refused("--connect 127.0.0.1:7 --valgrind", "--connect", "--valgrind");
    refused("--connect 127.0.0.1:7 --listens 127.0.0.1:7", "--connect",
            "--listens");
    refused("conform --connect 127.0.0.1:7 --client", "--connect", "--client");
    refused("--pid 5", "--pid", "--connect");
    refused("--update-expect", "--update-expect", "--expect");
    taken("--update-expect --expect known");
    refused("--listens 127.0.0.1:7 --address ::1", "--listens", "--address");
    refused("conform --client --daemon", "--daemon", "--client");
    taken("conform --client --listens 127.0.0.1:7 -- ./client");
}

static void reports_have_a_place_each(void)
{
    taken("--junit=a.xml --json b.json --html=c.html --tap");
    CHECK_STR(o.reports[REPORT_TAP], "-");
    CHECK_STR(o.reports[REPORT_JUNIT], "a.xml");
    CHECK_STR(o.reports[REPORT_JSON], "b.json");
    CHECK_STR(o.reports[REPORT_HTML], "c.html");
    taken("--tap=x.tap -- ./server");
    CHECK_STR(o.reports[REPORT_TAP], "x.tap");
    taken("--json - -- ./server");
    CHECK_STR(o.reports[REPORT_JSON], "-");
    CHECK_STR(o.target[0], "./server");
    taken("--junit /dev/stdout");
    CHECK_STR(o.reports[REPORT_JUNIT], "-");
    refused("--tap --json=-", "two reports", "stdout");
    refused("--tap --json=/dev/stdout", "two reports", "stdout");
    taken("--html=a --json=a"); /* that both are one file is found when they are
                                   opened */
    refused("--json=", "--json", "missing");
    refused("--json -- ./server", "--json", "missing");
    refused("--html", "--html", "missing");
}

static void list_takes_json_without_a_value(void)
{
    taken("list --json echo/");
    CHECK_STR(o.reports[REPORT_JSON], "-");
    CHECK_STR(o.selectors[0], "echo/");
    refused("list --json=file", "--json", "file");
}

static void what_was_meant_is_guessed(void)
{
    refused("--timout 3", "'--timout'", "did you mean --timeout?");
    refused("--jnuit=a", "'--jnuit=a'", "did you mean --junit?");
    refused("--time 3", "'--time'", "ambiguous");
    refused("confrom echo/", "'confrom'", "did you mean conform?");
    refused("lst", "'lst'", "did you mean list?");
}

static void the_end_of_the_options_is_no_value(void)
{
    refused("--expect -- ./server", "--expect", "missing before '--'");
    refused("-c -- ./server", "-c, --clients", "missing before '--'");
    refused("-f -- ./server", "-f, --fixtures", "missing before '--'");
    refused("--send -- --receive x -- ./server", "--send", "before '--'");
    refused("conform --json -- ./server", "--json", "missing");
    taken("--send=-- --receive=-- -- ./server");
    CHECK_STR(o.send, "--");
    CHECK_STR(o.receive, "--");
    taken("--name=-- -- --");
    CHECK_STR(o.target[0], "--");
}

static void unknown_options_are_named(void)
{
    refused("--bogus", "'--bogus'", "unknown");
    refused("-z", "'-z'", "unknown");
    refused("-qz", "'-z'", "unknown");
    refused("--strict=yes", "--strict", "no value");
    refused("--time 5", "'--time'", "ambiguous");
    refused("--color=red", "--color", "'red'");
    refused("--bo\033gus", "bo\\x1bgus", "unknown");
}

static void verbosity_and_colour(void)
{
    taken("-q");
    CHECK_INT(o.verbosity, -1);
    taken("-q -v");
    CHECK_INT(o.verbosity, 1);
    taken("--color=always");
    CHECK(options_color(&o, 0));
    taken("--color=never");
    CHECK(!options_color(&o, 1));
}

/* argv of the replay as one line. */
static const char *replayed(void)
{
    static char line[1000];

    line[0] = '\0';
    for (size_t i = 0; o.replay && o.replay[i]; i++)
        (void)snprintf(line + strlen(line), sizeof line - strlen(line),
                       "%s%s%s", i ? " " : "",
                       i == o.replay_selector ? "^ " : "", o.replay[i]);
    return line;
}

static void a_replay_has_target_seed_and_options(void)
{
    taken("conform echo/ --seed 7 -j 4 --timeout=2 --json=x --client "
          "--strict -q -- ./client a b");
    CHECK_STR(replayed(), "harness conform --seed 7 --timeout 2 --client "
                          "--strict ^ -- ./client a b");
    taken("-c 5 -f x --seed 9");
    CHECK_STR(replayed(), "harness stress --seed 9 --clients 5 --fixtures x");
    CHECK_INT(o.replay_selector, 8);
    taken("conform --seed 1 --connect [::1]:7 --expect known");
    CHECK_STR(replayed(), "harness conform --seed 1 --connect [::1]:7");
}

static void the_help_fits_a_terminal(void)
{
    char *text = NULL, *line;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    options_help(out);
    (void)fclose(out);
    CHECK(strstr(text, "\n  -c, --clients N ") != NULL);
    CHECK(strstr(text, "\n      --tap[=FILE] ") != NULL);
    for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (strlen(line) > 80)
            CHECK_STR(line, "80 columns");
    free(text);
}

int main(void)
{
    defaults_are_those_of_the_help();
    the_first_word_is_the_command();
    report_takes_files();
    help_and_version_need_nothing_else();
    what_follows_two_dashes_is_the_command();
    argv_stays_as_it_was();
    what_does_not_concern_the_command_is_refused();
    contradictions_are_refused();
    reports_have_a_place_each();
    list_takes_json_without_a_value();
    unknown_options_are_named();
    what_was_meant_is_guessed();
    the_end_of_the_options_is_no_value();
    verbosity_and_colour();
    a_replay_has_target_seed_and_options();
    the_help_fits_a_terminal();
    options_free(&o);
    return check_result();
}
