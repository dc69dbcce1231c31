/* SPDX-License-Identifier: MIT */
/* The verdicts on what the clients of a made-up crowd saw. */
#include "judge/judge_stress.h"

#include "client/protocol_file.h"

#include "judge/test_judgement.h"

#include <errno.h>
#include <stdlib.h>

enum { CLIENTS = 10, SHORTS = 2, RESETS = 1, FRAMES = 5, FIXTURES = 2 };

typedef void judge(const struct stress_seen *s, struct verdict *v);

static struct crowd_plan *plan;
static struct stress_seen seen;

/* Ten clients and three beside them, all served to the end. */
static void all_is_well(void)
{
    uint32_t total = CLIENTS + SHORTS + RESETS;
    size_t size = sizeof *plan + total * sizeof plan->slot[0] +
                  (size_t)FIXTURES * FRAME_BYTES;

    size = (size + 4095) / 4096 * 4096;
    if (!plan)
        plan = aligned_alloc(4096, size);
    if (!plan)
        abort();
    memset(plan, 0, size);
    plan->clients = CLIENTS;
    plan->shorts = SHORTS;
    plan->resets = RESETS;
    plan->frames = FRAMES;
    plan->nfixtures = FIXTURES;
    plan->seed = 42;
    plan->protocol.echo = true;
    plan->round = 1;
    for (uint32_t i = 0; i < FIXTURES; i++)
        memset(crowd_fixture(plan, i), 'A' + (int)i, FRAME_BYTES);
    for (uint32_t i = 0; i < total; i++)
        plan->slot[i] = (struct crowd_slot){
            .stage = CROWD_DONE,
            .sent = FRAMES,
            .verified = FRAMES,
        };
    seen = (struct stress_seen){
        .plan = plan,
        .gate = CROWD_THERE,
        .end = CROWD_THERE,
        .timeout_ms = 2000,
        .served_after = true,
    };
}

static void judged(judge *of, enum verdict_kind kind, const char *reason,
                   size_t nfacts, const char *last_fact)
{
    struct verdict v;

    verdict_init(&v);
    of(&seen, &v);
    CHECK_VERDICT(&v, kind, reason, nfacts);
    CHECK_STR(fact_of(&v, v.evidence.nfacts - 1), last_fact);
    verdict_free(&v);
}

/* Client i reached this stage and then had this trouble. */
static void stops(uint32_t i, enum crowd_stage stage,
                  enum crowd_trouble trouble, int error)
{
    plan->slot[i].stage = (uint8_t)stage;
    plan->slot[i].trouble = (uint8_t)trouble;
    plan->slot[i].error = (uint16_t)error;
}

/* Client i got these bytes back for its frame of this number. */
static void gets_wrong(uint32_t i, uint32_t sequence, const void *got)
{
    struct crowd_fault *f = &plan->fault[plan->nfaults++];

    f->client = i;
    f->sequence = sequence;
    f->want_bytes = f->got_bytes = FRAME_BYTES;
    memset(f->want, 'w', FRAME_BYTES);
    memcpy(f->got, got, FRAME_BYTES);
    stops(i, CROWD_TALKING, CROWD_WRONG_BYTES, 0);
    plan->slot[i].verified = sequence;
}

static void a_crowd_that_is_served_passes(void)
{
    all_is_well();
    judged(judge_stress_concurrent, VERDICT_PASS, NULL, 0, NULL);
    judged(judge_stress_own_bytes, VERDICT_PASS, NULL, 0, NULL);
    judged(judge_stress_short_message, VERDICT_PASS, NULL, 0, NULL);
    judged(judge_stress_still_serving, VERDICT_PASS, NULL, 0, NULL);
}

static void clients_that_are_not_served_are_counted(void)
{
    all_is_well();
    stops(3, CROWD_CONNECTING, CROWD_CONNECT_FAILED, ECONNREFUSED);
    stops(4, CROWD_CONNECTED, CROWD_EOF, 0);
    stops(5, CROWD_CONNECTING, CROWD_CONNECT_FAILED, ECONNREFUSED);
    judged(judge_stress_concurrent, VERDICT_FAIL,
           "3 of 10 clients were not served", 2,
           "1 clients, the first of them client 4: end of file before the "
           "whole echo");
    seen.end = CROWD_STALLED;
    judged(judge_stress_concurrent, VERDICT_FAIL,
           "3 of 10 clients were not served", 3,
           "no client connected or received a byte for 2.0 s");
    snprintf(seen.proof, sizeof seen.proof, "proven: it sleeps");
    judged(judge_stress_concurrent, VERDICT_FAIL,
           "3 of 10 clients were not served", 3,
           "no client connects or receives a byte any more: proven: it sleeps");
    seen.proof[0] = '\0';
}

/* Of a daemon: an echo server is failed for the same. */
static void who_is_turned_away_at_a_limit_is_no_failure(void)
{
    static const char waits[] =
        "1 clients, the first of them client 5: waiting for the others";
    static const char *const fails = "3 of 10 clients were not served";

    all_is_well();
    plan->protocol.echo = false;
    stops(3, CROWD_CONNECTED, CROWD_RECV_FAILED, ECONNRESET);
    stops(4, CROWD_CONNECTED, CROWD_EOF, 0);
    stops(5, CROWD_SERVED, CROWD_FINE, 0);
    judged(judge_stress_concurrent, VERDICT_SKIP,
           "8 of 10 clients were served at a time, and others as these left: "
           "its own limit",
           3, waits);
    plan->protocol.echo = true;
    judged(judge_stress_concurrent, VERDICT_FAIL, fails, 3, waits);
    plan->protocol.echo = false;
    seen.served_after = false;
    judged(judge_stress_concurrent, VERDICT_FAIL, fails, 3, waits);
    seen.served_after = true;
    seen.refused_alone = true;
    judged(judge_stress_concurrent, VERDICT_FAIL, fails, 3, waits);
    seen.refused_alone = false;
    stops(5, CROWD_SERVED, CROWD_EOF, 0);
    judged(judge_stress_concurrent, VERDICT_FAIL, fails, 2,
           "2 clients, the first of them client 4: end of file before the "
           "whole echo");
    plan->protocol.once = true;
    judged(judge_stress_concurrent, VERDICT_SKIP,
           "8 of 10 clients were served at a time, and others as these left: "
           "its own limit",
           2,
           "2 clients, the first of them client 4: end of file before the "
           "whole echo");
    all_is_well();
    plan->protocol.echo = false;
    for (uint32_t i = 1; i < CLIENTS; i++)
        stops(i, CROWD_CONNECTED, CROWD_FINE, 0);
    judged(judge_stress_concurrent, VERDICT_FAIL,
           "9 of 10 clients were not served", 1,
           "9 clients, the first of them client 1: waiting for its first echo");
}

/* A client that still waits has made no error, but it was not served. */
static void a_client_that_waits_is_not_served(void)
{
    all_is_well();
    stops(0, CROWD_TALKING, CROWD_FINE, 0);
    judged(judge_stress_concurrent, VERDICT_FAIL,
           "1 of 10 clients were not served", 1,
           "1 clients, the first of them client 0: waiting for an echo");
}

static void those_beside_the_crowd_are_not_counted(void)
{
    all_is_well();
    stops(CLIENTS, CROWD_CONNECTING, CROWD_CONNECT_FAILED, ECONNREFUSED);
    stops(CLIENTS + SHORTS, CROWD_UNBORN, CROWD_FINE, 0);
    judged(judge_stress_concurrent, VERDICT_PASS, NULL, 0, NULL);
    judged(judge_stress_own_bytes, VERDICT_PASS, NULL, 0, NULL);
}

/* Wrong bytes and missing service are judged by different cases. */
static void wrong_bytes_are_no_lack_of_service(void)
{
    all_is_well();
    gets_wrong(3, 2,
               "................................"
               "................................");
    judged(judge_stress_concurrent, VERDICT_PASS, NULL, 0, NULL);
    judged(judge_stress_own_bytes, VERDICT_FAIL, "1 clients got wrong bytes", 1,
           "client 3, frame 2");
    stops(3, CROWD_CONNECTED, CROWD_WRONG_BYTES, 0);
    judged(judge_stress_concurrent, VERDICT_SKIP,
           "1 clients had wrong bytes for "
           "their first frame: see load/own-bytes",
           0, NULL);
}

static void bytes_are_traced_to_their_owner(void)
{
    struct frame_stamp whose = { 42, 7, 4, 1 };
    unsigned char frame[FRAME_BYTES];

    all_is_well();
    frame_fill(frame, &whose);
    gets_wrong(3, 2, frame);
    judged(judge_stress_own_bytes, VERDICT_FAIL, "1 clients got wrong bytes", 1,
           "client 3, frame 2, got client 7's frame 4");
    whose.round = 2;
    frame_fill(frame, &whose);
    gets_wrong(4, 1, frame);
    judged(judge_stress_own_bytes, VERDICT_FAIL, "2 clients got wrong bytes", 2,
           "client 4, frame 1, got client 7's frame 4 of another round");
    whose.seed = 43;
    frame_fill(frame, &whose);
    gets_wrong(5, 1, frame);
    judged(judge_stress_own_bytes, VERDICT_FAIL, "3 clients got wrong bytes", 3,
           "client 5, frame 1, got client 7's frame 4 of another run");
    gets_wrong(6, 3, crowd_fixture(plan, 1));
    judged(judge_stress_own_bytes, VERDICT_FAIL, "4 clients got wrong bytes", 4,
           "client 6, frame 3, got fixture frame 1, which it had not sent "
           "then");
}

/* The shared memory keeps a few faults; the count may be higher than their
   number and must not be taken as an index. */
static void more_faults_than_are_kept_are_counted(void)
{
    all_is_well();
    gets_wrong(3, 2, crowd_fixture(plan, 0));
    plan->nfaults = 1000;
    judged(judge_stress_own_bytes, VERDICT_FAIL, "1 clients got wrong bytes",
           CROWD_FAULTS, "client 0, frame 0");
}

static void missing_frames_are_not_wrong_ones(void)
{
    all_is_well();
    plan->slot[2].verified = 3;
    judged(judge_stress_own_bytes, VERDICT_SKIP,
           "only 48 of 50 frames came back, "
           "none wrong: see load/concurrent-clients",
           0, NULL);
}

static void a_short_message_comes_back_at_its_length(void)
{
    const char *reason = "a message that is no frame did not come back at its "
                         "own length, then FIN";

    all_is_well();
    stops(CLIENTS + 1, CROWD_TALKING, CROWD_FINE, 0);
    judged(judge_stress_short_message, VERDICT_FAIL, reason, 0, NULL);
    stops(CLIENTS + 1, CROWD_TALKING, CROWD_BYTES_ADDED, 0);
    judged(judge_stress_short_message, VERDICT_FAIL, reason, 0, NULL);
    /* If the server has ended, missing bytes are excused, wrong bytes are
       not. */
    seen.ended = true;
    judged(judge_stress_short_message, VERDICT_FAIL, reason, 0, NULL);
    stops(CLIENTS + 1, CROWD_TALKING, CROWD_EOF, 0);
    judged(judge_stress_short_message, VERDICT_SKIP, "the server has ended", 0,
           NULL);
}

static void who_never_sent_one_shows_nothing(void)
{
    all_is_well();
    stops(CLIENTS, CROWD_CONNECTED, CROWD_EOF, 0);
    judged(judge_stress_short_message, VERDICT_SKIP,
           "its clients were not served: "
           "see load/concurrent-clients",
           0, NULL);
}

static void a_short_message_shows_its_bytes(void)
{
    struct verdict v;

    all_is_well();
    gets_wrong(CLIENTS, 1, crowd_fixture(plan, 0));
    verdict_init(&v);
    judge_stress_short_message(&seen, &v);
    CHECK_INT(v.kind, VERDICT_FAIL);
    CHECK(v.evidence.difference && v.evidence.difference->offset == 0);
    verdict_free(&v);
    /* A short message is sent after the first frame, and says nothing of
       whether clients get their own bytes. */
    judged(judge_stress_own_bytes, VERDICT_PASS, NULL, 0, NULL);
}

static void one_more_client_is_served(void)
{
    all_is_well();
    seen.served_after = false;
    strcpy(seen.served_why, "connect: Connection refused");
    judged(judge_stress_still_serving, VERDICT_FAIL,
           "after the crowd a new client was not served: "
           "connect: Connection refused",
           0, NULL);
    seen.harmed_by_stop = true;
    judged(judge_stress_still_serving, VERDICT_SKIP,
           "SIGSTOP and SIGCONT alone keep it from serving: see "
           "lifecycle/stop-continue",
           0, NULL);
}

static void each_that_comes_as_others_leave_is_served(void)
{
    static struct protocol echo, other;
    static struct talk t;
    char why[256];

    CHECK_INT(protocol_parse(&echo, "echo", protocol_echo_text,
                             strlen(protocol_echo_text), why, sizeof why),
              0);
    all_is_well();
    seen.overlap = (struct overlap_seen){
        .clients = 1000,
        .served = 1000,
        .at_a_time = 16,
        .took = "600 of 1000 clients took 11.5 s",
    };
    judged(judge_stress_overlap, VERDICT_PASS, NULL, 0, NULL);
    seen.overlap.served = 600;
    seen.overlap.late = true;
    judged(judge_stress_overlap, VERDICT_SKIP,
           "each was served, but 600 of 1000 clients took 11.5 s", 0, NULL);
    talk_init(&t, &echo, &(struct frame_stamp){ 42, 600, 0, 4 });
    talk_begin(&t, 0);
    t.step = 1;
    t.trouble = TALK_FIN;
    seen.overlap.failed = &t;
    judged(judge_stress_overlap, VERDICT_FAIL,
           "client 601 of 1000, which came as others left: 0 of 64 bytes came "
           "back, then FIN",
           0, NULL);
    other = echo;
    other.echo = false;
    t.who.protocol = &other;
    judged(judge_stress_overlap, VERDICT_SKIP,
           "client 601 of 1000 was turned away while others were there, which "
           "may be the server's own limit: see load/overlap",
           0, NULL);
    t.trouble = TALK_FOREIGN;
    CHECK_INT(overlap_refused(&seen.overlap), 0);
    t.trouble = TALK_FIN;
    t.who.protocol = &echo;
    seen.served_after = false;
    judged(judge_stress_overlap, VERDICT_SKIP,
           "no client is served after the crowd: see lifecycle/still-serving",
           0, NULL);
    seen.ended = true;
    judged(judge_stress_overlap, VERDICT_SKIP, "the server has ended", 0, NULL);
}

int main(void)
{
    a_crowd_that_is_served_passes();
    clients_that_are_not_served_are_counted();
    who_is_turned_away_at_a_limit_is_no_failure();
    a_client_that_waits_is_not_served();
    those_beside_the_crowd_are_not_counted();
    wrong_bytes_are_no_lack_of_service();
    bytes_are_traced_to_their_owner();
    more_faults_than_are_kept_are_counted();
    missing_frames_are_not_wrong_ones();
    a_short_message_comes_back_at_its_length();
    who_never_sent_one_shows_nothing();
    a_short_message_shows_its_bytes();
    one_more_client_is_served();
    each_that_comes_as_others_leave_is_served();
    free(plan);
    return check_result();
}
