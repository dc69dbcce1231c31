/* SPDX-License-Identifier: MIT */
/* The waits for a target that sleeps, on a clock of our own: how long each
   lasts. */
#include "stillness/sleep_watch.h"

#include "base/check.h"

#define MS INT64_C(1000000)
#define START (1000 * MS)

enum { LOOK_MS = 100, NEVER_MS = 60000 };

/* What is seen at a moment, in ms since the wait began. */
typedef int64_t sleeper(int64_t at_ms);

/* When the watch that first looks after first_ms gives up, in ms. */
static int64_t given_up(sleeper *sleeps_ms, int64_t first_ms)
{
    struct sleep_watch w = { .began_ns = START };
    int64_t at = first_ms;

    while (at < NEVER_MS &&
           sleep_watch_saw(&w, START + at * MS, sleeps_ms(at) * MS))
        at += LOOK_MS;
    CHECK_INT(w.waited_ns, at * MS);
    return at;
}

static int64_t awake(int64_t at)
{
    (void)at;
    return 0;
}

/* Relative, again and again: its whole length shows. */
static int64_t second(int64_t at)
{
    (void)at;
    return 1000;
}

/* Until a moment, 6 s after the begin, and then no more. */
static int64_t until_6_s(int64_t at)
{
    return at < 6000 ? 6000 - at : 0;
}

/* Each second until the next one begins. */
static int64_t each_second(int64_t at)
{
    return 1000 - at % 1000;
}

/* Turns of 5 s, and then of 10 s. */
static int64_t short_then_long(int64_t at)
{
    return at < 2000 ? 5000 : 10000;
}

static int64_t minute(int64_t at)
{
    (void)at;
    return 60000;
}

int main(void)
{
    CHECK_INT(given_up(awake, 0), 0);
    CHECK_INT(given_up(second, 0), 2000);
    CHECK_INT(given_up(minute, 0), 30100);
    /* Seen late, it has little left, and is waited for all the same. */
    CHECK_INT(given_up(until_6_s, 0), 12000);
    CHECK_INT(given_up(until_6_s, 5000), 6500);
    CHECK_INT(given_up(until_6_s, 5900), 6500);
    CHECK(given_up(each_second, 0) == 2000);
    CHECK(given_up(each_second, 900) <= 3000);
    CHECK_INT(given_up(short_then_long, 0), 20000);
    return check_result();
}
