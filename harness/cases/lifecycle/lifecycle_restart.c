/* SPDX-License-Identifier: MIT */
/* Where the server listens, and what a further start on the same address meets:
   what an earlier one left behind, or one that serves. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/second_start.h"
#include "kit/wait_idle.h"
#include "kit/held_clients.h"
#include "kit/simple_client.h"

#include "linux/process_signal.h"
#include "linux/spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { SAID_BYTES = 4096, NEW_CLIENTS = 4 };

/* What it printed on stderr; the caller frees. NULL: nothing. */
static char *on_stderr(const struct subject *s)
{
    char *said = spawn_captured(s->err, SAID_BYTES);

    if (said && said[0])
        return said;
    free(said);
    return NULL;
}

static void tell_stderr(struct verdict *v, const struct subject *s)
{
    char *said = on_stderr(s);

    verdict_fact(v, "%s%s", said ? "it printed: " : "it printed nothing",
                 said ? said : "");
    free(said);
}

/* ---- after a stop ---- */

/* Start it again where the first one was. The case's server is the new one
   from here on. */
static void must_bind(struct context *c, const char *beside)
{
    struct subject next;
    enum subject_up up;

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
        tell_stderr(c->v, &next);
    }
    subject_free(&c->subject);
    c->subject = next;
}

struct wait_for {
    int client_port;
    int state;
};

static int is_that(const struct socket_info *i, void *arg)
{
    struct wait_for *w = arg;

    w->state = i->state;
    return address_port(&i->remote) == w->client_port;
}

static bool time_wait_seen(struct context *c, int client_port)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct wait_for w = { .client_port = client_port };

    while (sockdiag_each(c->subject.sd, SOCKDIAG_TIME_WAIT, c->port, is_that,
                         &w) != 1) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}

/* Whoever does not stop at SIGTERM in half of the time, or leaves workers, is
   stopped for good: the kernel closes in its place. */
static void stop_for_good(struct context *c)
{
    double ms = plan_timeout_ms(c->plan) / 2;
    struct deadline d = deadline_in(ms);
    struct pause pause = { 0 };

    (void)process_signal(c->subject.server, SIGTERM);
    while (procfs_alive(c->subject.server) && !deadline_passed(d)) {
        (void)subject_ended(&c->subject);
        pause_until(&pause, d);
    }
    second_start_clear(&c->subject);
}

void restart_at_once(struct context *c)
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
        verdict_skip(c->v, "it ends its connections with RST: no TIME_WAIT stays "
                     "on its port");
    else if (end != CONN_FIN || !time_wait_seen(c, port))
        verdict_error(c->v, "no TIME_WAIT on the server's port was seen (%s came "
                      "when it stopped)", conn_end_name(end));
    else
        must_bind(c, "TIME_WAIT on its port");
}

/* Where each client has its worker, that one serves on, and holds the
   connection; whoever else was there is killed, and all of it elsewhere:
   preforked workers would go on listening. */
static bool kill_server(struct context *c, const struct held_client *g)
{
    struct pid_list l = { NULL, 0, 0 };
    bool ended = true;

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
        if (!pid_list_has(&g->workers, l.pid[i]) &&
            !process_ended(c, l.pid[i]))
            ended = false;
    pid_list_free(&l);
    if (!ended)
        verdict_error(c->v, "pid %d could not be killed",
                      (int)c->subject.server);
    return ended;
}

void restart_beside_client(struct context *c)
{
    struct held_client g = { .fd = -1 };
    struct socket_info end;

    if (server_up(c) && held_clients_begin(c, &g, 1) && kill_server(c, &g)) {
        if (server_end(c, g.fd, &end)) {
            verdict_fact(c->v, "the client's connection is in %s on the server's "
                         "side", sockdiag_state_name(end.state));
            must_bind(c, "a client of the killed server still connected");
        } else {
            verdict_skip(c->v, "the connection of the killed server is gone, its "
                         "client was reset");
        }
    }
    held_clients_end(&g, 1);
}

/* ---- where it listens ---- */

struct elsewhere {
    struct context *c;
    struct address asked;   /* as COMMAND was told: 0.0.0.0 is no 127.0.0.1 */
    struct pid_list pids;
    bool any_address;       /* the command was not told one */
    size_t found;
};

/* All addresses are all addresses: where sockets are of both families, as a
   JVM's are, 0.0.0.0 becomes ::. */
static bool is_asked(const struct elsewhere *e, const struct address *a)
{
    if (address_port(a) != address_port(&e->asked))
        return false;
    return e->any_address || address_same_host(a, &e->asked) ||
           (address_is_any(a) && address_is_any(&e->asked));
}

static int note_elsewhere(const struct socket_info *i, void *arg)
{
    struct elsewhere *e = arg;
    char text[ADDRESS_TEXT];
    pid_t holder = 0;

    if (is_asked(e, &i->local))
        return 0;
    for (size_t k = 0; k < e->pids.n && !holder; k++)
        if (procfs_holds_socket(e->pids.pid[k], i->inode))
            holder = e->pids.pid[k];
    if (holder) {
        e->found++;
        verdict_observed(e->c->v, "pid %d listens on %s", (int)holder,
                         address_text(&i->local, text));
        verdict_fact(e->c->v, "pid %d holds socket:[%lu], which listens on %s",
                     (int)holder, i->inode, text);
    }
    return 0;
}

void listens_where_asked(struct context *c)
{
    struct elsewhere e = { .c = c, .pids = { NULL, 0, 0 } };
    struct snapshot now = { .n = 0 };
    char asked[ADDRESS_TEXT], why[96];

    e.any_address = c->target.fixed || !target_tells_ip(&c->target);
    (void)address_parse(&e.asked, c->target.ip, c->port);   /* it is one */
    if (!server_up(c))
        return;
    (void)simple_client_new(c, why, sizeof why);    /* past its start by then */
    if (wait_idle(c, &now)) {
        verdict_expected(c->v, e.any_address ? "no other port than that of %s"
                         : "%s, and nothing else",
                         address_text(&e.asked, asked));
        if (subject_processes(&c->subject, &e.pids) < 0 ||
            sockdiag_each(c->subject.sd, SOCKDIAG_LISTEN, 0, note_elsewhere,
                          &e) < 0)
            verdict_error(c->v, "cannot list listening sockets: %s",
                          strerror(errno));
        else if (e.found)
            verdict_fail(c->v, "it listens where it was not asked to");
        else
            verdict_pass(c->v);
    }
    pid_list_free(&e.pids);
    snapshot_free(&now);
}

/* ---- beside one that serves ---- */

static bool undisturbed(struct context *c, int *old, char *why, size_t size)
{
    if (!procfs_alive(c->subject.server)) {
        snprintf(why, size, "the first server has ended");
        return false;
    }
    if (!subject_listens(&c->subject)) {
        snprintf(why, size, "the first server listens no more");
        return false;
    }
    if (!simple_client_again(c, *old, why, size))
        return false;
    clients_close(old, 1);      /* some serve one at a time */
    for (int i = 0; i < NEW_CLIENTS; i++)
        if (!simple_client_new(c, why, size))
            return false;
    return true;
}

void second_instance(struct context *c)
{
    struct subject second;
    char where[ADDRESS_TEXT], why[160];
    int old;

    if (!server_up(c) || (old = simple_client_stay(c)) < 0)
        return;
    if (second_start_start(c, &second, NULL)) {
        enum second_start_end end = second_start_watch(&second, start_deadline(c), where);

        verdict_fact(c->v, "the second start: %s%s", second_start_status(&second),
                     end == SECOND_LISTENS ? ", and it listens too" : "");
        if (undisturbed(c, &old, why, sizeof why)) {
            verdict_pass(c->v);
        } else {
            verdict_expected(c->v, "a second start leaves the first serving");
            verdict_observed(c->v, "%s", why);
            verdict_fail(c->v, "a second start disturbs the first: %s", why);
        }
    }
    conn_close(old);
    second_start_close(&second);
}

static void judge_refused(struct context *c, const struct subject *s,
                          enum second_start_end end, const char *where)
{
    struct verdict *v = c->v;
    char *said = on_stderr(s);

    if (end == SECOND_OVER && said && WIFEXITED(s->start_status) &&
        WEXITSTATUS(s->start_status) != 0) {
        verdict_pass(v);
    } else {
        verdict_expected(v, "with the address in use: a message on stderr, "
                         "and a status that is not 0");
        verdict_observed(v, "start command: %s%s%s; on stderr: %s",
                         second_start_status(s), end == SECOND_LISTENS ?
                         "; it listens on " : "", where,
                         said ? said : "nothing");
        verdict_fail(v, "%s", end == SECOND_LISTENS ? "both share the address"
                     : end == SECOND_RUNS ? "the second start does not end"
                     : said ? "the second start ends as if all were well"
                     : "the second start says nothing on stderr");
    }
    free(said);
}

void address_in_use(struct context *c)
{
    struct subject second;
    char where[ADDRESS_TEXT] = "";
    if (!server_up(c))
        return;
    if (second_start_start(c, &second, NULL))
        judge_refused(c, &second,
                      second_start_watch(&second, start_deadline(c), where), where);
    second_start_close(&second);
}
