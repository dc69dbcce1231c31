/* SPDX-License-Identifier: MIT */
/* The table of options, and the help that is made from it. */
#include "plan/options_table.h"

#include <limits.h>
#include <string.h>

/* Commands as bits. */
enum {
    STRESS = 1 << COMMAND_STRESS,
    CONFORM = 1 << COMMAND_CONFORM,
    LIST = 1 << COMMAND_LIST,
    REREAD = 1 << COMMAND_REPORT,
    RUN = STRESS | CONFORM,
    ALL = (1 << OPTION_COMMANDS) - 1
};

#define AT(field) offsetof(struct options, field)

#define REPORT_OPTION(format, option, fill, code, commands, help)   \
    { option, code,   REPORT, commands, false, AT(reports[format]), \
      0,      "FILE", help },

const struct option_entry option_entries[] = {
    { "--clients", 'c', SPECIAL, STRESS, true, 0, 0, "N",
      "concurrent client processes; default 100" },
    { "--frames", 'n', COUNT, STRESS, true, AT(frames), 1e9, "N",
      "frames each client sends; default: each fixture\n"
      "once, and as many stamped with their sender" },
    { "--fixtures", 'f', SPECIAL, RUN, true, 0, 0, "PATH",
      "file or directory of frames; may be repeated;\n"
      "default fixtures/frames, installed or not" },
    { "--address", OPTION_ADDRESS, SPECIAL, RUN, true, 0, 0, "IP",
      "what {ip} stands for; default 127.0.0.1" },
    { "--listens", OPTION_LISTENS, SPECIAL, RUN, true, 0, 0, "IP:PORT",
      "COMMAND listens (a client: connects) there of\n"
      "itself: nothing is appended to it or replaced" },
    { "--connect", OPTION_CONNECT, SPECIAL, RUN, true, 0, 0, "HOST:PORT",
      "test a server that runs already" },
    { "--pid", 0, COUNT, RUN, true, AT(pid), INT_MAX, "PID",
      "its process id, with --connect" },
    { "--client", 0, FLAG, CONFORM, true, AT(client), 0, NULL,
      "COMMAND is a client, not a server" },
    { "--valgrind", 0, FLAG, RUN, true, AT(valgrind), 0, NULL,
      "run COMMAND under valgrind, judge memory and fds" },
    { "--jobs", 'j', COUNT, CONFORM, false, AT(jobs), OPTIONS_MOST_JOBS, "N",
      "cases at a time; default 4 x cores" },
    { "--timeout", 0, SECONDS, RUN, true, AT(timeout), 86400, "SECONDS",
      "longest time without progress; default 5; with\n"
      "--valgrind 20 times as long" },
    { "--timeout-scale", 0, SECONDS, RUN, true, AT(timeout_scale), 1000, "X",
      "multiplies every deadline, but no --run-timeout\n"
      "that is given; default 1" },
    { "--run-timeout", 0, SECONDS, RUN, true, AT(run_timeout), 86400, "SECONDS",
      "the whole run; what is given holds. Default:\n"
      "stress 600, conform 60 and twice cases x first\n"
      "start's time / jobs, 20 times that with --valgrind" },
    { "--strict", 0, FLAG, RUN, true, AT(strict), 0, NULL,
      "a missed SHOULD fails the run" },
    { "--daemon", 0, FLAG, RUN, true, AT(daemon), 0, NULL,
      "the server must detach: in the foreground it\n"
      "fails what daemon/ asks; default: observed" },
    { "--expect", 0, TEXT, RUN, false, AT(expect), 0, "FILE",
      "ids known to fail, one a line, # comments" },
    { "--update-expect", 0, FLAG, RUN, false, AT(update_expect), 0, NULL,
      "write FILE anew: the ids that fail now" },
    { "--rerun", 0, TEXT, CONFORM, false, AT(rerun), 0, "FILE",
      "only what failed, warned or was in error in that\n"
      "JSON report" },
    { "--watch", 0, FLAG, RUN, false, AT(watch), 0, NULL,
      "again whenever the program's file changes" },
    { "--github", 0, FLAG, RUN, false, AT(github), 0, NULL,
      "annotations for GitHub beside all else" },
    { "--no-isolation", 0, FLAG, RUN, true, AT(no_isolation), 0, NULL,
      "no private namespaces" },
    { "--exhaustive", 0, FLAG, CONFORM, true, AT(exhaustive), 0, NULL,
      "fault/nth-call: every errno of each call;\n"
      "lifecycle/term-any-moment: a whole session;\n"
      "echo/beyond-2-gib, not taken without it" },
    { "--call", 0, TEXT, CONFORM, true, AT(call), 0, "NAME",
      "fault/nth-call: this system call only" },
    { "--errno", 0, TEXT, CONFORM, true, AT(error), 0, "NAME",
      "fault/nth-call: this error only, as EMFILE" },
    { "--protocol", 0, TEXT, RUN, true, AT(protocol), 0, "NAME|FILE",
      "what clients say: a protocol that 'harness\n"
      "protocol' lists, or a file; default echo" },
    { "--send", 0, TEXT, RUN, true, AT(send), 0, "STRING",
      "a protocol of one exchange: what is sent ..." },
    { "--receive", 0, TEXT, RUN, true, AT(receive), 0, "STRING",
      "... and what is awaited, as in a protocol's file" },
    { "--config", OPTION_CONFIG, SPECIAL, RUN, true, 0, 0, "FILE",
      "{config} in COMMAND is a copy of FILE in {dir}, its\n"
      "{ip} {port} {dir} replaced; again: {config2} ..." },
    { "--pid-file", 0, TEXT, RUN, true, AT(pid_file), 0, "PATH",
      "where the server writes its pid ({dir}/pid):\n"
      "signals go there, and daemon/pid-file judges it" },
    { "--runs-as", 0, TEXT, CONFORM, true, AT(runs_as), 0, "USER",
      "the user that serves clients, once the server has\n"
      "dropped root: daemon/drops-privileges judges it" },
    { "--seed", OPTION_SEED, SPECIAL, RUN, false, 0, 0, "N",
      "the randomness of this run; default: the clock" },
    { "--name", 0, TEXT, RUN, true, AT(name), 0, "LABEL",
      "the target's name in reports; default: the\n"
      "command's base name" },
    { "--compare", 0, FLAG, REREAD, false, AT(compare), 0, NULL,
      "report: of OLD NEW what changed; status 1 where\n"
      "something got worse" },
    REPORT_FORMAT_TABLE(REPORT_OPTION){
        "--quiet", 'q', SPECIAL, ALL, false, 0, 0, NULL,
        "failing cases, likely causes, warnings' count,\n"
        "the last line" },
    { "--verbose", 'v', SPECIAL, ALL, false, 0, 0, NULL,
      "more about each case" },
    { "--color", OPTION_COLOR, SPECIAL, ALL, false, 0, 0, "WHEN",
      "auto, always or never; default auto" },
    { "--help", 'h', SPECIAL, ALL, false, 0, 0, NULL, "this text" },
    { "--version", 'V', SPECIAL, ALL, false, 0, 0, NULL,
      "the harness's version" },
};

const size_t option_count = sizeof option_entries / sizeof *option_entries;

_Static_assert(sizeof option_entries / sizeof *option_entries <= OPTIONS_MAX,
               "OPTIONS_MAX is too small");

const char *const option_commands[OPTION_COMMANDS] = {
    [COMMAND_STRESS] = "stress",   [COMMAND_CONFORM] = "conform",
    [COMMAND_LIST] = "list",       [COMMAND_EXPLAIN] = "explain",
    [COMMAND_DOCTOR] = "doctor",   [COMMAND_PROTOCOL] = "protocol",
    [COMMAND_REPORT] = "report",   [COMMAND_HELP] = "help",
    [COMMAND_VERSION] = "version",
};

const char *option_label(const struct option_entry *e, char text[40])
{
    if (e->code > 0 && e->code < 256)
        (void)snprintf(text, 40, "-%c, %s", e->code, e->name);
    else
        (void)snprintf(text, 40, "%s", e->name);
    return text;
}

static void help_entry(FILE *out, const struct option_entry *e)
{
    bool letter = e->code > 0 && e->code < 256;
    char name[40], head[80];
    const char *line = e->help;

    (void)snprintf(head, sizeof head, "%s%s%s%s%s%s", letter ? "" : "    ",
                   option_label(e, name), e->code == OPTION_TAP ? "[" : "",
                   !e->value           ? ""
                   : e->kind == REPORT ? "="
                                       : " ",
                   e->value ? e->value : "", e->code == OPTION_TAP ? "]" : "");
    for (const char *label = head; *line; label = "") {
        size_t n = strcspn(line, "\n");

        fprintf(out, "  %-26s %.*s\n", label, (int)n, line);
        line += n + (line[n] == '\n');
    }
}

void options_help(FILE *out)
{
    (void)fputs(
        "Usage: harness [stress] [options] [-- COMMAND [ARG...]]\n"
        "       harness conform [options] [SELECTOR...] [-- COMMAND [ARG...]]\n"
        "       harness list [--json] [SELECTOR...]\n"
        "       harness explain CASE...\n"
        "       harness doctor\n"
        "       harness protocol [NAME]\n"
        "       harness report [options] FILE.json...\n"
        "       harness help | version\n"
        "\n"
        "Test a network daemon: with many clients at once (stress, the default),\n"
        "against the conformance suite (conform), or tell of the cases (list,\n"
        "explain), of this machine (doctor) and of what clients say (protocol).\n"
        "JSON reports are read again by report: one becomes another format, several\n"
        "a matrix of targets and cases, stress runs of one target one load.\n"
        "\n"
        "COMMAND is the server under test. {ip} and {port} in its arguments stand\n"
        "for the address, {dir} for an empty directory of its own; with no {ip} or\n"
        "{port} both are appended. Default: the echo64d beside harness, or in PATH.\n"
        "SELECTOR is an id (echo/half-close), a family (echo/), a glob, or ! before\n"
        "one of these to leave it out.\n"
        "\n"
        "Options:\n",
        out);
    for (size_t i = 0; i < option_count; i++)
        help_entry(out, &option_entries[i]);
    (void)fputs(
        "\n"
        "Exit status: 0 all passed; 1 a case failed or an expectation is stale;\n"
        "2 usage; 3 the target never came up; 4 the harness could not do its work;\n"
        "128+n ended by signal n.\n",
        out);
}
