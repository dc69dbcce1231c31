/* SPDX-License-Identifier: MIT */
/* daemon/: which blocked and ignored signals it takes over from its starter,
   daemon(7) steps 2 and 3. A start by a parent that has none first shows what
   the server blocks and ignores by its own choice: a signalfd(2) needs blocked
   signals. */
#include "cases/daemon/daemon.h"

#include "linux/process_signal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct signals {
    unsigned long long blocked, ignored; /* bit n - 1: signal n */
};

static bool look(struct context *c, struct signals *s)
{
    pid_t pid = c->subject.server;

    if (procfs_status(pid, "SigBlk", 16, &s->blocked) &&
        procfs_status(pid, "SigIgn", 16, &s->ignored))
        return true;
    if (server_ended(c))
        verdict_skip(c->v, "the server has ended");
    else
        verdict_error(c->v, "cannot see its signals: %s", strerror(errno));
    return false;
}

/* "TERM INT ...". */
static const char *names(unsigned long long set)
{
    static char text[512];
    size_t n = 0;

    text[0] = '\0';
    for (int sig = 1; sig <= 64 && n + 16 < sizeof text; sig++) {
        const char *name = sigabbrev_np(sig);

        if (!(set >> (sig - 1) & 1))
            continue;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s", n ? " " : "");
        n += name ? (size_t)snprintf(text + n, sizeof text - n, "%s", name)
                  : (size_t)snprintf(text + n, sizeof text - n, "%d", sig);
    }
    return text;
}

/* Whether SIGTERM ends the server process. */
static bool term_ends(struct context *c)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    pid_t pid = c->subject.server;

    (void)process_signal(pid, SIGTERM);
    while (procfs_alive(pid) && !deadline_passed(d))
        pause_until(&pause, d);
    return !procfs_alive(pid);
}

/* It must also come up if its parent has signals blocked or ignored: it just
   did without. */
static bool comes_up_again(struct context *c, int (*pre_exec)(void *arg),
                           const char *world)
{
    struct subject_how how = { .pre_exec = pre_exec };
    enum subject_up up;

    if (!server_discard(c))
        return false;
    up = server_try(c, &how);
    if (up == SUBJECT_UP)
        return true;
    if (up == SUBJECT_TROUBLE) {
        verdict_error(c->v, "cannot start it: %s", c->subject.why);
        return false;
    }
    verdict_expected(c->v, "started with %s it comes up", world);
    verdict_observed(c->v, "%s", c->subject.why);
    verdict_fail(c->v, "started with %s it does not come up", world);
    server_tell_printed(c);
    return false;
}

/* ---- daemon/signal-mask ---- */

static int block_all(void *arg)
{
    sigset_t all;

    (void)arg;
    sigfillset(&all);
    return sigprocmask(SIG_SETMASK, &all, NULL);
}

static void signal_mask(struct context *c)
{
    struct signals clean, dirty;
    bool ends;

    if (!daemon_up(c, NULL, NULL) || !look(c, &clean))
        return;
    ends = term_ends(c);
    if (!comes_up_again(c, block_all, "every signal blocked") ||
        !look(c, &dirty))
        return;
    verdict_expected(c->v,
                     "what its starter had blocked is not: SIGTERM ends it");
    if (dirty.blocked & ~clean.blocked) {
        verdict_observed(c->v, "blocked: %s", names(dirty.blocked));
        verdict_fail(c->v, "signals are blocked because its starter had them "
                           "blocked");
        verdict_fact(c->v, "blocked after a clean start: %s",
                     clean.blocked ? names(clean.blocked) : "none");
        daemon_tell(c);
    } else if (ends && !term_ends(c)) {
        verdict_observed(c->v, "SIGTERM ends it after a clean start alone");
        verdict_fail(c->v, "SIGTERM does not end it, where its starter had it "
                           "blocked");
        daemon_tell(c);
    } else {
        verdict_pass(c->v);
    }
}

/* ---- daemon/signal-dispositions ---- */

static int ignore_some(void *arg)
{
    (void)arg;
    return signal(SIGTERM, SIG_IGN) == SIG_ERR ||
                   signal(SIGINT, SIG_IGN) == SIG_ERR ||
                   signal(SIGCHLD, SIG_IGN) == SIG_ERR ||
                   signal(SIGPIPE, SIG_IGN) == SIG_ERR
               ? -1
               : 0;
}

/* Workers end, and one finds its client gone: SIGCHLD and SIGPIPE. Decides
   nothing; why says what went wrong. */
static bool works(struct context *c, char *why, size_t size)
{
    struct talk t;

    client_init(c, &t, 0);
    if (talk_connect(&t, &c->subject.address, wait_deadline(c))) {
        talk_begin(&t, 0);
        (void)talk_go(&t);
        talk_reset(&t);
    }
    for (uint32_t i = 0; i < 3; i++)
        if (!client_served(c, i, why, size))
            return false;
    /* The first three have left by now, or leave while it serves this one. */
    return client_served(c, 3, why, size);
}

static void judge_ignored(struct context *c, const struct signals *clean,
                          const struct signals *dirty)
{
    const unsigned long long stop = 1ull << (SIGTERM - 1) | 1ull
                                                                << (SIGINT - 1);
    unsigned long long more = dirty->ignored & ~clean->ignored & stop;

    if (!more)
        return;
    verdict_expected(c->v, "SIGTERM and SIGINT are not ignored, though its "
                           "starter ignored them");
    verdict_observed(c->v, "ignored: %s", names(more));
    verdict_fail(c->v, "it ignores %s because its starter did", names(more));
    verdict_fact(c->v, "ignored after a clean start: %s",
                 clean->ignored ? names(clean->ignored) : "none");
    daemon_tell(c);
}

static void signal_dispositions(struct context *c)
{
    static const char world[] = "SIGCHLD and SIGPIPE ignored";
    struct signals clean, dirty;
    char why[160] = "";
    bool worked;
    int status;

    if (!daemon_up(c, NULL, NULL) || !look(c, &clean))
        return;
    status = c->subject.start_status;
    worked = works(c, why, sizeof why);
    if (!comes_up_again(c, ignore_some, world) || !look(c, &dirty))
        return;
    judge_ignored(c, &clean, &dirty);
    if (c->subject.start_ended && c->subject.start_status != status) {
        verdict_observed(c->v,
                         "the start command ends with wait status %d, not "
                         "%d",
                         c->subject.start_status, status);
        verdict_fail(c->v, "started with %s its start command fails", world);
        server_tell_printed(c);
    }
    if (worked && !works(c, why, sizeof why)) {
        verdict_expected(c->v, "started with %s it serves", world);
        verdict_observed(c->v, "%s", why);
        verdict_fail(c->v, "started with %s it does not serve: %s", world, why);
        daemon_tell(c);
    }
    if (!verdict_decided(c->v))
        verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "daemon/signal-mask", SHOULD,
      "no signal is blocked because its starter had it blocked",
      "daemon(7) 2-3", signal_mask, 0,
      "SigBlk in /proc/PID/status after a clean start and after one with every "
      "signal blocked; then SIGTERM.",
      "A handler for SIGTERM is installed, but nothing unblocks it: a blocked "
      "signal stays so through fork and exec.",
      "sigemptyset(&none); sigprocmask(SIG_SETMASK, &none, NULL)." },
    { "daemon/signal-dispositions", SHOULD,
      "SIGTERM and SIGINT are not ignored because its starter did; it works "
      "although SIGCHLD and SIGPIPE were",
      "daemon(7) 2", signal_dispositions, 0,
      "SigIgn in /proc/PID/status after a clean start and after one with these "
      "four ignored; clients come, stay away and are served.",
      "if (signal(SIGINT, SIG_IGN) != SIG_IGN) signal(SIGINT, stop); or "
      "waitpid() < 0 taken for a failed start, where the kernel reaped.",
      "Before anything else signal(sig, SIG_DFL) for every signal (those that "
      "cannot be set refuse: no matter); then the handlers of its own." },
};

const struct case_table daemon_signals_cases = CASE_TABLE(cases);
