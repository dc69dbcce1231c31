/* SPDX-License-Identifier: MIT */
/* The verdicts on valgrind's logs; the logs are made up, no valgrind runs. */
#include "judge/judge_memory.h"

#include "judge/test_judgement.h"

#include <errno.h>

static const struct target target = { 0 }; /* no command: dynamic */
static const struct subject subject = { .target = &target };

/* A server and three workers whose logs have no finding. */
static struct memory_seen clean(void)
{
    return (struct memory_seen){
        .subject = &subject,
        .terminated = true,
        .forked = 4,
        .logs = { .logs = 4 },
    };
}

static void judge_all(const struct memory_seen *s, enum verdict_kind kind,
                      const char *reason)
{
    for (int which = 0; which < MEMORY_CASES; which++) {
        struct verdict v;

        verdict_init(&v);
        judge_memory(s, (enum memory_case)which, &v);
        CHECK_VERDICT(&v, kind, reason, 0);
        verdict_free(&v);
    }
}

static void nothing_found_passes(void)
{
    struct memory_seen s = clean();

    judge_all(&s, VERDICT_PASS, NULL);
    s.logs.logs = 5; /* a helper that was not counted */
    judge_all(&s, VERDICT_PASS, NULL);
}

/* Each finding fails its own case, and no other. */
static void what_was_found_fails(void)
{
    static const char *const reasons[MEMORY_CASES] = {
        [MEMORY_ERRORS] = "valgrind found 2 errors",
        [MEMORY_LEAKS] = "valgrind found 64 bytes lost",
        [MEMORY_FDS] = "valgrind found 1 connections open at the end",
    };

    for (int found = 0; found < MEMORY_CASES; found++)
        for (int which = 0; which < MEMORY_CASES; which++) {
            json_t *texts = json_pack("[s, s]", "at main", "at work");
            struct memory_seen s = clean();
            struct verdict v;

            s.logs.errors = found == MEMORY_ERRORS ? 2 : 0;
            s.logs.lost_bytes = found == MEMORY_LEAKS ? 64 : 0;
            s.logs.kept_sockets = found == MEMORY_FDS ? 1 : 0;
            s.logs.errors_text = s.logs.lost_text = s.logs.kept_text = texts;
            verdict_init(&v);
            judge_memory(&s, (enum memory_case)which, &v);
            if (which == found) {
                CHECK_VERDICT(&v, VERDICT_FAIL, reasons[which], 2);
                CHECK_STR(fact_of(&v, 1), "at work");
            } else {
                CHECK_VERDICT(&v, VERDICT_PASS, NULL, 0);
            }
            verdict_free(&v);
            json_decref(texts);
        }
}

static void logs_that_lack_something_are_an_error(void)
{
    struct memory_seen s = clean();

    s.error = EACCES;
    judge_all(&s, VERDICT_ERROR, "valgrind's logs: Permission denied");
    s = clean();
    strcpy(s.logs.trouble, "v.7.log is no regular file");
    judge_all(&s, VERDICT_ERROR, "valgrind's logs: v.7.log is no regular file");
    s = clean();
    s.terminated = false;
    judge_all(&s, VERDICT_ERROR,
              "the server did not end after SIGTERM, so "
              "that valgrind could not report");
    s = clean();
    s.logs.incomplete = 1;
    strcpy(s.logs.first_incomplete, "v.9.log");
    judge_all(&s, VERDICT_ERROR,
              "1 of 4 valgrind reports are cut off (v.9.log)");
    s = clean();
    s.logs.logs = 3;
    judge_all(&s, VERDICT_ERROR, "3 valgrind reports for at least 4 processes");
}

/* If a log is missing there is no verdict, even if the others have findings. */
static void a_finding_does_not_outweigh_that(void)
{
    struct memory_seen s = clean();

    s.logs.errors = s.logs.lost_bytes = s.logs.kept_sockets = 1;
    s.logs.logs = 3;
    judge_all(&s, VERDICT_ERROR, "3 valgrind reports for at least 4 processes");
}

/* That the server has ended is the finding of another case, even if its logs
   are missing for that reason. */
static void a_server_that_has_ended_is_skipped(void)
{
    struct memory_seen s = clean();

    s.ended = true;
    s.terminated = false;
    s.logs.logs = 0;
    s.error = ENOENT;
    judge_all(&s, VERDICT_SKIP, "the server has ended");
}

int main(void)
{
    nothing_found_passes();
    what_was_found_fails();
    logs_that_lack_something_are_an_error();
    a_finding_does_not_outweigh_that();
    a_server_that_has_ended_is_skipped();
    return check_result();
}
