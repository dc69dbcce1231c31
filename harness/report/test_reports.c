/* SPDX-License-Identifier: MIT */
/* The formats that are written case by case, and what holds for all formats. */
#include "report/test_sample.h"

#include <errno.h>

static void no_format_lets_a_control_character_through(void)
{
    struct run_info info = info_of(MODE_STRESS);
    struct results rs;

    fill(&rs);
    for (size_t i = 0; i < FORMATS; i++) {
        char *text = report_text(i, "stress", &info, &rs);
        json_t *utf8 = json_string(text);

        CHECK(utf8 != NULL); /* jansson refuses broken UTF-8 */
        CHECK(strlen(text) > 100);
        for (const char *s = text; *s; s++)
            if (((unsigned char)*s < 0x20 && *s != '\n') || *s == 0x7f ||
                strncmp(s, "\xc2\x9b", 2) == 0) {
                fprintf(stderr, "%s: byte %zu is %d\n", formats[i].suffix,
                        (size_t)(s - text), *s);
                CHECK(!"a control character");
                break;
            }
        json_decref(utf8);
        free(text);
    }
    results_free(&rs);
}

static void terminal_shows_what_a_failure_needs(void)
{
    static const char *const parts[] = {
        "fail  echo/fails  ",
        "must, RFC 862; accept(2)",
        "expected: 64 bytes",
        "observed: '; rm",
        "first difference at byte 3",
        "facts:    pid 12 holds",
        "zombies: 19",
        "replay:   harness conform --seed 7 echo/fails -- './my server'\n",
        "pass  echo/passes  a \"title\"",
        "skip  load/skips  says",
        "pass  echo/expected  fails as expected: ",
        "stale process/stale",
    };
    struct run_info info = info_of(MODE_CONFORM);
    const char *last = "\n1 warning: load/warns; --strict fails it\n"
                       "3 passed, 2 failed, 1 skipped, 1 errors\n";
    struct results rs;
    char *text;

    fill(&rs);
    text = report_text(0, "conform", &info, &rs);
    CHECK(strncmp(text, "conform  server Ann's <server>", 30) == 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(text, parts[i])) {
            fprintf(stderr, "missing: %s\n", parts[i]);
            CHECK(!"all parts are there");
        }
    CHECK(strlen(text) > strlen(last));
    CHECK_STR(text + strlen(text) - strlen(last), last);
    free(text);
    results_free(&rs);
}

/* stdout as terminal_end leaves it, with a verbosity and colours. */
static char *terminal_text(int verbosity, bool color)
{
    struct run_info info = info_of(MODE_STRESS);
    struct reporter r = { .color = color, .verbosity = verbosity };
    const char *path = in_directory("terminal.txt");
    struct results rs;

    fill(&rs);
    report_terminal(&r);
    CHECK_INT(sink_open(&r.sink, path), 0);
    r.begin(&r, &info);
    for (size_t i = 0; i < rs.n; i++)
        r.verdict(&r, &info, &rs.list[i]);
    CHECK_INT(r.end(&r, &info, &rs), 0);
    CHECK_INT(sink_commit(&r.sink), 0);
    results_free(&rs);
    return read_file(path);
}

static void quiet_shows_failures_and_the_last_line(void)
{
    char *quiet = terminal_text(-1, false), *usual = terminal_text(0, false);
    char *color = terminal_text(0, true), *verbose = terminal_text(1, false);

    CHECK(strncmp(quiet, "fail  echo/fails", 16) == 0);
    CHECK(strstr(quiet, "pass ") == NULL);
    CHECK(strstr(quiet, "skip ") == NULL);
    CHECK(strstr(quiet, "audit") == NULL);
    CHECK(strstr(quiet, "\nlikely causes:\n") != NULL);
    CHECK(strstr(quiet, "\n3 passed, 2 failed, 1 skipped, 1 errors\n"));
    CHECK(strstr(usual, "99 of 100 connected at once") != NULL);
    CHECK(strstr(usual, "p50 10 us  p90 100 us  p99 1.0 ms  p99.9 100.0 ms"
                        "  max 1.00 s") != NULL);
    CHECK(strstr(usual, "1 zombies") != NULL);
    CHECK(strstr(usual, "pid 12 keeps fd 5: socket:[1]\\x1b[2J") != NULL);
    CHECK(strchr(usual, '\033') == NULL);
    CHECK(strstr(color, "\033[1;31mfail \033[0m echo/fails") != NULL);
    CHECK(strstr(color, "\033[31m#") == NULL); /* the target's own colour */
    CHECK(strstr(verbose, "(500.0 ms)") != NULL);
    CHECK(strstr(verbose,
                 "\n      mistake:  one read(2): \"if (n < 64 && n > 0)\""
                 "\n      mend:     it's a loop: <while (n < 64)>\n") != NULL);
    CHECK(strstr(usual, "mistake:") == NULL);
    free(quiet);
    free(usual);
    free(color);
    free(verbose);
}

static void tap_has_every_outcome(void)
{
    static const char *const lines[] = {
        "TAP version 13\n# harness 1.0, seed 9007199254740993\nok 1 - echo/",
        "\nok 1 - echo/passes\nnot ok 2 - echo/fails\n  ---\n",
        "\nok 3 - load/warns # warn: says \\\\x1b[31m\\# TODO ",
        "\nok 4 - load/skips # SKIP says ",
        "\nnot ok 5 - fault/errs # error: ",
        "\nnot ok 6 - echo/expected # TODO expected\n",
        "\nnot ok 7 - process/stale # stale: ",
        "\n  ...\n# likely causes:\n",
        "\n  message: \"says \\\\x1b[31m# TODO ]]> <b> \\\\ \\\\xff\\\\x01",
        "\n    offset: 3\n",
        "\n    zombies: 19\n",
        "\n    - \"note\\x3a with a colon\"\n",
    };
    struct run_info info = info_of(MODE_CONFORM);
    struct results rs;
    char *text;

    fill(&rs);
    text = report_text(1, "conform", &info, &rs);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(text, lines[i])) {
            fprintf(stderr, "missing: %s\n", lines[i]);
            CHECK(!"all lines are there");
        }
    CHECK(strstr(text, "\nok 1 - forged") == NULL);
    CHECK(strstr(text, "Bail out!") == NULL);
    free(text);
    info.strict = true;
    text = report_text(1, "strict", &info, &rs);
    CHECK(strstr(text, "\nnot ok 3 - load/warns # warn: ") != NULL);
    free(text);
    results_free(&rs);
}

static void every_format_tells_the_likely_causes(void)
{
    static const char *const told[FORMATS] = {
        "\nlikely causes:\n  it's <likely> & plain: echo/fails (look first), "
        "load/warns\n1 warning: load/warns; --strict fails it\n"
        "3 passed, ",
        "\n# likely causes:\n#   it's <likely> & plain: echo/fails (look "
        "first), load/warns\n1..7\n",
        "<system-out>1 warning: load/warns; --strict fails it\nlikely causes:\n  it's &lt;likely&gt; &amp; plain: "
        "echo/fails (look first), load/warns\n</system-out>",
        "\"look_first\": \"echo/fails\"",
        "it's &lt;likely&gt; &amp; plain: <a class=\"id\" "
        "href=\"#echo/fails\">echo/fails</a> (look first)",
        "\n- it's \\<likely\\> \\& plain: `echo/fails` (look first), "
        "`load/warns`\n",
    };
    struct run_info info = info_of(MODE_CONFORM);
    struct results rs;

    fill(&rs);
    for (size_t i = 0; i < FORMATS; i++) {
        char *text = report_text(i, "causes", &info, &rs);

        if (!strstr(text, told[i]))
            fprintf(stderr, "%s: %s\n", formats[i].suffix, text);
        CHECK(strstr(text, told[i]) != NULL);
        free(text);
    }
    rs.ncauses = 0;
    for (size_t i = 0; i < FORMATS; i++) {
        char *text = report_text(i, "causes", &info, &rs);

        CHECK(strstr(text, "ikely causes") == NULL);
        free(text);
    }
    results_free(&rs);
}

/* Above the dumps, since their offsets are not the stream's. */
static void where_a_dump_begins_stands_above_it(void)
{
    static const char *const told[] = {
        "3 observed)\n      offsets count from byte 4096 of the stream\n"
        "      expected: 0000  61",
        "  difference:\n    base: 4096\n    offset: 2\n",
    };
    struct result r = { .id = strdup("echo/bulk"), .kind = VERDICT_FAIL };
    struct run_info info = info_of(MODE_CONFORM);
    struct results rs;

    evidence_bytes_from(&r.evidence, 4096, "abc", 3, "abX", 3);
    results_init(&rs);
    CHECK(results_add(&rs, r) != NULL);
    rs.list[0].title = strdup("");
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        char *text = report_text(i, "base", &info, &rs);

        CHECK(strstr(text, told[i]) != NULL);
        free(text);
    }
    results_free(&rs);
}

static void no_case_is_never_success(void)
{
    struct run_info info = info_of(MODE_CONFORM);
    struct results rs;
    char *text;

    results_init(&rs);
    text = report_text(1, "none", &info, &rs);
    CHECK_STR(text, "TAP version 13\n# harness 1.0, seed 9007199254740993\n"
                    "1..0\nBail out!  No case was judged\n");
    free(text);
    text = report_text(2, "none", &info, &rs);
    CHECK(strstr(text, "errors=\"1\"") != NULL);
    CHECK(strstr(text, "<error message=\"no case was run\"") != NULL);
    free(text);
    text = report_text(4, "none", &info, &rs);
    CHECK(strstr(text, "0 passed, 0 failed") != NULL);
    free(text);
}

/* The YAML in TAP must be plain enough for the reader of Perl, which knows only
   a part of YAML. */
static void prove_reads_the_tap(void)
{
    struct run_info info = info_of(MODE_CONFORM);
    char shell[PATH_MAX + 120], line[200];
    bool summed = false;
    struct results rs;
    FILE *in;

    if (system("command -v prove >/dev/null") != 0) {
        fprintf(stderr, "no prove here: its reading is not tested\n");
        return;
    }
    fill(&rs);
    free(report_text(1, "prove", &info, &rs));
    (void)snprintf(shell, sizeof shell, "prove '%s' 2>&1",
                   in_directory("prove.tap"));
    in = popen(shell, "r");
    while (fgets(line, sizeof line, in)) {
        summed = summed || strstr(line, "Failed tests:  2, 5, 7");
        if (strstr(line, "Parse errors"))
            CHECK_STR(line, "");
    }
    (void)pclose(in);
    CHECK(summed);
    results_free(&rs);
}

static void a_full_device_is_noticed(void)
{
    struct run_info info = info_of(MODE_CONFORM);
    struct results rs;

    fill(&rs);
    for (size_t i = 0; i < FORMATS; i++) {
        errno = 0;
        CHECK_INT(report(i, "/dev/full", &info, &rs), -1);
        CHECK(errno == ENOSPC || errno == EIO);
    }
    results_free(&rs);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    no_format_lets_a_control_character_through();
    terminal_shows_what_a_failure_needs();
    quiet_shows_failures_and_the_last_line();
    tap_has_every_outcome();
    prove_reads_the_tap();
    every_format_tells_the_likely_causes();
    where_a_dump_begins_stands_above_it();
    no_case_is_never_success();
    a_full_device_is_noticed();
    return finish();
}
