/* SPDX-License-Identifier: MIT */
/* What is told of a thread's waits, from made-up looks: what the kernel adds
   up, the wait that lasts, and nothing twice. */
#include "stillness/run_queue.h"

#include "base/check.h"

enum { MS = 1000000, TID = 7 };

static struct run_queue q;

/* One look, times in milliseconds. */
static long saw(enum run_queue_stand stands, long ran, long waited, long since)
{
    return (long)(run_queue_saw(&q, TID, stands, (int64_t)ran * MS,
                                (int64_t)waited * MS, (int64_t)since * MS) /
                  MS);
}

/* It has run for 10 ms and waited for 1000 before the first look. */
static void begin(void)
{
    q.n = 0;
    CHECK_INT(saw(STANDS_ASLEEP, 10, 1000, 0), 0);
}

static void test_what_is_added_up(void)
{
    begin();
    CHECK_INT(saw(STANDS_ASLEEP, 20, 1300, 500), 300);
    CHECK_INT(saw(STANDS_ASLEEP, 20, 1300, 500), 0); /* asleep */
    /* the wait had begun before the last look */
    CHECK_INT(saw(STANDS_ASLEEP, 30, 2300, 500), 1000);
}

static void test_the_wait_that_lasts(void)
{
    begin();
    CHECK_INT(saw(STANDS_READY, 10, 1000, 40), 40);
    CHECK_INT(saw(STANDS_READY, 10, 1000, 40), 40);
    CHECK_INT(saw(STANDS_READY, 10, 1000, 5000), 100); /* perhaps it slept */
    /* It ends, is added up, and only what was not told is. */
    CHECK_INT(saw(STANDS_ASLEEP, 11, 1000 + 5080, 1), 5080 - 180);
}

static void test_one_that_slept(void)
{
    begin();
    CHECK_INT(saw(STANDS_READY, 10, 1000, 100), 100); /* it woke just now */
    CHECK_INT(saw(STANDS_ASLEEP, 20, 1001, 100), 0);
    CHECK_INT(saw(STANDS_ASLEEP, 20, 1031, 100), 0);
    CHECK_INT(saw(STANDS_ASLEEP, 20, 1111, 100), 11); /* all is taken off */
}

static void test_one_that_runs(void)
{
    begin();
    CHECK_INT(saw(STANDS_READY, 110, 1000, 100), 0);
    CHECK_INT(saw(STANDS_READY, 160, 1050, 100), 50);
}

static void test_one_that_waits_for_a_lock(void)
{
    begin();
    CHECK_INT(saw(STANDS_DETAINED, 10, 1000, 300), 0); /* since when? */
    CHECK_INT(saw(STANDS_DETAINED, 10, 1000, 300), 300);
    CHECK_INT(saw(STANDS_DETAINED, 10, 1000, 4000), 4000);
    CHECK_INT(saw(STANDS_DETAINED, 11, 1000, 300), 0); /* it ran meanwhile */
    CHECK_INT(saw(STANDS_DETAINED, 11, 1000, 300), 300);
    CHECK_INT(saw(STANDS_ASLEEP, 11, 1000, 300), 0);
    CHECK_INT(saw(STANDS_DETAINED, 11, 1000, 300), 0);
}

static void test_a_new_one(void)
{
    q.n = 0;
    CHECK_INT(saw(STANDS_ASLEEP, 10, 1000, 100),
              100); /* since it is looked at */
    q.n = 0;
    CHECK_INT(saw(STANDS_ASLEEP, 10, 20, 100), 20);
}

static void test_more_than_have_a_place(void)
{
    begin();
    for (int i = 0; i < RUN_QUEUE_THREADS; i++)
        (void)run_queue_saw(&q, TID + 1 + i, STANDS_ASLEEP, 0, 0, 0);
    CHECK(q.n > 0 && q.n <= RUN_QUEUE_THREADS);
}

int main(void)
{
    test_what_is_added_up();
    test_the_wait_that_lasts();
    test_one_that_slept();
    test_one_that_runs();
    test_one_that_waits_for_a_lock();
    test_a_new_one();
    test_more_than_have_a_place();
    return check_result();
}
