/* SPDX-License-Identifier: MIT */
/* A further start on the same address meets what an earlier one left behind. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/held_clients.h"
#include "kit/second_start.h"
#include "kit/server_output.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "linux/process_signal.h"

#include <signal.h>

struct unheld {
    const struct subject *subject;
    bool any;
};

static int note_unheld(const struct socket_info *i, void *arg)
{
    struct unheld *u = arg;
    struct pid_list l = { NULL, 0, 0 };

    if (subject_is_listener(u->subject, i->inode) &&
        subject_holders(u->subject, i->inode, &l) == 0 && l.n == 0)
        u->any = true;
    pid_list_free(&l);
    return u->any;
}

/* A listening socket may outlive the last process that held it: the kernel lets
   go of one that a request of io_uring(7) names, or that is on its way through
   a socket of AF_UNIX, when it comes to it. That is not the server's doing. One
   that a process still holds is, and is not waited for. */
static void wait_listeners_gone(struct context *c)
{
    /* The kernel's to do: the target has ended. */
    struct deadline d = deadline_in(plan_timeout_ms(c->plan));
    struct pause pause = { 0 };

    for (;;) {
        struct unheld u = { &c->subject, false };

        if (subject_each_socket(&c->subject, SOCKDIAG_LISTEN, note_unheld, &u) <
                0 ||
            !u.any || deadline_passed(d))
            return;
        pause_until(&pause, d);
    }
}

/* Start it again where the first one was. From here on the case's server is the
   new one. */
static void must_bind(struct context *c, const char *beside)
{
    struct subject next;
    enum subject_up up;

    wait_listeners_gone(c);
    if (!second_start_start(c, &next, NULL)) {
        second_start_close(&next);
        return;
    }
    up = subject_wait(&next, start_deadline(c));
    if (up == SUBJECT_UP) {
        verdict_pass(c->v);
    } else {
        verdict_expected(c->v, "it binds the same address at once, with %s",
                         beside);
        verdict_observed(c->v, "%s", next.why);
        verdict_fail(c->v, "it cannot be started again with %s", beside);
        server_output_tell(c->v, &next);
    }
    subject_move(&c->subject, &next);
}

static int is_of_client(const struct socket_info *i, void *client_port)
{
    return address_port(&i->remote) == *(int *)client_port;
}

static bool time_wait_seen(struct context *c, int client_port)
{
    const struct subject *s = &c->subject;
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    while (subject_each_socket(s, SOCKDIAG_TIME_WAIT, is_of_client,
                               &client_port) != 1) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}

/* Stop all of it: first by SIGTERM; what has not ended in half of the time is
   killed, and the kernel closes its connections. */
static void stop_for_good(struct context *c)
{
    double ms = plan_timeout_ms(c->plan) / 2;
    struct deadline d = deadline_in(ms);
    struct pause pause = { 0 };

    c->ends_it = true;
    (void)process_signal(c->subject.server, SIGTERM);
    while (procfs_alive(c->subject.server) && !deadline_passed(d)) {
        (void)subject_ended(&c->subject);
        pause_until(&pause, d);
    }
    second_start_clear(&c->subject);
}

static void restart_at_once(struct context *c)
{
    enum conn_end end;
    int fd, port;

    if (!server_up(c) || (fd = simple_client_stay(c)) < 0)
        return;
    port = conn_local_port(fd);
    stop_for_good(c);
    end = conn_end_of(fd, wait_deadline(c));
    conn_close(fd);
    if (end == CONN_RST)
        verdict_skip(c->v,
                     "it ends its connections with RST: no TIME_WAIT stays "
                     "on its port");
    else if (end != CONN_FIN || !time_wait_seen(c, port))
        verdict_error(c->v,
                      "no TIME_WAIT on the server's port was seen (%s came "
                      "when it stopped)",
                      conn_end_name(end));
    else
        must_bind(c, "TIME_WAIT on its port");
}

/* Kill the server. If the client has a worker of its own, that serves on and
   holds the connection, and all others are killed. Else all of it is killed:
   preforked workers would go on listening. */
static bool kill_server(struct context *c, const struct held_client *g)
{
    struct pid_list l = { NULL, 0, 0 };
    bool ended = true;

    c->ends_it = true;
    if (g->workers.n == 0) {
        second_start_clear(&c->subject);
        return true;
    }
    if (subject_processes(&c->subject, &l) < 0)
        ended = false;
    for (size_t i = 0; i < l.n; i++)
        if (!pid_list_has(&g->workers, l.pid[i]))
            (void)process_signal(l.pid[i], SIGKILL);
    for (size_t i = 0; i < l.n; i++)
        if (!pid_list_has(&g->workers, l.pid[i]) && !process_ended(c, l.pid[i]))
            ended = false;
    pid_list_free(&l);
    if (!ended)
        verdict_error(c->v, "pid %d could not be killed",
                      (int)c->subject.server);
    return ended;
}

static void restart_beside_client(struct context *c)
{
    struct held_client g = { .fd = -1 };
    struct socket_info end;

    if (server_up(c) && held_clients_begin(c, &g, 1) && kill_server(c, &g)) {
        if (server_end(c, g.fd, &end)) {
            verdict_fact(c->v,
                         "the client's connection is in %s on the server's "
                         "side",
                         sockdiag_state_name(end.state));
            must_bind(c, "a client of the killed server still connected");
        } else {
            verdict_skip(c->v,
                         "the connection of the killed server is gone, its "
                         "client was reset");
        }
    }
    held_clients_end(&g, 1);
}

static const struct test_case cases[] = {
    { "lifecycle/restart-at-once", MUST,
      "after a stop the same address is bound at once, despite TIME_WAIT",
      "UNP 7.5", restart_at_once, 0,
      "It is stopped with a client connected, so that it closes first; "
      "sock_diag shows TIME_WAIT on its port; once the kernel has let go of "
      "its listening sockets it must listen there again.",
      "bind without SO_REUSEADDR: Address already in use, for a minute.",
      "setsockopt(lfd, SOL_SOCKET, SO_REUSEADDR, ...) before bind." },
    { "lifecycle/restart-beside-client", SHOULD,
      "likewise while a client of the killed server is still connected",
      "UNP 7.5", restart_beside_client, 0,
      "SIGKILL to all of it while a client is connected, but to the process "
      "that was made for that client; it must listen on the same address "
      "again.",
      "No SO_REUSEADDR; or the worker that is left holds the listening "
      "socket.",
      "SO_REUSEADDR before bind, and close(lfd) in the worker." },
};

const struct case_table lifecycle_restart_cases = CASE_TABLE(cases);
