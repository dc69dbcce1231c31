/* SPDX-License-Identifier: MIT */
/* A run whose strings try to break every format, and files for it. */
#ifndef TEST_SAMPLE_H
#define TEST_SAMPLE_H

#include "report/report.h"

#include "base/check.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[PATH_MAX];
static bool directory_is_ours;

/* The path of name in the directory of this test, in one of four buffers. */
static inline const char *in_directory(const char *name)
{
    static char paths[4][PATH_MAX + 64];
    static unsigned next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

static inline char *read_file(const char *path)
{
    FILE *in = fopen(path, "r");
    char *text = calloc(1, 1 << 20);

    if (in) {
        (void)!fread(text, 1, (1 << 20) - 1, in);
        (void)fclose(in);
    }
    return text;
}

/* Where the files of this test go: to argv[1], where they stay for other
   readers, or to a directory that finish removes. */
static inline void begin(int argc, char **argv)
{
    if (argc > 1) {
        (void)snprintf(directory, sizeof directory, "%s", argv[1]);
        return;
    }
    strcpy(directory, "/tmp/reports.XXXXXX");
    CHECK(mkdtemp(directory) != NULL);
    directory_is_ours = true;
}

static inline int finish(void)
{
    char command_line[PATH_MAX + 16];

    (void)snprintf(command_line, sizeof command_line, "rm -rf '%s'", directory);
    if (directory_is_ours)
        CHECK_INT(system(command_line), 0);
    return check_result();
}

static inline struct result hostile(const char *id, enum verdict_kind kind)
{
    struct result r = {
        .id = strdup(id),
        .title = strdup("a \"title\" with <&> and # in it"),
        .sources = strdup("RFC 862; accept(2)"),
        .kind = kind,
        .seconds = 0.5,
    };
    struct verdict v;

    if (kind == VERDICT_FAIL || kind == VERDICT_WARN) {
        r.mistake = strdup("one read(2): \"if (n < 64 && n > 0)\"");
        r.mend = strdup("it's a loop: <while (n < 64)>");
    }
    verdict_init(&v);
    verdict_fail(&v, "says \033[31m# TODO ]]> <b> \\ %s", "\xff\x01\n");
    verdict_expected(&v, "64 bytes: \"%s\"", "x: y");
    verdict_observed(&v, "'; rm -rf --no-preserve-root %s", "\xc2\x9b");
    verdict_fact(&v, "pid 12 holds\tfd 4");
    verdict_fact(&v, "...\n---\nok 1 - forged");
    verdict_fact(&v, "note: with a colon");
    verdict_figure(&v, "zombies", 19);
    verdict_figure(&v, "ratio", 0.1);
    verdict_bytes(&v, "abcdef", 6, "abc\0\033f", 6);
    /* A case may send what it likes; the reports must stand that too. */
    evidence_figure_json(&v.evidence, "stderr",
                         json_string("\033]0;title\a\n...\nok 2\n"));
    evidence_figure_json(&v.evidence, "\033name\n",
                         json_pack("[s, {s:i}]", "\x1b", "k", 1));
    r.reason = v.reason;
    r.evidence = v.evidence;
    return r;
}

/* The outcomes in order: pass fail warn skip error expected stale. */
static inline void fill(struct results *rs)
{
    static const struct {
        const char *id;
        enum verdict_kind kind;
        bool expected, stale;
    } cases[] = {
        { "echo/passes", VERDICT_PASS, false, false },
        { "echo/fails", VERDICT_FAIL, false, false },
        { "load/warns", VERDICT_WARN, false, false },
        { "load/skips", VERDICT_SKIP, false, false },
        { "fault/errs", VERDICT_ERROR, false, false },
        { "echo/expected", VERDICT_FAIL, true, false },
        { "process/stale", VERDICT_PASS, false, true },
    };

    results_init(rs);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result r = hostile(cases[i].id, cases[i].kind);

        r.expected = cases[i].expected;
        r.stale = cases[i].stale;
        if (r.kind == VERDICT_PASS) {
            free(r.reason);
            r.reason = NULL;
        }
        CHECK(results_add(rs, r) != NULL);
    }
    rs->causes[rs->ncauses++] = (struct likely_cause){
        .cause = "it's <likely> & plain",
        .look_first = "echo/fails",
        .cases = { "echo/fails", "load/warns" },
        .ncases = 2,
    };
}

static char *sample_command[] = { "./my server", "--motd=it's \033[1m\xff",
                                  "{ip}", "", NULL };
static char *sample_replay[] = { "harness", "conform",     "--seed", "7",
                                 "--",      "./my server", NULL };
static struct leaked_fd sample_leaked[] = { { 12, 5, "socket:[1]\033[2J" } };

static inline struct run_info info_of(enum mode mode)
{
    struct run_info info = {
        .mode = mode,
        .seed = 9007199254740993u,
        .version = "1.0",
        .name = "Ann's <server>\033[5m\xfe",
        .role = "server",
        .protocol = "echo",
        .command = sample_command,
        .address = "::1",
        .port = 7777,
        .starts = "detached",
        .model = "fork",
        .isolated = true,
        .host = "test<host>",
        .kernel = "6.18.5",
        .arch = "x86_64",
        .libc = "2.36",
        .cores = 2,
        .memory_bytes = 25200000000,
        .started_at = { 1700000000, 123456789 },
        .wall_seconds = 1.25,
        .load = { .clients = 100,
                  .connected = 99,
                  .frames_sent = 500,
                  .frames_verified = 499,
                  .bytes_verified = 31936,
                  .seconds = 2.5,
                  .connect = { .p50 = 1e-5,
                               .p90 = 1e-4,
                               .p99 = 1e-3,
                               .p999 = 0.1,
                               .max = 1 } },
        .audit = { .done = true,
                   .workers_seen = 99,
                   .zombies = 1,
                   .fds_before = 4,
                   .fds_after = 5,
                   .leaked = sample_leaked,
                   .nleaked = 1,
                   .seconds = 0.01 },
        .replay = sample_replay,
        .replay_selector = 4,
    };

    return info;
}

static const struct {
    const char *suffix;
    void (*fill)(struct reporter *r);
} formats[] = {
    { "txt", report_terminal }, { "tap", report_tap },
    { "xml", report_junit },    { "json", report_json },
    { "html", report_html },    { "md", report_markdown },
};

#define FORMATS (sizeof formats / sizeof *formats)

/* Write the report of a format to path; returns what its end returned, or an
   error of the sink. */
static inline int report(size_t format, const char *path,
                         const struct run_info *info, const struct results *rs)
{
    struct reporter r = { .color = false };
    int result;

    formats[format].fill(&r);
    if (sink_open(&r.sink, path) != 0)
        return -1;
    r.begin(&r, info);
    for (size_t i = 0; i < rs->n; i++)
        r.verdict(&r, info, &rs->list[i]);
    result = r.end(&r, info, rs);
    CHECK_INT(r.count, rs->n);
    if (result == 0)
        return sink_commit(&r.sink);
    sink_discard(&r.sink);
    return result;
}

/* The text of a format in a file of that name; the caller frees it. */
static inline char *report_text(size_t format, const char *name,
                                const struct run_info *info,
                                const struct results *rs)
{
    const char *path;
    char file[64];

    (void)snprintf(file, sizeof file, "%s.%s", name, formats[format].suffix);
    path = in_directory(file);
    CHECK_INT(report(format, path, info, rs), 0);
    return read_file(path);
}

#endif
