/* SPDX-License-Identifier: MIT */
/* lifecycle/term-drains. The other half of a request must be there when the
   server comes to act on SIGTERM, every time: so all of it is stopped, sent
   SIGTERM and then that half, and continued: first the server, until it has
   done what it does, its worker for that client last. A thread cannot be
   stopped without the others of its process: which of them acts first would be
   chance, so there SIGTERM is acted on before that half is sent. Another client
   has shown before that without SIGTERM such a request is answered. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/acceptors.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <linux/sockios.h>
#include <signal.h>
#include <sys/ioctl.h>

enum { HELD_MS = 500 };

struct drain {
    struct talk talk;
    struct pid_list all, workers; /* of the target; of this client alone */
    double held_ms; /* for so long its workers were stopped longer than all */
};

static void free_lists(struct drain *d)
{
    pid_list_free(&d->all);
    pid_list_free(&d->workers);
}

/* Connect, and say the first half of a request. Nothing decided. */
static bool say_half(struct context *c, struct talk *t, uint32_t client)
{
    client_init(c, t, client);
    if (!talk_connect(t, &c->subject.address, wait_deadline(c)))
        return false;
    talk_open(t);
    if (!talk_finish(t, wait_deadline(c)))
        return false;
    talk_begin(t, 0);
    talk_hold_half(t);
    return talk_go(t) == TALK_GOING;
}

/* Wait until the other side has all that fd sent. */
static void wait_delivered(struct context *c, int fd)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    int n = 0;

    while (ioctl(fd, SIOCOUTQ, &n) == 0 && n > 0 && !deadline_passed(d))
        pause_until(&pause, d);
}

static void say_rest(struct context *c, struct talk *t)
{
    talk_hold(t, 0);
    (void)talk_go(t); /* who judges sees how it went */
    wait_delivered(c, t->fd);
}

/* The server first, and all but who serves this client alone. */
static int list_others(const struct context *c, const struct drain *d,
                       struct pid_list *others)
{
    int rc = 0;

    for (size_t i = 0; i < d->all.n && rc == 0; i++)
        if (d->all.pid[i] == c->subject.server ||
            !pid_list_has(&d->workers, d->all.pid[i]))
            rc = pid_list_add(others, d->all.pid[i]);
    return rc;
}

/* False: decided. */
static bool go_on(struct context *c, struct drain *d, int sig)
{
    struct pid_list others = { NULL, 0, 0 };
    int64_t began = deadline_now_ns();
    int rc = list_others(c, d, &others);

    if (rc == 0 && others.n < d->all.n) {
        continue_processes(&others);
        (void)signal_done(c, c->subject.server, sig);
    }
    d->held_ms = (double)(deadline_now_ns() - began) / 1e6;
    continue_processes(&d->all);
    pid_list_free(&others);
    if (rc < 0)
        verdict_error(c->v, "no memory");
    return rc == 0;
}

static bool any_has_threads(const struct pid_list *l)
{
    unsigned long long threads;

    for (size_t i = 0; i < l->n; i++)
        if (procfs_status(l->pid[i], "Threads", 10, &threads) && threads > 1)
            return true;
    return false;
}

/* sig (0: none) to the server process, then the other half, both before the
   target goes on. False: decided. */
static bool stopped_between(struct context *c, struct drain *d, int sig)
{
    if (halt_acceptors(c, &d->all) && (!sig || lifecycle_signal(c, sig))) {
        say_rest(c, &d->talk);
        return go_on(c, d, sig ? sig : SIGCONT);
    }
    continue_processes(&d->all);
    return false;
}

/* The first half of a request, sig to the server process, the other half.
   False: decided. */
static bool halves_around(struct context *c, struct drain *d, int sig)
{
    bool said = say_half(c, &d->talk, sig ? 1 : 0);

    if (said) {
        wait_read(c, d->talk.fd);
        wait_asleep(c);
    }
    if (!said || server_holders(c, d->talk.fd, &d->workers) == 0) {
        if (server_ended(c))
            verdict_skip(c->v, "the server has ended");
        else
            verdict_skip(c->v, "half a request is not taken, or nobody is seen "
                               "that holds its connection");
        return false;
    }
    if (!any_has_threads(&d->workers))
        return stopped_between(c, d, sig);
    if (sig && !lifecycle_signal(c, sig))
        return false;
    if (sig && signal_done(c, c->subject.server, sig))
        wait_asleep(c); /* those that it has told, too */
    say_rest(c, &d->talk);
    return true;
}

/* Without SIGTERM it must be answered. False: decided. */
static bool rehearse(struct context *c)
{
    struct drain d = { .all = { NULL, 0, 0 } };
    bool good = halves_around(c, &d, 0);
    char why[160];

    if (good && !talk_finish(&d.talk, wait_deadline(c))) {
        talk_describe(&d.talk, why, sizeof why);
        verdict_skip(c->v,
                     "without SIGTERM either, a request in two halves: "
                     "%s",
                     why);
        good = false;
    }
    if (d.talk.fd >= 0)
        talk_leave(&d.talk);
    free_lists(&d);
    return good;
}

/* Answered; or FIN, before it or in the midst of it. A reset that follows a FIN
   is the kernel's answer to what came too late. */
static void judge(struct context *c, struct drain *d)
{
    struct talk *t = &d->talk;
    const char *how;
    char seen[160];

    if (talk_finish(t, wait_deadline(c))) {
        verdict_fact(c->v, "it was answered");
        verdict_pass(c->v);
        return;
    }
    how = talk_ended_by(t);
    talk_describe(t, seen, sizeof seen);
    if (t->trouble == TALK_FIN ||
        (t->trouble == TALK_SEND_FAILED &&
         conn_end_of(t->fd, wait_deadline(c)) == CONN_FIN)) {
        verdict_fact(c->v, "its client saw FIN: %s", seen);
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "a request, half of which came before SIGTERM and "
                           "half at once after it, is answered, or its client "
                           "sees FIN");
    verdict_observed(c->v, "%s", seen);
    verdict_fail(c->v, "a request that SIGTERM meets half-way: %s", how);
    if (d->workers.n && d->held_ms > HELD_MS)
        verdict_excuse(c->v,
                       "its worker could not go on within %d ms of the "
                       "server",
                       HELD_MS);
}

static void term_drains(struct context *c)
{
    struct drain d = { .all = { NULL, 0, 0 } };

    if (!server_up(c) || !lifecycle_settled(c) || !rehearse(c))
        return;
    d.talk.fd = -1;
    if (halves_around(c, &d, SIGTERM))
        judge(c, &d);
    if (d.talk.fd >= 0)
        talk_reset(&d.talk);
    free_lists(&d);
}

static const struct test_case cases[] = {
    { "lifecycle/term-drains", SHOULD,
      "a request that SIGTERM meets half-way is answered, or FIN comes",
      "RFC 9293 3.6", term_drains, 30,
      "A client sends half a request, which is awaited; all of the target is "
      "stopped, the server process sent SIGTERM, the other half sent, all "
      "continued (with threads: it has acted on SIGTERM when that half is "
      "sent). The answer or FIN must come: never RST, never silence. "
      "Another client has shown that without SIGTERM it is answered.",
      "SIGTERM at its default, or exit(3) in the handler: what lies unread "
      "makes the kernel send RST, and the client cannot know what became of "
      "its request.",
      "Close the listening socket alone; serve each connection to the end of "
      "its request, then close it: after shutdown(cfd, SHUT_RD) recv(2) still "
      "gives what has come." },
};

const struct case_table lifecycle_drain_cases = CASE_TABLE(cases);
