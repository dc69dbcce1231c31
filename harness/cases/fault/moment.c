/* SPDX-License-Identifier: MIT */
/* A call that is held sleeps in state D, and so what runs or is ready to run
   does so of its own. Which calls are held is asked on the supervisor's thread;
   what is to become of each is decided here, on the main one. */
#include "cases/fault/moment.h"

#include "fault/call_waits.h"
#include "fault/socket_look.h"
#include "kit/client_pool.h"
#include "kit/runtime_detect.h"
#include "kit/wait_idle.h"
#include "linux/process_signal.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { SETTLE_MS = 1000, LOOKS = 5, LOOK_MS = 4 };

/* ---- which calls ---- */

static bool listens(pid_t pid)
{
    struct fd_list l = { NULL, 0, 0 };
    bool found = false;

    if (procfs_fds(pid, &l) == 0)
        for (size_t i = 0; i < l.n && !found; i++)
            found = strncmp(l.fd[i].what, "socket:", 7) == 0 &&
                    socket_listens(pid, l.fd[i].fd);
    fd_list_free(&l);
    return found;
}

/* Whoever is to return waits for the server, and we for that. */
static bool is_of_listening(const struct fault_call *call, void *arg)
{
    const struct context *c = arg;
    pid_t pid = procfs_process_of(call->pid);

    return (c->starts != STARTS_DETACHED || pid != c->subject.start) &&
           call_waits(call) && listens(pid);
}

static bool is_of_server(const struct fault_call *call, void *arg)
{
    const struct context *c = arg;

    return procfs_process_of(call->pid) == c->subject.server &&
           call_waits(call);
}

static bool is_nth(const struct fault_call *call, void *arg)
{
    struct moment_nth *nth = arg;

    return is_of_server(call, (void *)nth->c) && nth->left-- == 1;
}

static void hold(struct fault *f,
                 bool (*which)(const struct fault_call *call, void *arg),
                 void *arg)
{
    for (enum call k = 0; k < CALL_KINDS; k++)
        if (MOMENT_CALLS & CALL_BIT(k))
            fault_hold(f, k, which, arg);
}

void moment_hold_listening(struct fault *f, struct context *c)
{
    hold(f, is_of_listening, c);
}

void moment_hold_server(struct fault *f, struct context *c)
{
    hold(f, is_of_server, c);
}

void moment_hold_nth(struct fault *f, struct moment_nth *nth)
{
    hold(f, is_nth, nth);
}

/* ---- what it is run by ---- */

bool moment_can_be(struct context *c)
{
    char exe[4096];

    if (!c->target.valgrind &&
        (!procfs_link(c->subject.server, "exe", exe, sizeof exe) ||
         !strstr(exe, "/valgrind/")))
        return true;
    verdict_skip(c->v, "valgrind delivers the server's signals by itself");
    return false;
}

void moment_of_runtime(struct context *c)
{
    if (runtime_of(c->subject.server))
        c->v->should = true;
}

/* ---- up to the moment ---- */

size_t moment_settle(struct context *c, struct fault *f,
                     struct fault_call held[MOMENT_MOST])
{
    struct deadline d = deadline_in(SETTLE_MS);
    size_t n = 0;

    for (int same = 0; same < LOOKS && !deadline_passed(d);) {
        struct pause pause = { LOOK_MS * INT64_C(1000000) };
        size_t before = n;

        pause_until(&pause, d);
        n = fault_list_held(f, held, MOMENT_MOST);
        same =
            n == before && !any_thread_of(&c->subject, subject_processes, "R")
                ? same + 1
                : 0;
    }
    return n < MOMENT_MOST ? n : MOMENT_MOST;
}

struct coming {
    struct talk *t;
    struct address from;
    bool leaves, left;
};

/* The process whose call is held has to go on, or nothing more happens to the
   client. An accept alone takes a client from the queue; of a client that was
   taken its process may have to read. */
static bool has_to_go_on(struct context *c, const struct fault_call *held,
                         const struct coming *k, bool waiting)
{
    struct socket_info end;

    if (held->kind == CALL_ACCEPT || waiting)
        return waiting;
    return k->leaves && server_end_of(c, &k->from, &end) &&
           procfs_holds_socket(c->subject.server, end.inode);
}

static bool is_over(struct context *c, const struct coming *k)
{
    struct socket_info end;

    return k->left && !server_end_of(c, &k->from, &end);
}

static bool is_one_of_several(pid_t pid, pid_t tid, void *arg)
{
    (void)arg;
    return tid != pid;
}

/* The client has left, and the only one that could close the server's end is
   the process whose accept is held. */
static bool stays_open(struct context *c, const struct fault_call *held,
                       const struct coming *k)
{
    struct pid_list holders = { NULL, 0, 0 };
    struct socket_info end;
    bool stays = held->kind == CALL_ACCEPT && k->left &&
                 server_end_of(c, &k->from, &end) &&
                 !procfs_any_thread(held->pid, is_one_of_several, NULL) &&
                 subject_holders(&c->subject, end.inode, &holders) == 0 &&
                 holders.n == 1 && holders.pid[0] == held->pid;

    pid_list_free(&holders);
    return stays;
}

/* False at the deadline, or if it sleeps in a call that was not held, or keeps
   the connection. */
static bool pump(struct context *c, struct fault *f, struct coming *k,
                 struct fault_call *held)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct fault_call calls[MOMENT_MOST];

    while (!deadline_passed(d) && !server_ended(c)) {
        size_t n = fault_list_held(f, calls, MOMENT_MOST);
        bool waiting = queue_waiting(c) > 0, went_on = false;

        if (!waiting && k->leaves && !k->left) {
            talk_leave(k->t);
            k->left = true;
        }
        for (size_t i = 0; i < n && i < MOMENT_MOST; i++)
            if (has_to_go_on(c, &calls[i], k, waiting)) {
                (void)fault_answer(f, &calls[i], 0);
                went_on = true;
            } else if (!waiting && (!k->leaves || is_over(c, k))) {
                *held = calls[i];
                return true;
            } else if (!waiting && stays_open(c, &calls[i], k)) {
                return false;
            }
        if (!went_on)
            pause_until(&pause, d);
    }
    return false;
}

static bool come(struct context *c, struct fault *f, struct talk *t,
                 struct coming *k, struct fault_call *held)
{
    client_init(c, t, 5);
    if (!talk_connect(t, &c->subject.address, wait_deadline(c)))
        return false;
    k->t = t;
    if (conn_local(t->fd, &k->from) < 0 || !pump(c, f, k, held)) {
        talk_leave(t);
        return false;
    }
    return true;
}

bool moment_after_client(struct context *c, struct fault *f,
                         struct fault_call *held)
{
    struct coming k = { .leaves = true };
    struct talk t;

    return come(c, f, &t, &k, held);
}

bool moment_beside_client(struct context *c, struct fault *f, struct talk *t,
                          struct fault_call *held)
{
    struct coming k = { .leaves = false };

    return come(c, f, t, &k, held);
}

/* ---- the moment ---- */

static bool has(pid_t tid, const char *field, int sig)
{
    unsigned long long set;

    return procfs_status(tid, field, 16, &set) && set >> (sig - 1) & 1;
}

enum moment moment_signal(struct fault *f, const struct fault_call *held,
                          int sig)
{
    pid_t pid = procfs_process_of(held->pid);
    bool blocked = has(held->pid, "SigBlk", sig),
         ignored = has(held->pid, "SigIgn", sig);

    if (!blocked && !ignored && has(held->pid, "SigCgt", sig)) {
        if (process_signal_thread(pid, held->pid, sig) == 0 &&
            fault_let_in(f, held, sig))
            return MOMENT_TAKEN;
        (void)fault_answer(f, held, 0);
        return MOMENT_MISSED;
    }
    if (process_signal(pid, sig) < 0)
        return MOMENT_MISSED;
    (void)fault_answer(f, held, 0);
    return ignored ? MOMENT_IGNORED : MOMENT_SENT;
}

void moment_text(struct context *c, const struct fault_call *held, char *text,
                 size_t size)
{
    pid_t pid = procfs_process_of(held->pid);
    char name[32];

    call_text(held->number, name);
    snprintf(text, size, "%s of %s (pid %d%s)", name,
             pid == c->subject.server ? "the server" : "a worker", (int)pid,
             held->pid == pid ? "" : ", a thread");
}
