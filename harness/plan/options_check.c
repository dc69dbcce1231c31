/* SPDX-License-Identifier: MIT */
/* Which options and words go with which command, and with each other. That a
   value is in its range was seen before, when it was taken. */
#include "plan/options_table.h"

#include <string.h>

/* Complain if the i-th option is given, but not for this command. */
static int check_command(const struct options *o, const bool *given, size_t i)
{
    const struct option_entry *e = &option_entries[i];
    unsigned command = 1u << o->command;
    char name[40];

    if (!given[i] || (e->commands & command))
        return 0;
    for (size_t k = 0; k < OPTION_COMMANDS; k++)
        if (e->commands == 1u << k)
            return options_complain("%s: only with 'harness %s'",
                                    option_label(e, name), option_commands[k]);
    return options_complain("%s: not with 'harness %s'", option_label(e, name),
                            option_commands[o->command]);
}

static bool is_given(const bool *given, const char *name)
{
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_entries[i].name, name) == 0)
            return given[i];
    return false;
}

/* Options that contradict each other, or need each other. */
static int check_pairs(const struct options *o, const bool *given)
{
    static const struct {
        const char *one, *other;
        bool needed;
    } pairs[] = {
        { "--connect", "--valgrind", false },
        { "--connect", "--listens", false },
        { "--connect", "--address", false },
        { "--connect", "--client", false },
        { "--connect", "--daemon", false },
        { "--listens", "--address", false },
        { "--daemon", "--client", false },
        { "--connect", "--config", false },
        { "--connect", "--pid-file", false },
        { "--connect", "--runs-as", false },
        { "--client", "--config", false },
        { "--client", "--pid-file", false },
        { "--client", "--runs-as", false },
        { "--client", "--protocol", false },
        { "--client", "--send", false },
        { "--protocol", "--send", false },
        { "--send", "--receive", true },
        { "--receive", "--send", true },
        { "--send", "--fixtures", false },
        { "--pid", "--connect", true },
        { "--update-expect", "--expect", true },
        { "--watch", "--connect", false },
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (is_given(given, pairs[i].one) &&
            is_given(given, pairs[i].other) != pairs[i].needed)
            return options_complain("%s: %s %s", pairs[i].one,
                                    pairs[i].needed ? "needs" : "not with",
                                    pairs[i].other);
    if (o->connect_host && o->target)
        return options_complain("--connect: the server runs already: no "
                                "COMMAND goes with it");
    return 0;
}

/* Two reports in one place would make one that nobody can read. Whether two
   paths mean one file is found when they are opened. */
static int check_reports(const struct options *o)
{
    int n = 0;

    for (size_t i = 0; i < REPORT_FORMATS; i++)
        n += o->reports[i] && strcmp(o->reports[i], "-") == 0;
    return n > 1 ? options_complain("two reports go to stdout") : 0;
}

/* Of report: one file or more, each read once, and two to compare. */
static int check_files(const struct options *o)
{
    int from_stdin = 0;

    if (o->nselectors == 0)
        return options_complain("report: which FILE.json? (- is stdin)");
    if (o->compare && o->nselectors != 2)
        return options_complain("--compare: two files, OLD and NEW");
    for (size_t i = 0; i < o->nselectors; i++)
        from_stdin += strcmp(o->selectors[i], "-") == 0;
    if (from_stdin > 1)
        return options_complain("report: stdin can be read once");
    for (int i = 0; o->compare && i < REPORT_FORMATS; i++)
        if (o->reports[i] && i != REPORT_MARKDOWN)
            return options_complain("--compare: --markdown or the terminal "
                                    "shows it, no other format");
    return 0;
}

static int check_words(const struct options *o)
{
    const char *name = option_commands[o->command];
    const char *json = o->reports[REPORT_JSON];

    if (o->target && o->command != COMMAND_STRESS &&
        o->command != COMMAND_CONFORM)
        return options_complain("%s starts nothing: no COMMAND goes with it",
                                name);
    if (o->nselectors &&
        (o->command == COMMAND_STRESS || o->command == COMMAND_DOCTOR))
        return options_complain("%s takes no selector: '%s'", name,
                                o->selectors[0]);
    if (o->command == COMMAND_PROTOCOL && o->nselectors > 1)
        return options_complain("protocol: one NAME at a time: '%s'",
                                o->selectors[1]);
    if (o->command == COMMAND_EXPLAIN && o->nselectors == 0)
        return options_complain("explain: which case? ('harness list' tells)");
    if (o->command == COMMAND_LIST && json && strcmp(json, "-") != 0)
        return options_complain("--json: list writes to stdout, not to '%s'",
                                json);
    return 0;
}

int options_check(const struct options *o, const bool *given)
{
    for (size_t i = 0; i < option_count; i++)
        if (check_command(o, given, i) != 0)
            return -1;
    if (check_pairs(o, given) != 0 || check_reports(o) != 0)
        return -1;
    if (check_words(o) != 0)
        return -1;
    return o->command == COMMAND_REPORT ? check_files(o) : 0;
}
