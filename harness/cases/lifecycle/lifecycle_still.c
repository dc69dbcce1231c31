/* SPDX-License-Identifier: MIT */
/* lifecycle/still-serving: what clients may do to a server, one thing after
   another; then one more client. Nothing but that last one is judged here. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/client_pool.h"
#include "kit/wait_idle.h"

#include <string.h>
#include <sys/socket.h>

enum { AT_ONCE = 50, FLOOD = 512 * 1024 };

static bool come(struct context *c, struct talk *t)
{
    client_init(c, t, UINT32_MAX);
    return talk_connect(t, &c->subject.address, wait_deadline(c));
}

/* Each of these clients does what it can; whether that did harm is seen at the
   end. One resets while the server waits for it to say something, one in the
   middle of a request. */
static void reset(struct context *c, bool in_request)
{
    struct talk t;

    if (!come(c, &t))
        return;
    talk_begin(&t, 0);
    t.enough = FRAME_BYTES;
    (void)talk_finish(&t, wait_deadline(c));
    if (in_request && !c->protocol->once) {
        talk_begin(&t, 1);
        talk_hold_half(&t);
        (void)talk_go(&t);
    }
    talk_reset(&t);
}

static void half_frame(struct context *c)
{
    struct talk t;

    if (come(c, &t)) {
        talk_begin(&t, 0);
        talk_hold_half(&t);
        (void)talk_go(&t);
    }
    talk_close(&t);
}

static void empty(struct context *c)
{
    struct talk t;

    (void)come(c, &t);
    talk_close(&t);
}

static void urgent(struct context *c)
{
    struct talk t;

    if (come(c, &t))
        (void)send(t.fd, "!", 1, MSG_OOB | MSG_NOSIGNAL);
    talk_close(&t);
}

/* Sends as much as it can at once, and resets when the first byte is back. A
   client that has not been accepted by then is the matter of
   load/reset-before-accept. */
static void flood(struct context *c)
{
    static const char bytes[FLOOD];
    struct talk t;
    char byte;

    if (!come(c, &t))
        return;
    (void)send(t.fd, bytes, sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)conn_recv(t.fd, &byte, 1, wait_deadline(c));
    talk_reset(&t);
}

/* False: decided. */
static bool many_at_once(struct context *c)
{
    struct client_pool m;
    bool opened = client_pool_open(&m, c, AT_ONCE) == 0;

    if (opened)
        (void)client_pool_talk(&m, 0);
    else
        verdict_error(c->v, "%d clients cannot be had", AT_ONCE);
    client_pool_close(&m);
    return opened;
}

static void still_serving(struct context *c)
{
    if (!server_up(c))
        return;
    reset(c, false);
    reset(c, true);
    half_frame(c);
    empty(c);
    urgent(c);
    flood(c);
    if (!many_at_once(c))
        return;
    wait_asleep(c); /* it has seen them leave */
    if (must_serve(c, "after all that"))
        verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "lifecycle/still-serving", MUST,
      "after clients of every kind, one more is served", "UNP 5.11",
      still_serving, 0,
      "A reset, a half frame, an empty connection, an urgent byte, a flood cut "
      "off, 50 at once (in stress mode: the crowd). Then one client connects, "
      "sends a frame and has it back.",
      "exit(1) when accept, fork or a client fails.",
      "Treat what concerns one client as that client's end alone.",
      .holds = 50 },
};

const struct case_table lifecycle_still_cases = CASE_TABLE(cases);
