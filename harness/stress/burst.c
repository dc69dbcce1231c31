/* SPDX-License-Identifier: MIT */
/* The server process is stopped while its clients close, so that their workers
   have all ended before it runs again. Whatever fails, the server is continued
   and the clients are closed. Whether zombies are left is for the caller to
   look at. */
#include "stress/burst.h"

#include "client/exchange.h"
#include "linux/stop_processes.h"

#include <errno.h>

enum { MOST_CLIENTS = 64 };

static bool connect_all(struct subject *s, int *fd, size_t n, uint64_t seed,
                        struct deadline d)
{
    struct verdict aside;
    bool good = true;

    verdict_init(&aside);
    for (size_t i = 0; i < n; i++)
        fd[i] = -1;
    for (size_t i = 0; good && i < n; i++) {
        struct frame_stamp stamp = { seed, (uint32_t)i, 0, 3 };
        unsigned char frame[FRAME_BYTES];

        frame_fill(frame, &stamp);
        fd[i] = conn_open(&s->address, d);
        good =
            fd[i] >= 0 && exchange_bytes(fd[i], frame, sizeof frame, d, &aside);
    }
    verdict_free(&aside);
    return good;
}

/* Those that are there now and were not before. */
static int new_processes(struct subject *s, const struct snapshot *before,
                         struct pid_list *out)
{
    struct snapshot now = { .n = 0 };
    int rc = snapshot_take(&now, s, SNAPSHOT_PROCESSES);

    for (size_t i = 0; rc == 0 && i < now.n; i++)
        if (!snapshot_find(before, &now.process[i]))
            rc = pid_list_add(out, now.process[i].pid);
    snapshot_free(&now);
    return rc;
}

static bool all_ended(const struct pid_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (procfs_alive(l->pid[i]))
            return false;
    return true;
}

void burst_stop_alone(struct subject *s, struct deadline d)
{
    struct pid_list server = { NULL, 0, 0 };

    if (pid_list_add(&server, s->server) == 0)
        (void)stop_processes(&server, d);
    continue_processes(&server);
    pid_list_free(&server);
}

long burst_exits(struct subject *s, const struct snapshot *before,
                 uint64_t seed, size_t n, struct deadline d)
{
    struct pid_list server = { NULL, 0, 0 }, workers = { NULL, 0, 0 };
    struct pause pause = { 0 };
    int fd[MOST_CLIENTS];
    long ended = -1;

    n = n < MOST_CLIENTS ? n : MOST_CLIENTS;
    if (connect_all(s, fd, n, seed, d) &&
        pid_list_add(&server, s->server) == 0 &&
        new_processes(s, before, &workers) == 0 &&
        stop_processes(&server, d) == 0) {
        for (size_t i = 0; i < n; i++) {
            conn_close(fd[i]);
            fd[i] = -1;
        }
        while (!all_ended(&workers) && !deadline_passed(d))
            pause_until(&pause, d);
        ended = (long)workers.n;
    }
    continue_processes(&server);
    for (size_t i = 0; i < n; i++)
        conn_close(fd[i]);
    pid_list_free(&server);
    pid_list_free(&workers);
    return ended;
}
