/* SPDX-License-Identifier: MIT */
/* A report that is read again says what the run said, in every format, or is
   refused in words that name file and place; whatever it holds. */
#include "reread/test_sample_run.h"

#include "reread/compare.h"
#include "reread/gather.h"
#include "reread/report_matrix.h"

static void every_format_is_as_the_run_wrote_it(void)
{
    for (int mode = MODE_STRESS; mode <= MODE_CONFORM; mode++)
        for (int strict = 0; strict < 2; strict++) {
            struct run_info info = plain_info((enum mode)mode);
            struct past_run again;
            struct results rs;

            info.strict = strict;
            fill(&rs);
            again = read_again(&info, &rs);
            for (size_t i = 0; i < FORMATS; i++) {
                char *want = text_of(i, &info, &rs);
                char *got = text_of(i, &again.info, &again.results);

                CHECK_STR(got, want);
                free(want);
                free(got);
            }
            past_run_free(&again);
            results_free(&rs);
        }
}

static void what_is_not_known_stays_so(void)
{
    struct run_info info = plain_info(MODE_STRESS);
    struct results rs;

    results_init(&rs);
    info.command = NULL;
    info.replay = NULL;
    info.port = 0;
    info.starts[0] = info.host[0] = info.kernel[0] = '\0';
    info.libc = NULL;
    info.audit.done = false;
    info.load.connect.p50 = 0.0 / info.port;
    for (size_t i = 0; i < FORMATS; i++) {
        struct past_run again = read_again(&info, &rs);
        char *want = text_of(i, &info, &rs);
        char *got = text_of(i, &again.info, &again.results);

        CHECK_STR(got, want);
        free(want);
        free(got);
        past_run_free(&again);
    }
}

/* ---- what is refused ---- */

static char *sample_json(void)
{
    struct run_info info = plain_info(MODE_STRESS);
    struct results rs;
    char *text;

    CHECK_INT(latency_append(&info.load.connect, 512, 3), 0);
    CHECK_INT(latency_append(&info.load.connect, 1024, 1), 0);
    fill(&rs);
    text = text_of(JSON, &info, &rs);
    load_free(&info.load);
    results_free(&rs);
    return text;
}

/* The sample with the member at a path of names ("cases.1.title"; "" between
   two dots does not come) exchanged for value; NULL: without it. */
static char *changed(const char *path, const char *value)
{
    char *text = sample_json(), name[64];
    json_t *root = json_loads(text, 0, NULL), *at = root, *parent = NULL;

    free(text);
    for (; *path; path += strcspn(path, "."), path += *path == '.') {
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(path, "."),
                       path);
        parent = at;
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10))
                               : json_object_get(at, name);
    }
    if (!value)
        CHECK_INT(json_object_del(parent, name), 0);
    else if (json_is_array(parent))
        CHECK_INT(json_array_set_new(parent, strtoul(name, NULL, 10),
                                     json_loads(value, JSON_DECODE_ANY, NULL)),
                  0);
    else
        CHECK_INT(json_object_set_new(parent, name,
                                      json_loads(value, JSON_DECODE_ANY, NULL)),
                  0);
    text = json_dumps(root, 0);
    json_decref(root);
    return text;
}

static void refused(const char *path, const char *value, const char *part)
{
    char *text = changed(path, value), why[512] = "";
    struct past_run run;

    CHECK_INT(run_parse(&run, text, "r.json", why, sizeof why), -1);
    if (strncmp(why, "r.json: ", 8) != 0 || !strstr(why, part))
        CHECK_STR(why, part);
    free(text);
}

static void what_is_wrong_is_told_by_its_place(void)
{
    refused("seed", "-1", "seed: an integer, 0 up, is needed");
    refused("seed", NULL, "seed: an integer, 0 up, is needed, and it is mis");
    refused("started_at", "\"2023-11-14\"", "started_at: no moment");
    refused("started_at", "\"2023-11-14T22:13:20.123456Z\"", "started_at");
    refused("wall_seconds", "-0.5", "wall_seconds: a number, 0 up");
    refused("strict", "1", "strict: true or false");
    refused("environment", "[]", "environment: an object");
    refused("environment.host", "7", "environment.host: a string or null");
    refused("target", "7", "target: an object");
    refused("target.port", "65536", "target.port: no port");
    refused("target.port", "1.5", "target.port: an integer");
    refused("target.role", "\"judge\"", "target.role: 'judge' is none");
    refused("target.starts", "\"sometimes\"", "target.starts: 'sometimes'");
    refused("target.command", "[1]", "target.command: an array of strings");
    refused("target.command", "{}", "target.command: an array of strings");
    refused("target.isolated", "null", "target.isolated: true or false");
    refused("cases.1.title", "null", "cases[1] (echo/fails).title: a string");
    refused("cases.1.level", "\"may\"", "cases[1] (echo/fails).level: 'may'");
    refused("cases.1.seconds", "\"1\"", "cases[1] (echo/fails).seconds");
    refused("cases.1.verdict", "\"none\"", "'none'");
    refused("cases.1.evidence", "[]", "cases[1] (echo/fails).evidence");
    refused("cases.1.evidence.facts", "[1]", "cases[1] (echo/fails).evidence");
    refused("cases.1.evidence.difference.offset", "-1", "(echo/fails).evid");
    refused("cases.1.id", "\"load/warns\"", "cases (load/warns): it stands");
    refused("likely_causes", "{}", "likely_causes: an array");
    refused("likely_causes", "[7]", "likely_causes[0].cause: a string");
    refused("likely_causes.0.cases", "[7]", "likely_causes[0].cases");
    refused("load", NULL, "load.clients: an integer");
    refused("load.clients", "-1", "load.clients: an integer, 0 up");
    refused("load.clients", "1e3", "load.clients: an integer");
    refused("load.connect_seconds.p50", "\"1\"",
            "load.connect_seconds.p50: a number, 0 up, or null");
    refused("load.connect_seconds.histogram_ns", "{\"2\": 1, \"1\": 1}",
            "load: a histogram_ns is none");
    refused("audit", NULL, "audit: ");
    refused("audit.leaked_fds", "[7]", "audit: ");
}

/* As versions before "strict" and "environment" wrote it. */
static void an_older_report_is_taken(void)
{
    static const char *const newer[] = { "strict", "environment" };
    char why[512] = "";

    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++) {
        char *text = changed(newer[i], NULL);
        struct past_run run;

        CHECK_INT(run_parse(&run, text, "r.json", why, sizeof why), 0);
        CHECK(!run.info.strict);
        past_run_free(&run);
        free(text);
    }
}

/* ---- drawn changes ---- */

static unsigned state = 20260101;

static unsigned draw(unsigned n)
{
    state = state * 1103515245u + 12345u;
    return (state >> 8) % n;
}

/* Some node of the tree, all about as likely: walks down, and stops by
   chance. */
static void exchange_a_node(json_t *root)
{
    static const char *const values[] = {
        "null",
        "true",
        "-1",
        "0",
        "1e308",
        "9223372036854775807",
        "\"\"",
        "\"a\\u001b[2J\\n\\u009b\\u202e|<b>`\"",
        "[]",
        "{}",
        "[[[[7]]]]",
        "\"pass\"",
        "\"../../etc\"",
        "0.1",
        "{\"1\": 1}",
        "\"stress\"",
        "\"echo/fails\"",
    };
    enum { VALUES = sizeof values / sizeof *values };
    json_t *at = root, *value;
    const char *name;

    for (;;) {
        size_t n =
            json_is_array(at) ? json_array_size(at) : json_object_size(at);
        unsigned i = n ? draw((unsigned)n) : 0;
        void *member = json_object_iter(at);
        json_t *next;

        for (unsigned k = 0; k < i && json_is_object(at); k++)
            member = json_object_iter_next(at, member);
        if (n == 0)
            return;
        next = json_is_array(at) ? json_array_get(at, i)
                                 : json_object_iter_value(member);
        if ((json_is_array(next) || json_is_object(next)) && draw(4)) {
            at = next;
            continue;
        }
        value = json_loads(values[draw(VALUES)], JSON_DECODE_ANY, NULL);
        if (json_is_array(at) && draw(5) == 0) {
            (void)json_array_append_new(at, json_deep_copy(next));
            json_decref(value);
        } else if (json_is_array(at)) {
            (void)json_array_set_new(at, i, value);
        } else if (name = json_object_iter_key(member), draw(6) == 0) {
            (void)json_object_del(at, name);
            json_decref(value);
        } else {
            (void)json_object_set_new(at, name, value);
        }
        return;
    }
}

static void check_text(char *text)
{
    CHECK(text && is_plain_text(text));
    free(text);
}

static void write_matrix(const struct past_run *runs)
{
    struct report_matrix m;
    char *text = NULL;
    size_t size;

    CHECK_INT(report_matrix_make(&m, runs, 2), 0);
    for (int form = 0; form < 3; form++) {
        FILE *out = open_memstream(&text, &size);

        if (form == 0)
            report_matrix_terminal(out, &m, false, true);
        else if (form == 1)
            report_matrix_markdown(out, &m);
        else
            CHECK_INT(report_matrix_html(out, &m), 0);
        CHECK_INT(fclose(out), 0);
        check_text(text);
    }
    report_matrix_free(&m);
}

/* All that can be made of a report that was taken, beside the sample. */
static void use(const char *text, const char *sample)
{
    struct past_run runs[2];
    struct comparison c;
    char why[512] = "";
    FILE *notes = fopen("/dev/null", "w");

    CHECK_INT(run_parse(&runs[0], text, "r.json", why, sizeof why), 0);
    for (size_t i = 0; i < FORMATS; i++) {
        char *made = text_of(i, &runs[0].info, &runs[0].results);

        /* a figure's name and string stay in JSON what they are */
        if (i == JSON)
            free(made);
        else
            check_text(made);
    }
    CHECK_INT(run_parse(&runs[1], sample, "s.json", why, sizeof why), 0);
    write_matrix(runs);
    CHECK_INT(compare_runs(&c, &runs[0], &runs[1]), 0);
    comparison_free(&c);
    if (gather(runs, 2, notes, why, sizeof why) == 0)
        CHECK(is_plain_text(why) && *why);
    past_run_free(&runs[0]);
    past_run_free(&runs[1]);
    (void)fclose(notes);
}

static bool try(const char *text, const char *sample)
{
    char why[512] = "";
    struct past_run run;

    if (run_parse(&run, text, "r.json", why, sizeof why) == 0) {
        past_run_free(&run);
        use(text, sample);
        return true;
    }
    CHECK(*why && is_plain_text(why));
    CHECK(run.kept == NULL && run.results.list == NULL);
    return false;
}

static void drawn_changes_do_no_harm(void)
{
    enum { TIMES = 1500 };
    char *sample = sample_json();
    int taken = 0;

    for (int i = 0; i < TIMES; i++) {
        json_t *root = json_loads(sample, 0, NULL);
        char *text;

        for (unsigned k = 1 + draw(3); k; k--)
            exchange_a_node(root);
        text = json_dumps(root, 0);
        if (text)
            taken += try(text, sample);
        free(text);
        json_decref(root);
    }
    CHECK(taken > TIMES / 20 && taken < TIMES * 19 / 20);
    free(sample);
}

static void what_is_cut_off_or_spoilt_does_no_harm(void)
{
    char *sample = sample_json();
    size_t n = strlen(sample);
    int taken = 0;

    for (int i = 0; i < 3000; i++) {
        char *text = strdup(sample);

        if (i % 3 == 0)
            text[draw((unsigned)n)] = '\0';
        else
            text[draw((unsigned)n)] = (char)(1 + draw(255));
        taken += try(text, sample);
        free(text);
    }
    CHECK(taken > 0);
    free(sample);
}

int main(void)
{
    every_format_is_as_the_run_wrote_it();
    what_is_not_known_stays_so();
    what_is_wrong_is_told_by_its_place();
    an_older_report_is_taken();
    drawn_changes_do_no_harm();
    what_is_cut_off_or_spoilt_does_no_harm();
    return check_result();
}
