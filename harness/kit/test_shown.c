/* SPDX-License-Identifier: MIT */
/* Which looks show what a case asks for, and which do not. */
#include "kit/shown.h"

#include "base/check.h"

static const struct shown_look *first, *second;

static bool between(struct shown *s, size_t before, size_t clients)
{
    struct context c = { .shown = s };

    return shown_between(&c, before, clients, &first, &second);
}

static void enough_before_and_enough_between(void)
{
    struct shown s = { .look = { { 300 }, { 1000 }, { 2000 }, { 3000 } },
                       .n = 4 };

    CHECK(between(&s, 500, 1000));
    CHECK(first == &s.look[1] && second == &s.look[3]);
    CHECK(between(&s, 500, 2000));
    CHECK(!between(&s, 500, 2001));
    CHECK(between(&s, 0, 2700));
    CHECK(first == &s.look[0]);
    CHECK(!between(&s, 3001, 0));
}

static void one_look_shows_nothing(void)
{
    struct shown s = { .look = { { 3000 } }, .n = 1 };

    CHECK(!between(&s, 500, 0));
    CHECK(!between(&(struct shown){ .n = 0 }, 0, 0));
    CHECK(!between(NULL, 0, 0));
}

static void what_is_noted_adds_up(void)
{
    struct shown s = { .n = 0 };
    struct context c = { .shown = &s };

    shown_leave(&c, 1000);
    shown_leave(&c, 2000);
    CHECK_INT(s.clients, 3000);
    shown_at_once(&c, 1100);
    shown_at_once(&c, 100);
    CHECK_INT(s.at_once, 1100);
    shown_reset(&c, 750);
    CHECK_INT(shown_owed(&c), 750);
    c.shown = NULL;
    shown_leave(&c, 1);
    shown_at_once(&c, 9999);
    shown_reset(&c, 1);
    CHECK_INT(shown_owed(&c), 0);
    CHECK_INT(s.clients, 3000);
    CHECK_INT(s.at_once, 1100);
    CHECK_INT(s.owed, 750);
}

int main(void)
{
    enough_before_and_enough_between();
    one_look_shows_nothing();
    what_is_noted_adds_up();
    return check_result();
}
