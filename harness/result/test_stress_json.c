/* SPDX-License-Identifier: MIT */
/* The figures of a crowd and its audit: to JSON and back. */
#include "result/stress_json.h"

#include "base/check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static void a_load_goes_there_and_back(void)
{
    struct load l = {
        .clients = 500,
        .connected = 499,
        .frames_sent = 3,
        .frames_verified = 2,
        .bytes_verified = 128,
        .seconds = 1.5,
        .connect = { .p50 = 1, .p90 = 2, .p99 = 3, .p999 = 4, .max = 5 },
        .round_trip = { .p50 = NAN,
                        .p90 = NAN,
                        .p99 = NAN,
                        .p999 = NAN,
                        .max = 0.25 }
    };
    struct load back;
    json_t *object;

    CHECK_INT(latency_append(&l.connect, 512, 7), 0);
    CHECK_INT(latency_append(&l.connect, 70000000000, 1), 0);
    object = load_to_json(&l);

    CHECK_INT(load_from_json(object, &back), 0);
    CHECK_INT(back.connected, 499);
    CHECK_INT(back.bytes_verified, 128);
    CHECK(back.seconds == 1.5);
    CHECK(back.connect.p50 == 1 && back.connect.max == 5);
    CHECK(isnan(back.round_trip.p50) && isnan(back.round_trip.p999));
    CHECK(back.round_trip.max == 0.25);
    CHECK_INT(back.connect.nbuckets, 2);
    CHECK_INT(back.connect.bucket[0].from_ns, 512);
    CHECK_INT(back.connect.bucket[0].count, 7);
    CHECK_INT(back.connect.bucket[1].from_ns, 70000000000);
    CHECK(back.round_trip.bucket == NULL && back.runs == 0);
    CHECK(json_object_get(object, "runs") == NULL);
    json_decref(object);
    load_free(&back);
    load_free(&l);
}

static void an_audit_goes_there_and_back(void)
{
    struct leaked_fd fd = { 7, 3, "socket:[1]" };
    struct audit_summary a = { .done = true,
                               .zombies = 4,
                               .leaked = &fd,
                               .nleaked = 1,
                               .seconds = INFINITY };
    struct audit_summary back;
    json_t *object = audit_to_json(&a);

    CHECK_INT(audit_from_json(object, &back), 0);
    CHECK(back.done && isnan(back.seconds));
    CHECK_INT(back.zombies, 4);
    CHECK_INT(back.nleaked, 1);
    CHECK_STR(back.leaked[0].what, "socket:[1]");
    free(back.leaked);
    json_decref(object);
}

static void a_word_is_no_number(void)
{
    struct load l = { .clients = 1 };
    json_t *object = load_to_json(&l);

    (void)json_object_set_new(object, "seconds", json_string("long"));
    errno = 0;
    CHECK_INT(load_from_json(object, &l), -1);
    CHECK_INT(errno, EPROTO);
    (void)json_object_del(object, "seconds");
    CHECK_INT(load_from_json(object, &l), -1);
    json_decref(object);
}

static void a_histogram_is_one_or_is_refused(void)
{
    static const char *const wrong[] = {
        "[]",
        "7",
        "{\"x\": 1}",
        "{\"\": 1}",
        "{\"-1\": 1}",
        "{\"1\": 0}",
        "{\"1\": -1}",
        "{\"1\": 1.5}",
        "{\"1\": \"1\"}",
        "{\"1.5\": 1}",
        "{\"2\": 1, \"1\": 1}",
        "{\"7\": 1, \"07\": 1}",
        "{\"9999999999999999999\": 1}",
    };
    struct load l = { .clients = 1 };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *object = load_to_json(&l);
        struct load back;

        (void)json_object_set_new(json_object_get(object, "connect_seconds"),
                                  "histogram_ns",
                                  json_loads(wrong[i], JSON_DECODE_ANY, NULL));
        CHECK_INT(load_from_json(object, &back), -1);
        load_free(&back);
        json_decref(object);
    }
}

int main(void)
{
    a_load_goes_there_and_back();
    an_audit_goes_there_and_back();
    a_word_is_no_number();
    a_histogram_is_one_or_is_refused();
    return check_result();
}
