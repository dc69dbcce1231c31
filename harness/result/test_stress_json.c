/* SPDX-License-Identifier: MIT */
/* The figures of a crowd and its audit: to JSON and back. */
#include "result/stress_json.h"

#include "base/check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static void a_load_goes_there_and_back(void)
{
    struct load l = { .clients = 500,
                      .connected = 499,
                      .frames_sent = 3,
                      .frames_verified = 2,
                      .bytes_verified = 128,
                      .seconds = 1.5,
                      .connect = { 1, 2, 3, 4, 5 },
                      .round_trip = { NAN, NAN, NAN, NAN, 0.25 } };
    struct load back;
    json_t *object = load_to_json(&l);

    CHECK_INT(load_from_json(object, &back), 0);
    CHECK_INT(back.connected, 499);
    CHECK_INT(back.bytes_verified, 128);
    CHECK(back.seconds == 1.5);
    CHECK(back.connect.p50 == 1 && back.connect.max == 5);
    CHECK(isnan(back.round_trip.p50) && isnan(back.round_trip.p999));
    CHECK(back.round_trip.max == 0.25);
    json_decref(object);
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

int main(void)
{
    a_load_goes_there_and_back();
    an_audit_goes_there_and_back();
    a_word_is_no_number();
    return check_result();
}
