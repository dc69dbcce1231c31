/* SPDX-License-Identifier: MIT */
/* Whose handler interrupts: its own, one that it inherited, one of another
   program. */
#include "fault/signal_watch.h"

#include "base/check.h"

#include <signal.h>

enum { SERVER = 100, WORKER = 101, SHELL = 99 };

static const uint64_t server[2] = { 8, 1000 }, shell[2] = { 8, 2000 };
static struct signal_watch watch;

static void asks(pid_t pid, const uint64_t program[2], bool caught,
                 bool restarts)
{
    struct signal_action a = { .pid = pid,
                               .sig = SIGUSR1,
                               .caught = caught,
                               .restarts = restarts,
                               .program = { program[0], program[1] } };

    signal_watch_add(&watch, &a);
}

static bool interrupts(pid_t pid)
{
    return signal_watch_interrupts(&watch, pid, SIGUSR1, server);
}

static void the_last_word_counts(void)
{
    CHECK(!interrupts(SERVER)); /* nothing is known */
    asks(SERVER, server, true, false);
    CHECK(interrupts(SERVER));
    CHECK(!signal_watch_interrupts(&watch, SERVER, SIGUSR2, server));
    asks(SERVER, server, true, true);
    CHECK(!interrupts(SERVER));
    asks(SERVER, server, false, false);
    CHECK(!interrupts(SERVER));
    signal_watch_free(&watch);
}

static void a_worker_inherits(void)
{
    asks(SERVER, server, true, false);
    CHECK(interrupts(WORKER));
    /* Its own word counts more. */
    asks(WORKER, server, true, true);
    CHECK(!interrupts(WORKER));
    CHECK(interrupts(SERVER));
    /* Where they differ, whose a third has is not known. */
    CHECK(!interrupts(WORKER + 1));
    signal_watch_free(&watch);
}

static void what_was_executed_before_does_not_count(void)
{
    asks(SERVER, shell, true, false); /* the shell that became the server */
    asks(SHELL, shell, true, false);
    CHECK(!interrupts(SERVER));
    asks(SERVER, server, true, false);
    CHECK(interrupts(SERVER));
    signal_watch_free(&watch);
}

static void what_was_not_seen_is_not_claimed(void)
{
    for (pid_t pid = 1; pid < 1000; pid++)
        asks(pid, server, true, false);
    CHECK(interrupts(5000));
    watch.lost = true;
    CHECK(!interrupts(5000));
    signal_watch_free(&watch);
}

int main(void)
{
    the_last_word_counts();
    a_worker_inherits();
    what_was_executed_before_does_not_count();
    what_was_not_seen_is_not_claimed();
    return check_result();
}
