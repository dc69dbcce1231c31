/* SPDX-License-Identifier: MIT */
/* The model is guessed from what has grown since no client was connected: a
   process for each client means fork or exec, more threads mean threads. Where
   nothing has grown it is asked who accepts: several processes are a pool, one
   is an event loop, whatever helpers stand beside it. Only /proc and sock_diag
   are read; the caller has connected the clients. */
#include "target/model.h"

#include "target/subject_listener.h"

#include <string.h>

const char *model_name(enum model model)
{
    static const char *const name[] = {
        [MODEL_UNKNOWN] = "unknown", [MODEL_FORK] = "fork",
        [MODEL_EXEC] = "exec",       [MODEL_PREFORK] = "prefork",
        [MODEL_THREADS] = "threads", [MODEL_EVENT_LOOP] = "event-loop",
    };

    return name[model];
}

/* A process for each connection: is it the server's own program? */
static enum model fork_or_exec(pid_t server, pid_t worker)
{
    char mine[256], theirs[256];

    if (!procfs_link(server, "exe", mine, sizeof mine) ||
        !procfs_link(worker, "exe", theirs, sizeof theirs))
        return MODEL_FORK;
    return strcmp(mine, theirs) == 0 ? MODEL_FORK : MODEL_EXEC;
}

static long children_before(const struct snapshot *before, pid_t server)
{
    long n = 0;

    for (size_t i = 0; i < before->n; i++)
        n += before->process[i].ppid == server;
    return n;
}

static int note_first(const struct socket_info *i, void *inode)
{
    *(unsigned long *)inode = i->inode;
    return i->inode != 0;
}

/* Whether others accept than the server process: a connection is held by
   another process (in a pool whose master keeps the listening socket, too), or
   more than one holds the listening socket. Where it is not shown who holds the
   connection, whoever is there may. */
static bool others_accept(struct subject *s, const struct snapshot *now)
{
    struct pid_list holders = { NULL, 0, 0 };
    unsigned long connection = 0;
    size_t listening = 0;
    bool others;

    (void)subject_each_socket(s, SOCKDIAG_CONNECTED, note_first, &connection);
    (void)subject_holders(s, connection, &holders);
    others = !pid_list_has(&holders, s->server);
    pid_list_free(&holders);
    subject_find_more(s);
    for (size_t i = 0; i < now->n && !others; i++) {
        listening += subject_listener_fd(s, now->process[i].pid) >= 0;
        others = listening > 1;
    }
    return others;
}

static enum model look_at_all(struct subject *subject,
                              const struct snapshot *before, long clients,
                              long *workers)
{
    struct snapshot now = { .n = 0 };
    enum model model = MODEL_UNKNOWN;
    long more, threads;

    if (snapshot_take(&now, subject, SNAPSHOT_PROCESSES) == 0 && now.n) {
        more = (long)now.n - (long)before->n;
        threads = now.threads - before->threads - more;
        *workers = more > 0 ? more : 0;
        if (more >= clients)
            model = fork_or_exec(subject->server, now.process[now.n - 1].pid);
        else if (threads > 0)
            model = MODEL_THREADS;
        else if (now.n > 1 && others_accept(subject, &now))
            model = MODEL_PREFORK;
        else
            model = MODEL_EVENT_LOOP;
    }
    snapshot_free(&now);
    return model;
}

enum model model_of(struct subject *subject, const struct snapshot *before,
                    long clients, long *workers)
{
    struct pid_list l = { NULL, 0, 0 };
    enum model model = MODEL_FORK;

    *workers = 0;
    if (!subject->server)
        return MODEL_UNKNOWN;
    *workers = procfs_count_children(subject->server) -
               children_before(before, subject->server);
    if (*workers < clients)
        return look_at_all(subject, before, clients, workers);
    if (procfs_children(subject->server, &l) == 0 && l.n)
        model = fork_or_exec(subject->server, l.pid[l.n - 1]);
    pid_list_free(&l);
    return model;
}
