/* SPDX-License-Identifier: MIT */
/* echo/: a connection that its client closes is over for the server, too. */
#include "cases/echo/echo.h"

#include "kit/client_pool.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <string.h>

/* ---- echo/close-follows-close ---- */

static void tell_holders(struct context *c, const struct socket_info *end)
{
    struct pid_list l = { NULL, 0, 0 };

    if (subject_holders(&c->subject, end->inode, &l) == 0)
        for (size_t i = 0; i < l.n; i++)
            verdict_fact(c->v, "pid %d [%d] holds it", (int)l.pid[i],
                         (int)procfs_inner_pid(l.pid[i]));
    pid_list_free(&l);
}

/* Whether the server still has to close: the client's FIN has come, its own
   has not been sent. */
static bool owes_fin(struct context *c, const struct address *client,
                     struct socket_info *end)
{
    return server_end_of(c, client, end) &&
           (strcmp(sockdiag_state_name(end->state), "CLOSE_WAIT") == 0 ||
            strcmp(sockdiag_state_name(end->state), "ESTABLISHED") == 0);
}

static void close_follows_close(struct context *c)
{
    struct pause pause = { 0 };
    struct socket_info end;
    struct deadline d;
    struct address client;
    struct talk t;

    if (!server_up(c) || !simple_client_stay(c, &t))
        return;
    if (conn_local(t.fd, &client) < 0 || !server_end_of(c, &client, &end)) {
        verdict_skip(c->v, "the server's sockets cannot be seen from here");
        talk_close(&t);
        return;
    }
    talk_close(&t);
    d = wait_deadline(c);
    while (owes_fin(c, &client, &end) && !deadline_passed(d))
        pause_until(&pause, d);
    if (!owes_fin(c, &client, &end)) {
        verdict_pass(c->v);
        return;
    }
    verdict_expected(c->v, "the server closes its side after the client's FIN");
    verdict_observed(c->v, "its socket, inode %lu, stays in %s", end.inode,
                     sockdiag_state_name(end.state));
    verdict_fail(c->v, "the server's side stays in %s",
                 sockdiag_state_name(end.state));
    tell_holders(c, &end);
}

/* ---- echo/empty-connection ---- */

/* A client that sends nothing. It half-closes, so that the server's end can be
   seen, or closes at once. The next client comes when this one has been
   accepted. */
static bool empty(struct context *c, bool look)
{
    int fd = client_open(c);
    bool good;

    if (fd < 0)
        return false;
    good = !look || exchange_end(fd, wait_deadline(c), c->v);
    conn_close(fd);
    (void)queue_empty(c);
    return good;
}

static void empty_connection(struct context *c)
{
    if (!server_up(c))
        return;
    if (!empty(c, true) || !empty(c, false) || !empty(c, true))
        return;
    wait_asleep(c); /* it has seen them leave */
    if (must_serve(c, "after empty connections"))
        verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "echo/close-follows-close", MUST,
      "the server closes its side once the client has: no CLOSE_WAIT stays",
      "RFC 9293 3.6", close_follows_close, 0,
      "sock_diag: the server's end of a connection that its client closed "
      "leaves ESTABLISHED and CLOSE_WAIT; else who holds it.",
      "The parent keeps its copy of the connected socket, or recv's 0 is "
      "taken for \"nothing yet\".",
      "Close the connection at end of file, in every process that has it.",
      .leaves_as_found = true },
    { "echo/empty-connection", MUST,
      "a connection closed without a byte sent gets FIN and no byte, and harms "
      "nothing",
      "RFC 9293 3.6", empty_connection, 0,
      "Connect and half-close: FIN must come, and no byte. Then connect and "
      "close; then a new client must be served.",
      "recv returns 0 at once, and a reply of 0 or sizeof buf bytes, or an "
      "exit, follows.",
      "Treat 0 from recv as the end of this connection, first of all.",
      .leaves_as_found = true },
};

const struct case_table echo_close_cases = CASE_TABLE(cases);
