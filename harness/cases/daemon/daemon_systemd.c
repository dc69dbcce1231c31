/* SPDX-License-Identifier: MIT */
/* What a service manager and a server say to each other: sd_notify(3), by a
   datagram, and sd_listen_fds(3), by descriptor 3 and the environment. A server
   that knows nothing of it is skipped. */
#include "cases/daemon/daemon.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "linux/child_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- daemon/sd-notify ---- */

enum { MESSAGE_BYTES = 4096, MOST_FDS = 16 };

struct notify {
    int fd;
    struct sockaddr_un at;
    struct supervised supervised;
    bool ready;
    pid_t sender; /* of READY=1, by outer pid */
};

/* Whoever the server has become may send there. */
static bool notify_open(struct context *c, struct notify *n)
{
    const int on = 1;

    *n = (struct notify){ .at = { .sun_family = AF_UNIX } };
    n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if ((size_t)snprintf(n->at.sun_path, sizeof n->at.sun_path, "%s/notify",
                         c->sandbox->dir) >= sizeof n->at.sun_path)
        errno = ENAMETOOLONG;
    else if (n->fd >= 0 &&
             bind(n->fd, (const struct sockaddr *)&n->at, sizeof n->at) == 0 &&
             chmod(n->at.sun_path, 0777) == 0 &&
             setsockopt(n->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0)
        return true;
    verdict_error(c->v, "no socket to be notified by: %s", strerror(errno));
    return false;
}

static void notify_close(struct notify *n)
{
    if (n->fd >= 0)
        close(n->fd);
    (void)unlink(n->at.sun_path);
}

/* Descriptors come with BARRIER=1, whose sender waits until they are closed. */
static pid_t sender_of(struct msghdr *m)
{
    pid_t pid = 0;

    for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
        if (h->cmsg_level != SOL_SOCKET)
            continue;
        if (h->cmsg_type == SCM_CREDENTIALS) {
            struct ucred who;

            memcpy(&who, CMSG_DATA(h), sizeof who);
            pid = who.pid;
        } else if (h->cmsg_type == SCM_RIGHTS) {
            size_t many = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);

            for (size_t i = 0; i < many; i++) {
                int fd;

                memcpy(&fd, CMSG_DATA(h) + i * sizeof fd, sizeof fd);
                close(fd);
            }
        }
    }
    return pid;
}

static bool has_line(char *text, const char *wanted)
{
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest))
        if (strcmp(line, wanted) == 0)
            return true;
    return false;
}

/* Take all that has come. */
static void notify_take(struct notify *n)
{
    for (;;) {
        char text[MESSAGE_BYTES + 1];
        union {
            char buf[CMSG_SPACE(sizeof(struct ucred)) +
                     CMSG_SPACE(MOST_FDS * sizeof(int))];
            struct cmsghdr align;
        } room;
        struct iovec iov = { text, MESSAGE_BYTES };
        struct msghdr m = { .msg_iov = &iov,
                            .msg_iovlen = 1,
                            .msg_control = room.buf,
                            .msg_controllen = sizeof room.buf };
        ssize_t got = recvmsg(n->fd, &m, MSG_CMSG_CLOEXEC);
        pid_t sender;

        if (got < 0)
            return;
        text[got] = '\0';
        sender = sender_of(&m);
        if (!n->ready && has_line(text, "READY=1")) {
            n->ready = true;
            n->sender = sender;
        }
    }
}

static void judge_sender(struct context *c, const struct notify *n)
{
    if (!n->ready) {
        verdict_skip(c->v, "it sends no READY=1 to NOTIFY_SOCKET");
    } else if (daemon_is_of_server(c, n->sender)) {
        verdict_pass(c->v);
    } else {
        verdict_expected(c->v, "READY=1 from the server process, as "
                               "NotifyAccess=main wants it");
        verdict_observed(c->v, "it came from pid %d", (int)n->sender);
        verdict_fail(c->v, "READY=1 does not come from the server process");
        daemon_tell(c);
    }
}

/* READY=1 may come a moment after the listen: a runtime has threads to start,
   or says so from another one. */
static void await_ready(struct context *c, struct notify *n)
{
    struct deadline d = wait_deadline(c);
    struct pollfd p = { .fd = n->fd, .events = POLLIN };

    for (;;) {
        notify_take(n);
        if (n->ready || subject_ended(&c->subject) || deadline_passed(d))
            return;
        (void)poll(&p, 1, deadline_left_ms(d));
    }
}

/* listen(2) is held: what has been sent until now was sent too early. */
static void judge_notify(struct context *c, struct notify *n,
                         const struct fault_call *held)
{
    daemon_wait_others(c, held->pid);
    notify_take(n);
    if (n->ready) {
        verdict_expected(c->v, "READY=1 once it listens");
        verdict_observed(c->v, "READY=1, and pid %d [%d] is about to listen(2)",
                         (int)held->pid, (int)procfs_inner_pid(held->pid));
        verdict_fail(c->v, "READY=1 comes before it listens");
        return;
    }
    fault_release(n->supervised.fault, CALL_LISTEN);
    if (subject_wait(&c->subject, start_deadline(c)) != SUBJECT_UP) {
        verdict_error(c->v, "it does not come up: %s", c->subject.why);
        return;
    }
    subject_wait_started(&c->subject, start_deadline(c));
    await_ready(c, n);
    judge_sender(c, n);
}

static void sd_notify_case(struct context *c)
{
    struct fault_call held;
    struct notify n;

    if (!notify_open(c, &n) ||
        !supervised_begin(c, CALL_LISTEN, &n.supervised)) {
        notify_close(&n);
        return;
    }
    fault_hold(n.supervised.fault, CALL_LISTEN, daemon_is_inet, NULL);
    n.supervised.notify = n.at.sun_path;
    if (supervised_launch(c, &n.supervised)) {
        if (fault_wait_held(n.supervised.fault, CALL_LISTEN, start_deadline(c),
                            &held))
            judge_notify(c, &n, &held);
        else
            verdict_skip(c->v, "it makes no call of listen(2)");
    }
    (void)supervised_end(c, &n.supervised);
    notify_close(&n);
}

/* ---- daemon/listen-fds ---- */

static int give_listener(void *arg)
{
    char pid[16];
    int fd = *(int *)arg;

    snprintf(pid, sizeof pid, "%d", (int)getpid());
    if (setenv("LISTEN_FDS", "1", 1) < 0 || setenv("LISTEN_PID", pid, 1) < 0)
        return -1;
    return (fd == 3 ? fcntl(fd, F_SETFD, 0) : dup2(fd, 3)) < 0 ? -1 : 0;
}

struct given {
    unsigned long inode; /* of the listening socket that it was given */
    int port;
    char where[ADDRESS_TEXT]; /* of another on the same port */
};

static int is_another(const struct socket_info *i, pid_t holder, void *arg)
{
    struct given *g = arg;

    (void)holder;
    if (i->inode == g->inode || address_port(&i->local) != g->port)
        return 0;
    address_text(&i->local, g->where);
    return 1;
}

/* What follows name in its environment, as that was when the program was
   executed; NULL: it was not told. Good until the next call. */
static const char *was_told(pid_t pid, const char *name)
{
    static char text[1 << 17];
    ssize_t n = procfs_read(text, sizeof text, "%d/environ", (int)pid);

    for (ssize_t at = 0; at < n; at += (ssize_t)strlen(text + at) + 1)
        if (strncmp(text + at, name, strlen(name)) == 0)
            return text + at + strlen(name);
    return NULL;
}

/* Whether LISTEN_PID names the process itself, as it is seen from inside: who
   executed it has passed the socket on, by the convention by which it came. */
static bool is_activated(pid_t pid)
{
    const char *named = was_told(pid, "LISTEN_PID=");

    return named && strtol(named, NULL, 10) == procfs_inner_pid(pid);
}

/* What a process has that executes another program than the server, and was not
   given on purpose; NULL: nothing. Left open by mistake the socket is still the
   third descriptor: one that shall accept too gets it as any other number, or
   with a LISTEN_PID of its own. */
static const char *inherits(const struct subject *s, pid_t pid,
                            unsigned long inode)
{
    char mine[4096], theirs[4096];

    if (!procfs_link(s->server, "exe", mine, sizeof mine) ||
        !procfs_link(pid, "exe", theirs, sizeof theirs) ||
        strcmp(mine, theirs) == 0 || is_activated(pid))
        return NULL;
    if (procfs_fd_of_socket(pid, inode) == 3)
        return "the listening socket";
    if (was_told(pid, "LISTEN_FDS=") || was_told(pid, "LISTEN_PID="))
        return "LISTEN_FDS and LISTEN_PID";
    return NULL;
}

static void judge_executed(struct context *c, const struct given *g)
{
    struct pid_list below = { NULL, 0, 0 };
    struct proc_stat st;

    if (subject_server_tree(&c->subject, &below) < 0)
        verdict_error(c->v, "cannot list its processes: %s", strerror(errno));
    for (size_t i = 0; i < below.n; i++) {
        const char *what = inherits(&c->subject, below.pid[i], g->inode);

        if (!what || procfs_stat(below.pid[i], &st) < 0)
            continue;
        verdict_expected(c->v, "what it executes has neither the socket nor "
                               "the variables");
        verdict_observed(c->v, "pid %d [%d] (%s) has inherited %s",
                         (int)below.pid[i], (int)procfs_inner_pid(below.pid[i]),
                         st.comm, what);
        verdict_fail(c->v, "what it executes inherits %s", what);
        break;
    }
    pid_list_free(&below);
}

static bool stays(struct context *c, void *t)
{
    return simple_client_stay(c, t);
}

/* It is up, and holds the socket. */
static void judge_given(struct context *c, struct given *g)
{
    struct verdict aside;
    struct talk t;
    bool served = context_try(c, &aside, stays, &t);

    verdict_free(&aside);
    if (!served) {
        verdict_skip(c->v, "it does not accept from the socket that it is "
                           "given (LISTEN_FDS)");
        return;
    }
    server_let_act(c);
    if (subject_each_listener(&c->subject, is_another, g) > 0) {
        verdict_expected(c->v, "it serves on the socket that it is given, and "
                               "binds none itself");
        verdict_observed(c->v, "it listens on %s, too", g->where);
        verdict_fail(c->v, "beside the socket that it is given it binds %s",
                     g->where);
    }
    judge_executed(c, g);
    if (!verdict_decided(c->v))
        verdict_pass(c->v);
    talk_leave(&t);
}

static void listen_fds(struct context *c)
{
    int fd = daemon_occupy(c, SOMAXCONN);
    struct subject_how how = { .pre_exec = give_listener, .arg = &fd };
    struct given g = { .port = c->port };
    enum subject_up up;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0) {
        verdict_error(c->v, "cannot take its address: %s", strerror(errno));
        return;
    }
    g.inode = st.st_ino;
    up = subject_launch(&c->subject, &c->target, c->sandbox, c->port, &how);
    close(fd); /* from here on it is the server's alone */
    c->started = true;
    c->terminated = false;
    if (up != SUBJECT_UP) {
        verdict_error(c->v, "cannot start it: %s", c->subject.why);
        return;
    }
    subject_wait_started(&c->subject, start_deadline(c));
    c->ends_it = true; /* one that is given what it does not want may end */
    if (subject_find(&c->subject) && subject_is_listener(&c->subject, g.inode))
        judge_given(c, &g);
    else
        verdict_skip(c->v, "it does not take the socket that it is given "
                           "(LISTEN_FDS)");
}

static const struct test_case cases[] = {
    { "daemon/sd-notify", SHOULD,
      "READY=1 comes once it listens and not before, from the server",
      "sd_notify(3)", sd_notify_case, 400,
      "Started with NOTIFY_SOCKET. listen(2) is held by seccomp, and once all "
      "else sleeps nothing may have come; when it listens READY=1 comes, with "
      "the pid of the server process. Skipped where none comes.",
      "sd_notify(0, \"READY=1\") before bind and listen; or from a worker, or "
      "by systemd-notify in a script: with NotifyAccess=main nobody hears it.",
      "One datagram from the server process itself, when listen(2) has "
      "returned.",
      .foreground_too = true },
    { "daemon/listen-fds", SHOULD,
      "given a listening socket (LISTEN_FDS) it serves on that, and keeps it "
      "to itself",
      "sd_listen_fds(3)", listen_fds, 40,
      "Started with LISTEN_FDS=1, LISTEN_PID and the listening socket as "
      "descriptor 3. A client must be served, no other socket listen on its "
      "port, and no other program that it executes have the socket or the "
      "variables. Skipped where it does not take it.",
      "The descriptor is left without FD_CLOEXEC, the variables are left in "
      "the environment: what it executes takes itself for activated.",
      "fcntl(3, F_SETFD, FD_CLOEXEC), and unsetenv of LISTEN_PID, LISTEN_FDS "
      "and LISTEN_FDNAMES, as sd_listen_fds(1) does.",
      .foreground_too = true },
};

const struct case_table daemon_systemd_cases = CASE_TABLE(cases);
