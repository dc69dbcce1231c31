/* SPDX-License-Identifier: MIT */
/* A further start on the same address meets what an earlier one left behind. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/held_clients.h"
#include "kit/second_start.h"
#include "kit/server_output.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "linux/process_signal.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
static bool must_start(struct context *c, const struct subject_how *how,
                       const char *expected, const char *with)
{
    struct subject next;
    enum subject_up up;

    wait_listeners_gone(c);
    if (!second_start_start(c, &next, how)) {
        second_start_close(&next);
        return false;
    }
    up = subject_wait(&next, start_deadline(c));
    if (up != SUBJECT_UP) {
        verdict_expected(c->v, "%s, with %s", expected, with);
        verdict_observed(c->v, "%s", next.why);
        verdict_fail(c->v, "it cannot be started again with %s", with);
        server_output_tell(c->v, &next);
    }
    subject_move(&c->subject, &next);
    return up == SUBJECT_UP;
}

static void must_bind(struct context *c, const char *beside)
{
    if (must_start(c, NULL, "it binds the same address at once", beside))
        verdict_pass(c->v);
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
    struct talk t;
    int port;

    if (!server_up(c) || !simple_client_stay(c, &t))
        return;
    port = conn_local_port(t.fd);
    stop_for_good(c);
    end = conn_end_of(t.fd, wait_deadline(c));
    talk_close(&t);
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
    struct held_client g;
    struct socket_info end;

    held_clients_none(&g, 1);
    if (server_up(c) && held_clients_begin(c, &g, 1) && kill_server(c, &g)) {
        if (server_end(c, g.talk.fd, &end)) {
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

/* ---- with what it left in {dir} ---- */

enum { NAMES = 200 };

/* What lies in {dir}, by name, and whether any of it is another user's. */
struct left {
    char names[NAMES];
    bool anothers;
};

/* Where fs.protected_regular is set, a directory that all may write to and that
   is sticky, as {dir} is, keeps even root from opening another user's file in
   it with O_CREAT: a server that gave its pid file to its user could start
   again in a directory below /run, and here it could not. */
static void unprotect(int dir, const struct left *l)
{
    if (l->anothers)
        (void)fchmod(dir, 0777); /* it is ours */
}

static void look_at_dir(struct context *c, struct left *l)
{
    const char *name = strrchr(c->subject.dir, '/') + 1;
    int fd = openat(c->sandbox->dir_fd, name,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;
    struct stat st;

    *l = (struct left){ .names = "" };
    while (dir && (e = readdir(dir))) {
        size_t used = strlen(l->names), room = sizeof l->names - used;

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (strlen(e->d_name) + 2 < room)
            snprintf(l->names + used, room, "%s%s", used ? ", " : "",
                     e->d_name);
        if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            st.st_uid != geteuid())
            l->anothers = true;
    }
    if (dir)
        unprotect(fd, l);
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
}

static int is_no_listener(const struct socket_info *i, void *unused)
{
    (void)i;
    (void)unused;
    return 1;
}

static bool port_remembered(struct context *c)
{
    return subject_each_socket(&c->subject, ~SOCKDIAG_LISTEN, is_no_listener,
                               NULL) == 1;
}

static void start_after_kill(struct context *c)
{
    const struct subject_how how = { .again = &c->subject };
    bool served, remembered;
    struct left left;
    char why[160];

    if (!target_uses_dir(&c->target)) {
        verdict_skip(c->v, "no {dir} in COMMAND: what it leaves elsewhere is "
                           "not looked at");
        return;
    }
    if (!server_up(c))
        return;
    served = simple_client_new(c, why, sizeof why);
    if (!second_start_kill(c))
        return;
    look_at_dir(c, &left);
    verdict_fact(c->v, "killed, it left %s in {dir}",
                 left.names[0] ? left.names : "nothing");
    remembered = port_remembered(c);
    if (must_start(c, &how, "it starts again in the same {dir}",
                   "what it left when it was killed") &&
        (!served || simple_client_must(c, "after SIGKILL and another start")))
        verdict_pass(c->v);
    if (remembered && verdict_has_failed(c->v))
        verdict_excuse(c->v, "a connection of before keeps its port: see "
                             "lifecycle/restart-at-once");
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
    { "lifecycle/start-after-kill", SHOULD,
      "killed by SIGKILL, it starts again in the same {dir}", "kill(2)",
      start_after_kill, 0,
      "SIGKILL to all of it once a client was served; then the command is "
      "started once more with the same address and the same {dir}, whatever "
      "lies there. It must listen, and serve a client.",
      "A pid file, lock file or socket in the file system that is there "
      "already counts as a server that runs: nobody was left to remove it.",
      "flock(2) or fcntl(2) on the pid file, which the kernel undoes when its "
      "process ends; unlink a socket that nobody answers before bind." },
};

const struct case_table lifecycle_restart_cases = CASE_TABLE(cases);
