/* SPDX-License-Identifier: MIT */
/* client/stop-continue: signals that end nothing interrupt its calls. */
#include "cases/client/client.h"

#include <signal.h>

static bool is_stopped(struct session *d, const void *unused)
{
    struct proc_stat st;

    (void)unused;
    return procfs_stat(d->client.start, &st) == 0 && st.state == 'T';
}

static bool is_awake(struct session *d, const void *unused)
{
    return !is_stopped(d, unused);
}

/* SIGSTOP, seen to be stopped; SIGCONT, seen to go on; SIGWINCH. */
static void disturb(struct session *d)
{
    session_signal(d, SIGSTOP);
    (void)session_wait(d, is_stopped, NULL, false);
    session_signal(d, SIGCONT);
    (void)session_wait(d, is_awake, NULL, false);
    session_signal(d, SIGWINCH);
    (void)session_wait(d, session_at_rest, NULL, false);
}

static void stop_continue(struct context *c)
{
    struct session d;
    size_t at = 0;
    enum met met;

    if (client_begin(c, &d, NULL) &&
        client_needs_reply(c, &d, "hello\n", &at)) {
        (void)session_wait(&d, session_at_rest, NULL, false);
        disturb(&d);
        d.peer.limit = d.peer.got.n;
        met = client_type(&d, "interrupted\n", &at);
        if (met != MET) {
            (void)client_fails(c, &d,
                               "the line typed after the signals is "
                               "sent",
                               "after SIGSTOP, SIGCONT and SIGWINCH "
                               "at the prompt: %s",
                               session_state(&d, met));
        } else {
            (void)session_wait(&d, session_at_rest, NULL, false);
            disturb(&d);
            d.peer.limit = (size_t)-1;
            if (client_sends(c, &d, "after\n", &at) &&
                client_prints(c, &d, "interrupted\n", 12))
                verdict_pass(c->v);
        }
    }
    session_end(&d);
}

static const struct test_case cases[] = {
    { "client/stop-continue", MUST,
      "SIGSTOP, SIGCONT and SIGWINCH lose nothing", "signal(7)", stop_continue,
      20,
      "It is stopped, continued and sent SIGWINCH at the prompt and while the "
      "reply is held back; the line must be printed.",
      "EINTR from poll or recv taken for a failure.",
      "if (n < 0 && errno == EINTR) continue;" },
};

const struct case_table client_signals_cases = CASE_TABLE(cases);
