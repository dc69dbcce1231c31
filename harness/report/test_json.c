/* SPDX-License-Identifier: MIT */
/* The JSON report: its names are an interface, so a change of one fails
   here. */
#include "report/test_sample.h"

/* The value at a dotted path; "" is the root. */
static json_t *at(json_t *root, const char *path)
{
    char name[100];

    while (*path) {
        size_t n = strcspn(path, ".");

        (void)snprintf(name, sizeof name, "%.*s", (int)n, path);
        root = json_is_array(root)
                   ? json_array_get(root, (size_t)strtoul(name, NULL, 10))
                   : json_object_get(root, name);
        path += n + (path[n] == '.');
    }
    return root;
}

/* The names of the object at a dotted path, in their order, or of the root. */
static const char *names_at(json_t *root, const char *path)
{
    static char names[1000];
    const char *name;
    json_t *value;
    size_t n = 0;

    names[0] = '\0';
    json_object_foreach(at(root, path), name, value) n += (size_t)snprintf(
        names + n, sizeof names - n, "%s%s", n ? " " : "", name);
    return names;
}

static void json_has_the_stable_names(void)
{
    static const struct {
        const char *path, *names;
    } objects[] = {
        { "",
          "schema harness environment mode seed strict target protocol started_at "
          "wall_seconds summary cases likely_causes load audit" },
        { "harness", "version" },
        { "environment", "harness host kernel architecture cores memory_bytes "
                         "libc valgrind" },
        { "target", "name role command address port starts model isolated "
                    "valgrind" },
        { "summary", "pass fail warn skip error expected stale" },
        { "cases.0", "id title level sources verdict reason seconds "
                     "evidence" },
        { "cases.1", "id title level sources verdict reason seconds "
                     "evidence mistake mend" },
        { "cases.5", "id title level sources verdict reason seconds "
                     "evidence mistake mend expected" },
        { "likely_causes.0", "cause cases look_first" },
        { "load", "clients connected frames_sent frames_verified "
                  "bytes_verified seconds connect_seconds round_trip_seconds" },
        { "load.connect_seconds", "p50 p90 p99 p999 max" },
        { "load.round_trip_seconds", "p50 p90 p99 p999 max" },
        { "audit", "workers_seen zombies workers_left fds_before fds_after "
                   "leaked_fds sockets_left seconds" },
        { "audit.leaked_fds.0", "pid fd what" },
    };
    struct run_info info = info_of(MODE_STRESS);
    struct results rs;
    json_t *root;
    char *text;

    fill(&rs);
    text = report_text(3, "stress", &info, &rs);
    root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    CHECK(root != NULL);
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        CHECK_STR(names_at(root, objects[i].path), objects[i].names);
    json_decref(root);
    free(text);
    results_free(&rs);
}

static void json_has_what_was_seen(void)
{
    static const struct {
        const char *path;
        double value;
    } numbers[] = {
        { "schema", 1 },
        { "environment.cores", 2 },
        { "environment.memory_bytes", 25200000000 },
        { "target.port", 7777 },
        { "wall_seconds", 1.25 },
        { "summary.pass", 1 },
        { "summary.stale", 1 },
        { "cases.1.seconds", 0.5 },
        { "cases.1.evidence.zombies", 19 },
        { "cases.1.evidence.difference.offset", 3 },
        { "load.connected", 99 },
        { "load.frames_verified", 499 },
        { "load.connect_seconds.p999", 0.1 },
        { "audit.zombies", 1 },
        { "audit.fds_after", 5 },
        { "audit.leaked_fds.0.fd", 5 },
    };
    static const struct {
        const char *path, *value;
    } strings[] = {
        { "harness.version", "1.0" },
        { "environment.harness", "1.0" },
        { "environment.kernel", "6.18.5" },
        { "environment.architecture", "x86_64" },
        { "environment.libc", "2.36" },
        { "mode", "stress" },
        { "target.name", "Ann's <server>\\x1b[5m\\xfe" },
        { "target.command.3", "" },
        { "target.starts", "detached" },
        { "started_at", "2023-11-14T22:13:20.123Z" },
        { "cases.1.level", "must" },
        { "cases.1.sources.1", "accept(2)" },
        { "cases.1.mistake", "one read(2): \"if (n < 64 && n > 0)\"" },
        { "cases.2.mend", "it's a loop: <while (n < 64)>" },
        { "cases.2.verdict", "warn" },
        { "cases.4.verdict", "error" },
        { "likely_causes.0.cause", "it's <likely> & plain" },
        { "likely_causes.0.cases.1", "load/warns" },
        { "likely_causes.0.look_first", "echo/fails" },
        { "audit.leaked_fds.0.what", "socket:[1]\\x1b[2J" },
    };
    struct run_info info = info_of(MODE_STRESS);
    struct results rs;
    json_t *root;
    char *text;

    fill(&rs);
    text = report_text(3, "stress", &info, &rs);
    root = json_loads(text, 0, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        CHECK(json_number_value(at(root, numbers[i].path)) == numbers[i].value);
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        CHECK_STR(json_string_value(at(root, strings[i].path)),
                  strings[i].value);
    CHECK_INT(json_integer_value(at(root, "seed")), 9007199254740993);
    CHECK_INT(json_array_size(at(root, "cases")), 7);
    CHECK(json_is_true(at(root, "target.isolated")));
    json_decref(root);
    free(text);
    results_free(&rs);
}

static void json_cases_carry_their_evidence(void)
{
    struct run_info info = info_of(MODE_CONFORM);
    const char *replayed, *verdict;
    json_t *object, *cases;
    struct results rs;
    int expected = 0;
    char *text;

    fill(&rs);
    text = report_text(3, "conform", &info, &rs);
    object = json_loads(text, 0, NULL);
    CHECK(json_object_get(object, "load") == NULL);
    CHECK(json_object_get(object, "audit") == NULL);
    cases = json_object_get(object, "cases");
    CHECK_INT(json_unpack(json_array_get(cases, 1), "{s:s, s:{s:s}}", "verdict",
                          &verdict, "evidence", "replay", &replayed),
              0);
    CHECK_STR(verdict, "fail");
    CHECK_STR(replayed, "harness conform --seed 7 echo/fails -- "
                        "'./my server'");
    CHECK(json_object_get(json_array_get(cases, 1), "expected") == NULL);
    CHECK_INT(json_unpack(json_array_get(cases, 5), "{s:s, s:b}", "verdict",
                          &verdict, "expected", &expected),
              0);
    CHECK(expected);
    json_decref(object);
    free(text);
    results_free(&rs);
}

static void what_is_not_known_is_null(void)
{
    static const char *const machine[] = {
        "environment.kernel", "environment.architecture",
        "environment.cores",  "environment.memory_bytes",
        "environment.libc",   "environment.valgrind",
    };
    struct run_info info = info_of(MODE_STRESS);
    struct results rs;
    json_t *object, *target;
    char *text;

    info.command = NULL;
    info.port = 0;
    info.starts[0] = '\0';
    info.audit.done = false;
    info.kernel[0] = info.arch[0] = '\0';
    info.cores = 0;
    info.memory_bytes = 0;
    info.libc = NULL;
    info.load.round_trip.p50 = 0.0 / info.port; /* NaN: no sample */
    results_init(&rs);
    text = report_text(3, "nothing", &info, &rs);
    object = json_loads(text, 0, NULL);
    target = json_object_get(object, "target");
    CHECK_INT(json_array_size(json_object_get(target, "command")), 0);
    CHECK(json_is_array(json_object_get(target, "command")));
    CHECK(json_is_array(json_object_get(object, "likely_causes")));
    for (size_t i = 0; i < sizeof machine / sizeof *machine; i++)
        CHECK(json_is_null(at(object, machine[i])));
    CHECK(json_is_null(json_object_get(target, "port")));
    CHECK(json_is_null(json_object_get(target, "starts")));
    CHECK(json_is_null(json_object_get(object, "audit")));
    CHECK(json_is_object(json_object_get(object, "load")));
    json_decref(object);
    free(text);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    json_has_the_stable_names();
    json_has_what_was_seen();
    json_cases_carry_their_evidence();
    what_is_not_known_is_null();
    return finish();
}
