/* SPDX-License-Identifier: MIT */
/* What belongs to one target becomes one run, with the counts of all and the
   verdict that weighs most. */
#include "reread/test_sample_run.h"

#include "reread/gather.h"

#include <math.h>

static char why[512];

/* A run of so many cases of one verdict each, "" is none, that began second s
   of the day. */
static struct past_run run_of(enum mode mode, const char *name, int s,
                              const char *ids, enum verdict_kind kind)
{
    struct run_info info = plain_info(mode);
    struct past_run run;
    struct results rs;
    char list[200], *id;

    results_init(&rs);
    (void)snprintf(list, sizeof list, "%s", ids);
    for (id = strtok(list, " "); id; id = strtok(NULL, " "))
        CHECK(results_add(&rs, (struct result){
                                   .id = strdup(id),
                                   .title = strdup("a title"),
                                   .sources = strdup("RFC 862"),
                                   .kind = kind,
                                   .reason = kind == VERDICT_PASS
                                                 ? NULL
                                                 : strdup("a reason"),
                                   .seconds = s + 0.5,
                               }) != NULL);
    info.name = name;
    info.started_at = (struct timespec){ 1700000000 + s, 0 };
    info.wall_seconds = 4;
    CHECK_INT(latency_append(&info.load.connect, 8192, (uint64_t)s + 1), 0);
    info.load.connect.max = 1e-5;
    info.load.round_trip = (struct latency){ .p50 = 0 };
    run = read_again(&info, &rs);
    load_free(&info.load);
    results_free(&rs);
    return run;
}

static size_t gathered(struct past_run *runs, size_t n)
{
    return gather(runs, n, stderr, why, sizeof why);
}

static void free_all(struct past_run *runs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        past_run_free(&runs[i]);
}

static const struct result *case_of(const struct past_run *r, const char *id)
{
    for (size_t i = 0; i < r->results.n; i++)
        if (strcmp(r->results.list[i].id, id) == 0)
            return &r->results.list[i];
    return NULL;
}

static void stress_runs_are_one_load(void)
{
    struct past_run runs[] = {
        run_of(MODE_STRESS, "s", 2, "load/a load/b", VERDICT_PASS),
        run_of(MODE_CONFORM, "t", 0, "echo/a", VERDICT_PASS),
        run_of(MODE_STRESS, "s", 0, "load/b load/c", VERDICT_FAIL),
        run_of(MODE_STRESS, "s", 100, "load/a load/c", VERDICT_SKIP),
    };
    const struct load *l = &runs[0].info.load;

    CHECK_INT(gathered(runs, 4), 2);
    CHECK_STR(runs[1].info.name, "t");
    CHECK_INT(l->runs, 3);
    CHECK_INT(l->clients, 300);
    CHECK_INT(l->connected, 297);
    CHECK_INT(l->frames_sent, 1500);
    CHECK_INT(l->bytes_verified, 3 * 31936);
    CHECK_INT(l->connect.nbuckets, 1);
    CHECK_INT(l->connect.bucket[0].count, 3 + 1 + 101);
    CHECK(l->connect.p50 == 8192e-9 && l->connect.max == 1e-5);
    /* 2.5 s each: the first two share half a second */
    CHECK(l->seconds == 4.5 + 2.5);
    CHECK(runs[0].info.wall_seconds == 6 + 4);
    CHECK_INT(runs[0].info.started_at.tv_sec, 1700000000);
    CHECK_INT(runs[0].info.audit.workers_seen, 3 * 99);
    CHECK_INT(runs[0].info.audit.nleaked, 3);
    CHECK_INT(runs[0].results.n, 3);
    CHECK_INT(case_of(&runs[0], "load/a")->kind, VERDICT_PASS);
    CHECK_INT(case_of(&runs[0], "load/b")->kind, VERDICT_FAIL);
    CHECK_STR(case_of(&runs[0], "load/b")->reason, "a reason");
    CHECK(case_of(&runs[0], "load/b")->seconds == 2.5);
    CHECK_INT(case_of(&runs[0], "load/c")->kind, VERDICT_FAIL);
    free_all(runs, 4);
}

/* And those of a load that was merged before count as what they were. */
static void what_was_merged_is_merged_again(void)
{
    struct past_run runs[] = {
        run_of(MODE_STRESS, "s", 0, "load/a", VERDICT_PASS),
        run_of(MODE_STRESS, "s", 0, "load/a", VERDICT_PASS),
    };
    struct past_run more[] = {
        run_of(MODE_STRESS, "s", 0, "load/a", VERDICT_PASS),
        { .kept = NULL },
    };

    CHECK_INT(gathered(runs, 2), 1);
    more[1] = read_again(&runs[0].info, &runs[0].results);
    CHECK_INT(more[1].info.load.runs, 2);
    CHECK_INT(gathered(more, 2), 1);
    CHECK_INT(more[0].info.load.runs, 3);
    CHECK_INT(more[0].info.load.connect.bucket[0].count, 3);
    free_all(runs, 2);
    free_all(more, 2);
}

static void conform_runs_are_joined_where_no_case_is_in_both(void)
{
    struct past_run runs[] = {
        run_of(MODE_CONFORM, "s", 0, "echo/a echo/b", VERDICT_PASS),
        run_of(MODE_CONFORM, "s", 5, "echo/b", VERDICT_FAIL),
        run_of(MODE_CONFORM, "s", 9, "memory/a", VERDICT_FAIL),
        run_of(MODE_CONFORM, "other", 9, "memory/a", VERDICT_FAIL),
    };

    CHECK_INT(gathered(runs, 4), 3);
    CHECK_INT(runs[0].results.n, 3);
    CHECK_INT(runs[1].results.n, 1);
    CHECK_STR(runs[2].info.name, "other");
    free_all(runs, 4);
}

static void targets_differ_by_what_was_run(void)
{
    static char *command[] = { "./my server", "{ip}", NULL };
    struct run_info a = plain_info(MODE_STRESS), b = a;

    CHECK(same_target(&a, &b));
    b.port = 1;
    CHECK(same_target(&a, &b)); /* of a server that was started it is drawn */
    b.command = command;
    CHECK(!same_target(&a, &b));
    a.command = b.command = NULL;
    CHECK(!same_target(&a, &b));
    b.port = a.port;
    CHECK(same_target(&a, &b));
    b.protocol = "http";
    CHECK(!same_target(&a, &b));
    b = a;
    b.name = "b";
    CHECK(!same_target(&a, &b));
    b = a;
    b.role = "client";
    CHECK(!same_target(&a, &b));
}

static void more_than_can_be_counted_is_refused(void)
{
    struct past_run runs[] = {
        run_of(MODE_STRESS, "s", 0, "load/a", VERDICT_PASS),
        run_of(MODE_STRESS, "s", 1, "load/a", VERDICT_PASS),
    };

    runs[0].info.load.bytes_verified = LONG_MAX;
    CHECK_INT(gathered(runs, 2), 0);
    CHECK(strstr(why, "more than can be added") != NULL);
    free_all(runs, 2);
}

/* Percentiles are never made up of percentiles. */
static void without_a_histogram_there_are_no_percentiles(void)
{
    struct past_run runs[] = {
        run_of(MODE_STRESS, "s", 0, "load/a", VERDICT_PASS),
        run_of(MODE_STRESS, "s", 1, "load/a", VERDICT_PASS),
    };
    char *notes = NULL;
    size_t size;
    FILE *out = open_memstream(&notes, &size);

    latency_free(&runs[1].info.load.connect);
    CHECK_INT(gather(runs, 2, out, why, sizeof why), 1);
    CHECK_INT(fclose(out), 0);
    CHECK(strstr(notes, "r.json: it has no histogram_ns") != NULL);
    CHECK(isnan(runs[0].info.load.connect.p50));
    CHECK(runs[0].info.load.connect.max == 1e-5);
    CHECK_INT(runs[0].info.load.clients, 200);
    free(notes);
    free_all(runs, 2);
}

int main(void)
{
    stress_runs_are_one_load();
    what_was_merged_is_merged_again();
    conform_runs_are_joined_where_no_case_is_in_both();
    targets_differ_by_what_was_run();
    more_than_can_be_counted_is_refused();
    without_a_histogram_there_are_no_percentiles();
    return check_result();
}
