/* SPDX-License-Identifier: MIT */
/* Three clients come and go while one call, the n-th in which the server waits,
   is held and a signal arrives just before it; then the next n, on another
   start, until the session has no such call any more. A client is driven
   without a wait of its own: whoever answers it may be held. */
#include "cases/fault/faulty.h"
#include "cases/fault/moment.h"
#include "cases/lifecycle/lifecycle.h"

#include "kit/wait_idle.h"
#include "linux/process_signal.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { CLIENTS = 3, TURN_MS = 5, MOST_WAITS = 500 };

struct kind {
    int sig;
    bool ends, twice;
};

struct walk {
    struct context *c;
    struct fault *f;
    const struct kind *kind;
    struct moment_nth nth;
    bool held, judged;
    char call[96];
};

/* Where the call is held: let the signal in. */
static void look(struct walk *w)
{
    struct fault_call held;
    enum moment m;

    if (w->held || fault_list_held(w->f, &held, 1) == 0)
        return;
    w->held = true;
    moment_text(w->c, &held, w->call, sizeof w->call);
    m = moment_signal(w->f, &held, w->kind->sig);
    w->judged = m == MOMENT_TAKEN || m == MOMENT_SENT;
    if (w->kind->twice)
        (void)process_signal(w->c->subject.server, w->kind->sig);
    fault_release_but(w->f, NULL);
}

/* The exchange that was begun, as far as it goes. False: it ended. */
static bool drive(struct walk *w, struct talk *t)
{
    struct deadline d = wait_deadline(w->c);
    enum talk_state state;

    while ((state = talk_go(t)) == TALK_GOING && !deadline_passed(d)) {
        struct pollfd p = talk_poll(t);

        (void)poll(&p, 1, TURN_MS);
        look(w);
    }
    return state == TALK_DONE;
}

static bool come(struct walk *w, struct talk *t, uint32_t client)
{
    client_init(w->c, t, client);
    if (!talk_connect(t, &w->c->subject.address, wait_deadline(w->c)))
        return false;
    talk_begin(t, 0);
    return drive(w, t);
}

/* What is set off by a client that leaves is done. */
static void rest(struct walk *w)
{
    struct deadline d = deadline_in(20 * TURN_MS);

    for (int same = 0; same < 3 && !deadline_passed(d);) {
        struct pause pause = { TURN_MS * INT64_C(1000000) };

        pause_until(&pause, d);
        look(w);
        same = any_thread_of(&w->c->subject, subject_processes, "R") ? 0
                                                                     : same + 1;
    }
}

/* Returns how many clients were answered; *wrong: one by other bytes. */
static size_t session(struct walk *w, bool *wrong)
{
    struct talk t[CLIENTS];
    size_t answered = 0;

    for (size_t i = 0; i < CLIENTS; i++) {
        answered += come(w, &t[i], (uint32_t)i);
        *wrong |= t[i].trouble == TALK_WRONG || t[i].trouble == TALK_FOREIGN;
        if (i > 0) {
            talk_leave(&t[i - 1]);
            rest(w);
        }
    }
    talk_leave(&t[CLIENTS - 1]);
    rest(w);
    return answered;
}

static void broken(struct walk *w, long n, const char *what)
{
    struct context *c = w->c;
    const char *name = sigabbrev_np(w->kind->sig);

    verdict_expected(c->v, "SIG%s%s just before a call in which it waits %s",
                     name, w->kind->twice ? ", twice," : "",
                     w->kind->ends ? "ends the server and all of it"
                                   : "harms no client");
    verdict_observed(c->v, "%s", what);
    verdict_fact(c->v, "it was wait number %ld of a session of %d clients: %s",
                 n, CLIENTS, w->call);
    moment_of_runtime(c);
    verdict_fail(c->v, "SIG%s just before %s: %s", name, w->call, what);
}

static void judge(struct walk *w, long n, size_t answered, bool wrong)
{
    struct context *c = w->c;
    pid_t server = c->subject.server;
    char why[160];

    if (wrong)
        broken(w, n, "a client got other bytes than its own");
    else if (w->kind->ends && !lifecycle_ends(c, server))
        broken(w, n, "the server did not end");
    else if (w->kind->ends && !all_ended(c))
        broken(w, n, "a process of it stayed");
    else if (!w->kind->ends && answered < CLIENTS)
        broken(w, n, "a client was not answered");
    else if (!w->kind->ends && !client_served(c, CLIENTS, why, sizeof why))
        broken(w, n, "the next client was not served");
}

/* One start. False: decided, or the session has no n-th wait. */
static bool walk_once(struct context *c, const struct kind *kind, long n)
{
    struct walk w = { .c = c, .kind = kind, .nth = { c, n } };
    bool wrong = false;
    size_t answered;

    w.f = faulty_up(c, MOMENT_CALLS, false);
    if (!w.f)
        return false;
    c->ends_it = kind->ends;
    moment_hold_nth(w.f, &w.nth);
    answered = session(&w, &wrong);
    if (w.judged)
        judge(&w, n, answered, wrong);
    faulty_stop(c, w.f);
    return w.held && !verdict_decided(c->v);
}

/* At SIGHUP most end that stay in the foreground: only what is caught or
   ignored is asked for. */
static bool is_borne(struct context *c, int sig)
{
    unsigned long long caught = 0, ignored = 0;
    bool known = server_up(c) &&
                 procfs_status(c->subject.server, "SigCgt", 16, &caught) &&
                 procfs_status(c->subject.server, "SigIgn", 16, &ignored);

    (void)server_discard(c);
    return known && (caught | ignored) >> (sig - 1) & 1;
}

bool lifecycle_walk(struct context *c)
{
    static const struct kind kinds[] = {
        { SIGTERM, true, false }, { SIGTERM, true, true },
        { SIGINT, true, false },  { SIGCHLD, false, false },
        { SIGHUP, false, false },
    };
    long waits = 0;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        long n = 1;

        if (kinds[i].sig == SIGHUP && !is_borne(c, SIGHUP))
            continue;
        while (n < MOST_WAITS && walk_once(c, &kinds[i], n))
            n++;
        if (verdict_decided(c->v))
            return false;
        waits += n - 1;
    }
    verdict_figure(c->v, "moments", (double)waits);
    return true;
}
