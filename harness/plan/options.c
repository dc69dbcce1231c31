/* SPDX-License-Identifier: MIT */
/* argv to options by getopt_long(3). Which options there are stands in
   options_table.c, how a value is read in options_set.c, which of them go
   together in options_check.c. A mistake is told in one line on stderr; nothing
   here exits. */
#include "plan/options.h"

#include "base/nearest.h"
#include "plan/options_table.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LONG_OPTION 1000 /* getopt's code for the first of the table */
#define VALGRIND_SCALE 20

struct parse {
    struct options *o;
    bool given[OPTIONS_MAX];
    bool has_command;
    size_t nreplay;
};

/* The first word that is no option is the command, the others select. */
static int take_word(struct parse *p, const char *word)
{
    struct options *o = p->o;
    const char *near;

    if (p->has_command) {
        o->selectors[o->nselectors++] = (char *)word;
        return 0;
    }
    for (size_t i = 0; i < OPTION_COMMANDS; i++)
        if (strcmp(word, option_commands[i]) == 0) {
            o->command = (enum command)i;
            p->has_command = true;
            return 0;
        }
    near = nearest(word, option_commands, OPTION_COMMANDS);
    if (near)
        return options_complain("unknown command '%s': did you mean %s? (to "
                                "test a program: harness -- %s)",
                                word, near, word);
    return options_complain("unknown command '%s' (to test a program: "
                            "harness -- %s)",
                            word, word);
}

/* --tap and --json may stand without a value. With --json only list means that:
   for other commands FILE may be the next word, as with --junit. */
static const char *value_of(const struct parse *p, const struct option_entry *e,
                            char **argv)
{
    if (optarg || !e->value)
        return optarg;
    if (e->code == OPTION_TAP || p->o->command == COMMAND_LIST)
        return "-";
    if (argv[optind] && strcmp(argv[optind], "--") != 0)
        return argv[optind++];
    return "";
}

/* getopt takes the "--" before COMMAND for the value of an option that lacks
   one. Who means it writes it behind a "=". */
static bool swallows_end(const char *value, char **argv)
{
    return value && value == argv[optind - 1] && strcmp(value, "--") == 0;
}

static int take_option(struct parse *p, const struct option_entry *e,
                       char **argv)
{
    struct options *o = p->o;
    const char *value = value_of(p, e, argv);
    char name[40];

    if (swallows_end(value, argv))
        return options_complain("%s: a value is missing before '--'",
                                option_label(e, name));
    p->given[e - option_entries] = true;
    if (e->replayed) {
        o->replay[p->nreplay++] = (char *)e->name;
        if (e->value)
            o->replay[p->nreplay++] = (char *)value;
    }
    return option_set(o, e, value);
}

/* Its beginning alone is taken for a long name, unless several begin so. */
static int unknown_name(const char *word)
{
    const char *names[OPTIONS_MAX], *near;
    size_t n = strcspn(word, "="), dashes = strspn(word, "-");
    bool ambiguous = false;
    char given[40];

    for (size_t i = 0; i < option_count; i++) {
        names[i] = option_entries[i].name + 2;
        ambiguous |= strncmp(option_entries[i].name, word, n) == 0;
    }
    snprintf(given, sizeof given, "%.*s", (int)(n - dashes), word + dashes);
    near = ambiguous ? NULL : nearest(given, names, option_count);
    if (near)
        return options_complain("unknown option '%s': did you mean --%s?", word,
                                near);
    return options_complain("unknown or ambiguous option '%s'", word);
}

/* getopt has returned '?'. Which option it means it tells in several ways. */
static int unknown_option(char **argv)
{
    if (optopt > 0 && optopt < 256)
        return options_complain("unknown option '-%c'", optopt);
    if (optopt >= LONG_OPTION)
        return options_complain("%s: takes no value", argv[optind - 1]);
    return unknown_name(argv[optind - 1]);
}

static const struct option_entry *entry_of(int code)
{
    if (code >= LONG_OPTION)
        return &option_entries[code - LONG_OPTION];
    for (size_t i = 0; i < option_count; i++)
        if (option_entries[i].code == code)
            return &option_entries[i];
    return NULL;
}

/* The table in the forms of getopt_long. "-": words come in their order; ":": a
   missing value is told from an unknown option. */
static void getopt_forms(struct option longs[OPTIONS_MAX + 1], char *shorts)
{
    shorts += sprintf(shorts, "-:");
    for (size_t i = 0; i < option_count; i++) {
        const struct option_entry *e = &option_entries[i];
        bool optional = e->code == OPTION_TAP || e->code == OPTION_JSON;

        longs[i] = (struct option){ e->name + 2,
                                    !e->value  ? no_argument
                                    : optional ? optional_argument
                                               : required_argument,
                                    NULL, LONG_OPTION + (int)i };
        if (e->code > 0 && e->code < 256)
            shorts += sprintf(shorts, "%c%s", e->code, e->value ? ":" : "");
    }
    longs[option_count] = (struct option){ 0 };
}

/* All words up to "--". Returns what follows it, NULL where there is none;
 *result is 0, or -1 after a complaint. */
static char **take_all(struct parse *p, int argc, char **argv, int *result)
{
    struct option longs[OPTIONS_MAX + 1];
    char shorts[64];
    int before = 1, code = 0;

    getopt_forms(longs, shorts);
    optind = 0; /* glibc: begin anew */
    opterr = 0;
    *result = 0;
    while (*result == 0 && p->o->command < COMMAND_HELP) {
        before = optind ? optind : 1;
        code = getopt_long(argc, argv, shorts, longs, NULL);
        if (code == -1)
            break;
        if (code == 1)
            *result = take_word(p, optarg);
        else if (code == ':')
            *result =
                options_complain("%s: a value is missing", argv[optind - 1]);
        else if (code == '?')
            *result = unknown_option(argv);
        else
            *result = take_option(p, entry_of(code), argv);
    }
    return code == -1 && before < argc ? argv + optind : NULL;
}

/* A seed that no other run is likely to have, and short enough to retype. */
static uint64_t seed_from_clock(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec) %
           UINT32_MAX;
}

/* Defaults, and room for every list that argc words can make. */
static int prepare(struct options *o, int argc, char **argv)
{
    size_t n = (size_t)argc + 1;

    *o = (struct options){
        .command = COMMAND_STRESS,
        .clients = 100,
        .address = "127.0.0.1",
        .timeout = 5,
        .timeout_scale = 1,
        .seed = seed_from_clock(),
        .argv = argv,
    };
    o->fixtures = calloc(n, sizeof *o->fixtures);
    o->selectors = calloc(n, sizeof *o->selectors);
    o->configs = calloc(OPTIONS_MOST_CONFIGS + 1, sizeof *o->configs);
    o->replay = calloc(3 * n + 4, sizeof *o->replay);
    if (o->fixtures && o->selectors && o->configs && o->replay)
        return 0;
    return options_complain("out of memory");
}

/* argv[0], command, --seed and its value stand before what was gathered. */
#define REPLAY_HEAD 4

static int finish_replay(struct parse *p)
{
    struct options *o = p->o;

    if (asprintf(&o->seed_text, "%" PRIu64, o->seed) == -1) {
        o->seed_text = NULL;
        return options_complain("out of memory");
    }
    o->replay[0] = o->argv[0];
    o->replay[1] = (char *)option_commands[o->command];
    o->replay[2] = "--seed";
    o->replay[3] = o->seed_text;
    o->replay_selector = p->nreplay;
    if (o->target)
        o->replay[p->nreplay++] = "--";
    for (size_t i = 0; o->target && o->target[i]; i++)
        o->replay[p->nreplay++] = o->target[i];
    return 0;
}

int options_parse(struct options *o, int argc, char **argv)
{
    struct parse p = { .o = o, .nreplay = REPLAY_HEAD };
    int result;

    if (prepare(o, argc, argv) != 0)
        return -1;
    o->target = take_all(&p, argc, argv, &result);
    if (result != 0 || o->command >= COMMAND_HELP)
        return result;
    if (o->target && !o->target[0])
        return options_complain("no COMMAND follows '--'");
    return options_check(o, p.given) == 0 ? finish_replay(&p) : -1;
}

void options_free(struct options *o)
{
    free(o->fixtures);
    free(o->selectors);
    free(o->configs);
    free(o->replay);
    free(o->seed_text);
    free((char *)o->listens_ip);
    free((char *)o->connect_host);
    *o = (struct options){ 0 };
}

double options_scale(const struct options *o)
{
    return o->timeout_scale * (o->valgrind ? VALGRIND_SCALE : 1);
}

bool options_color(const struct options *o, int fd)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    if (o->color != COLOR_AUTO)
        return o->color == COLOR_ALWAYS;
    return isatty(fd) && !(no_color && *no_color) &&
           !(term && strcmp(term, "dumb") == 0);
}
