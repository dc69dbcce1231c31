/* SPDX-License-Identifier: MIT */
/* A call is interrupted: not by an error made up, but by a signal that the
   server itself catches, sent to the thread that sleeps in the call, so that
   the kernel decides what becomes of it, signal(7). Where no signal can
   interrupt it, there is nothing to be ready for: a skip. */
#include "cases/fault/faulty.h"

#include "fault/interrupting.h"
#include "fault/socket_look.h"
#include "kit/backpressure.h"
#include "kit/blocked_call.h"
#include "kit/client_pool.h"
#include "kit/stop_alone.h"
#include "kit/wait_idle.h"
#include "linux/process_signal.h"
#include "linux/stop_processes.h"
#include "stillness/stillness.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
    MOST_CALLS = 64,
    LOOK_MS = 200, /* what is idle does not begin to wait later */
    MESSAGE = 61,
    PART = 7,
    ROUNDS = 3,
    NARROW_BYTES = 4096, /* of the client's receive buffer */
    NARROW_SEGMENT = 536
};

struct interruption {
    struct context *c;
    struct fault *f; /* watches the handlers */
    enum call kind;
    int sig; /* the last that was sent; 0: none */
};

static const char *signal_name(int sig)
{
    static char text[16];

    if (sigabbrev_np(sig))
        snprintf(text, sizeof text, "SIG%s", sigabbrev_np(sig));
    else
        snprintf(text, sizeof text, "signal %d", sig);
    return text;
}

/* The signal that interrupts that call, or 0. A time limit on the socket lets
   any handler do it, and even a stop. SIGALRM may be the limit that the
   program sets a client itself: then to give up is right. */
static int choose(const struct interruption *i, const struct blocked_call *at)
{
    bool limited = socket_time_limit(
        at->tid, at->fd, i->kind == CALL_SEND ? SO_SNDTIMEO : SO_RCVTIMEO);
    struct interrupting of = { .restarting = limited,
                               .alarms = i->kind == CALL_ACCEPT };
    int sig = interrupting_signal(i->f, at->pid, at->tid, of);

    return sig == 0 && limited ? SIGSTOP : sig;
}

static bool stop_and_continue(struct context *c, pid_t pid)
{
    struct pid_list one = { NULL, 0, 0 };
    bool stopped = pid_list_add(&one, pid) == 0 &&
                   stop_processes(&one, wait_deadline(c)) == 0;

    continue_processes(&one);
    pid_list_free(&one);
    return stopped;
}

/* Interrupt that call, if it can be. */
static bool interrupt(struct interruption *i, const struct blocked_call *at)
{
    int sig = choose(i, at);

    if (sig == 0 || !(sig == SIGSTOP ? stop_and_continue(i->c, at->pid)
                                     : blocked_call_signal(i->c, at, sig)))
        return false;
    i->sig = sig;
    return true;
}

/* Nothing was interrupted. seen: a thread did sleep in such a call. */
static void tell_undelivered(const struct interruption *i, bool seen)
{
    char instead[256];

    if (server_ended(i->c)) {
        verdict_skip(i->c->v, "the server has ended");
    } else if (seen) {
        verdict_skip(i->c->v,
                     "nothing can interrupt its %s: no handler without "
                     "SA_RESTART was seen for a signal that it lets in",
                     call_name(i->kind));
    } else {
        stillness_now(instead, sizeof instead);
        verdict_skip(i->c->v, "none of its threads sleeps in %s: %s",
                     call_name(i->kind), instead);
    }
}

/* ---- is it the signal itself that harms? ---- */

static bool answers(struct context *c, struct talk *t, uint32_t sequence,
                    size_t n)
{
    struct verdict aside;
    bool answered;

    verdict_init(&aside);
    answered = client_exchange_text(c, t, sequence, n, &aside) ||
               t->trouble == TALK_WRONG;
    verdict_free(&aside);
    return answered;
}

/* What the held call asks for is there: it will not wait. */
static bool has_come(struct context *c, enum call kind, int fd)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct socket_info its;

    if (kind == CALL_SEND)
        return true; /* there is room */
    while (kind == CALL_ACCEPT ? queue_waiting(c) == 0
                               : !server_end(c, fd, &its) || its.rqueue == 0) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}

enum harm { HARM_NONE, HARM_DONE, HARM_UNKNOWN };

/* The signal comes while the call is held, and is dealt with after it: nothing
   is interrupted. */
static enum harm signal_alone(struct context *c, struct fault *f,
                              enum call kind, int sig)
{
    static const unsigned char byte[] = "x";
    enum harm harm = HARM_UNKNOWN;
    struct fault_call held;
    char why[160];
    struct talk t;

    client_init(c, &t, 0);
    if (!talk_connect(&t, &c->subject.address, wait_deadline(c)))
        return harm;
    talk_begin_with(&t, 0, byte, 1);
    t.enough = 1;
    (void)talk_go(&t);
    if (fault_wait_held(f, kind, wait_deadline(c), &held) &&
        has_come(c, kind, t.fd) &&
        process_signal_thread(procfs_process_of(held.pid), held.pid, sig) ==
            0 &&
        fault_answer(f, &held, 0)) {
        fault_release(f, kind);
        harm = talk_finish(&t, wait_deadline(c)) &&
                       answers(c, &t, 1, MESSAGE) &&
                       client_served(c, UINT32_MAX, why, sizeof why)
                   ? HARM_NONE
                   : HARM_DONE;
    }
    talk_leave(&t);
    return harm;
}

/* Where it failed: the same signal at a moment at which it interrupts
   nothing. */
static void blame(struct interruption *i)
{
    struct context *c = i->c;
    enum harm harm;
    struct fault *f;

    if (!verdict_has_failed(c->v) || i->sig == 0)
        return;
    if (i->sig == SIGSTOP) {
        /* Of accept it is the very thing that is asked. */
        if (i->kind != CALL_ACCEPT)
            stop_alone_excuse(c, STOP_ALL);
        return;
    }
    f = faulty_up(c, CALL_BIT(i->kind), i->kind == CALL_ACCEPT);
    if (!f)
        return;
    if (i->kind != CALL_ACCEPT)
        fault_hold(f, i->kind, fault_is_connected, NULL);
    harm = signal_alone(c, f, i->kind, i->sig);
    if (harm != HARM_NONE)
        verdict_excuse(c->v, "%s alone, where it interrupts nothing, %s",
                       signal_name(i->sig),
                       harm == HARM_DONE ? "keeps it from serving as well"
                                         : "could not be tried");
    faulty_stop(c, f);
}

static bool begin(struct interruption *i, struct context *c, enum call kind)
{
    *i = (struct interruption){ .c = c, .kind = kind };
    i->f = faulty_up(c, CALL_BIT(CALL_SIGACTION), false);
    return i->f != NULL;
}

static void end(struct interruption *i, bool good)
{
    if (good && i->sig)
        verdict_pass(i->c->v);
    faulty_down(i->c, i->f);
    blame(i);
}

/* ---- accept ---- */

static void accept_eintr(struct context *c)
{
    struct blocked_call call[MOST_CALLS];
    struct interruption i;
    char after[64];
    bool good = true;
    size_t n;

    if (!begin(&i, c, CALL_ACCEPT))
        return;
    faulty_wait_idle(c);
    n = blocked_calls_wait(c, CALL_ACCEPT, 0, call, MOST_CALLS,
                           deadline_in(LOOK_MS));
    for (size_t k = 0; k < n && k < MOST_CALLS; k++)
        if (interrupt(&i, &call[k]))
            verdict_fact(c->v, "pid %d, in accept of fd %d, had %s",
                         (int)call[k].tid, call[k].fd, signal_name(i.sig));
    if (i.sig) {
        snprintf(after, sizeof after, "after %s interrupted accept,",
                 signal_name(i.sig));
        good = faulty_lives(c, NULL, after);
    } else {
        tell_undelivered(&i, n > 0);
    }
    end(&i, good);
}

/* ---- recv ---- */

/* Find the thread that sleeps in that call on the connection. Once one did, it
   is waited for, as long as the connection is there. */
static bool sleeps_on(struct interruption *i, int fd, bool *seen,
                      struct blocked_call *call)
{
    struct deadline d = wait_deadline(i->c);
    struct socket_info its;

    wait_asleep(i->c);
    while (server_end(i->c, fd, &its) && its.inode) {
        if (blocked_calls_wait(i->c, i->kind, its.inode, call, 1,
                               deadline_in(LOOK_MS)) > 0)
            return *seen = true;
        if (!*seen || deadline_passed(d))
            break;
    }
    return false;
}

static bool interrupt_on(struct interruption *i, int fd, bool *seen)
{
    struct blocked_call call;

    return sleeps_on(i, fd, seen, &call) && interrupt(i, &call);
}

/* A message there and back, interrupted before its first byte and when a part
   of it has come. False: the verdict fails. */
static bool message_interrupted(struct interruption *i, struct talk *t,
                                uint32_t sequence, bool *seen)
{
    struct context *c = i->c;
    unsigned char text[MESSAGE];

    exchange_text(text, sizeof text, c->seed + sequence);
    (void)interrupt_on(i, t->fd, seen);
    talk_begin_with(t, sequence, text, sizeof text);
    talk_hold(t, PART);
    (void)talk_go(t);
    if (talk_is_held(t)) {
        (void)interrupt_on(i, t->fd, seen);
        talk_hold(t, 0);
    }
    if (talk_finish(t, wait_deadline(c)))
        return true;
    talk_fail(t, c->v);
    return false;
}

static void recv_eintr(struct context *c)
{
    struct interruption i;
    bool good, seen = false;
    struct talk t;

    if (!begin(&i, c, CALL_RECV))
        return;
    good = client_come(c, &t, 0) && client_begun(c, &t);
    if (!good)
        faulty_too_soon(c);
    for (uint32_t k = 0;
         good && k < (c->protocol->once ? 1 : ROUNDS) && (k == 0 || i.sig); k++)
        good = message_interrupted(&i, &t, k + 1, &seen);
    if (!good && i.sig)
        verdict_fact(c->v, "%s interrupted its recv", signal_name(i.sig));
    else if (good && !i.sig)
        tell_undelivered(&i, seen);
    else if (!good)
        faulty_too_soon(c);
    talk_leave(&t);
    end(&i, good);
}

/* ---- send ---- */

/* The first signal may find a part of the message gone, and cuts that send
   short; the second finds nothing gone. */
static bool send_interrupted(struct interruption *i, struct backpressure *p)
{
    bool seen = false;
    char after[64];

    if (backpressure_send(p, BACKPRESSURE_MOST) != BACKPRESSURE_BLOCKED) {
        verdict_skip(i->c->v, "it never waits in send for its client: it "
                              "reads on, or ended");
        return true;
    }
    for (int k = 0; k < ROUNDS; k++)
        if (!interrupt_on(i, p->fd, &seen))
            break;
    if (!i->sig) {
        tell_undelivered(i, seen);
        return true;
    }
    snprintf(after, sizeof after, "after %s interrupted its send",
             signal_name(i->sig));
    return faulty_all_back(i->c, p, after);
}

static void send_eintr(struct context *c)
{
    struct backpressure p;
    struct interruption i;
    bool good;
    int fd;

    if (!begin(&i, c, CALL_SEND))
        return;
    fd = client_open_narrow(c, NARROW_BYTES, NARROW_SEGMENT);
    good = fd >= 0;
    if (good && backpressure_begin(&p, c, fd) < 0)
        verdict_error(c->v, "no memory");
    else if (good)
        good = send_interrupted(&i, &p);
    if (fd >= 0)
        backpressure_free(&p);
    conn_close(fd);
    end(&i, good);
}

static const struct test_case cases[] = {
    { "fault/accept-eintr", MUST, "accept interrupted: it serves on",
      "UNP 5.9; accept(2); signal(7)", accept_eintr, 20,
      "Each thread that sleeps in accept gets a signal that the server catches "
      "by a handler without SA_RESTART (not TERM, INT, QUIT or HUP); then a "
      "new client must be served. Where no such handler is installed, or it "
      "waits in another call: a skip.",
      "if ((cfd = accept(...)) < 0) exit(1): SIGCHLD of a worker that ends is "
      "enough.",
      "On EINTR go back to accept (or install the handler with SA_RESTART)." },
    { "fault/recv-eintr", MUST, "a read interrupted loses no byte", "signal(7)",
      recv_eintr, 20,
      "The thread that sleeps in a read of a connection gets such a signal, "
      "before a message and when 7 bytes of it have come; all of it must come "
      "back.",
      "while ((n = recv(...)) > 0): EINTR is taken for end of file.",
      "if (n < 0 && errno == EINTR) continue;" },
    { "fault/send-eintr", MUST, "a write interrupted loses and repeats no byte",
      "signal(7)", send_eintr, 20,
      "A client does not read until the server sleeps in a write to it; that "
      "thread gets such a signal, three times. Then the client reads: each "
      "byte must come, once.",
      "Giving up, or sending the whole buffer anew after a part of it.",
      "Send the rest from where it stopped, in a loop.", .echo = true },
};

const struct case_table fault_eintr_cases = CASE_TABLE(cases);
