/* SPDX-License-Identifier: MIT */
/* A start in which one kind of call is supervised. The supervisor must outlive
   the server, so supervised_end releases what is held, ends the server, and
   only then the supervisor. The server is not judged here: the verdict is set
   only where such a start cannot be made. */
#include "cases/daemon/daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

bool supervised_begin(struct context *c, enum call kind, struct supervised *s)
{
    *s = (struct supervised){ .fault = fault_begin(CALL_BIT(kind)),
                              .kind = kind };
    if (!s->fault)
        verdict_error(c->v, "cannot supervise its system calls: %s",
                      strerror(errno));
    return s->fault != NULL;
}

static int prepare_and_install(void *arg)
{
    struct supervised *s = arg;
    struct rlimit limit = { s->fd_limit, s->fd_limit };

    if (s->fd_limit && setrlimit(RLIMIT_NOFILE, &limit) < 0)
        return -1;
    if (s->notify && setenv("NOTIFY_SOCKET", s->notify, 1) < 0)
        return -1;
    return seccomp_filter_install(fault_filter(s->fault));
}

bool supervised_launch(struct context *c, struct supervised *s)
{
    struct subject_how how = { .pre_exec = prepare_and_install, .arg = s };
    enum subject_up up =
        subject_launch(&c->subject, &c->target, c->sandbox, c->port, &how);

    c->started = true;
    c->terminated = false;
    if (up == SUBJECT_UP)
        return true;
    if (needs_supervision(c, s->fault, c->subject.why))
        verdict_error(c->v, "cannot start it: %s", c->subject.why);
    return false;
}

/* True if a process is in that call: it sleeps because it waits for the
   supervisor, and is not at rest. */
static bool in_call(struct context *c, enum call kind)
{
    struct pid_list l = { NULL, 0, 0 };
    bool found = false, known;

    if (subject_processes(&c->subject, &l) == 0)
        for (size_t i = 0; i < l.n && !found; i++)
            found = call_kind((int)procfs_syscall(l.pid[i], &known)) == kind;
    pid_list_free(&l);
    return found;
}

void supervised_rest(struct context *c, const struct supervised *s)
{
    struct deadline d = wait_deadline(c);

    do
        server_wait_started(c);
    while (in_call(c, s->kind) && !deadline_passed(d));
}

bool supervised_end(struct context *c, struct supervised *s)
{
    bool ended;

    fault_release(s->fault, s->kind);
    /* Without a supervisor its calls would fail. */
    ended = server_discard(c);
    fault_end(s->fault);
    s->fault = NULL;
    return ended;
}
