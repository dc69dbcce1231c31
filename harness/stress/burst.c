/* SPDX-License-Identifier: MIT */
/* The server process is stopped while its clients close, so that their workers
   have all ended before it runs again. Whatever fails, the server is continued
   and the clients are closed. Whether zombies are left is for the caller to
   look at. */
#include "stress/burst.h"

#include "client/talk_wait.h"
#include "linux/stop_processes.h"

#include <errno.h>

enum { MOST_CLIENTS = 64 };

static bool connect_all(struct subject *s, const struct protocol *p,
                        struct talk *t, size_t n, uint64_t seed,
                        struct deadline d)
{
    bool good = true;

    for (size_t i = 0; i < n; i++) {
        struct frame_stamp stamp = { seed, (uint32_t)i, 0, 3 };

        talk_init(&t[i], p, &stamp);
    }
    for (size_t i = 0; good && i < n; i++) {
        good = talk_connect(&t[i], &s->address, d);
        if (good && p->once)
            talk_open(&t[i]);
        else if (good)
            talk_begin(&t[i], 0);
        good = good && talk_finish(&t[i], d);
    }
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

long burst_exits(struct subject *s, const struct protocol *p,
                 const struct snapshot *before, uint64_t seed, size_t n,
                 struct deadline d)
{
    struct pid_list server = { NULL, 0, 0 }, workers = { NULL, 0, 0 };
    struct pause pause = { 0 };
    static struct talk t[MOST_CLIENTS];
    long ended = -1;

    n = n < MOST_CLIENTS ? n : MOST_CLIENTS;
    if (connect_all(s, p, t, n, seed, d) &&
        pid_list_add(&server, s->server) == 0 &&
        new_processes(s, before, &workers) == 0 &&
        stop_processes(&server, d) == 0) {
        for (size_t i = 0; i < n; i++)
            talk_leave(&t[i]);
        while (!all_ended(&workers) && !deadline_passed(d))
            pause_until(&pause, d);
        ended = (long)workers.n;
    }
    continue_processes(&server);
    for (size_t i = 0; i < n; i++)
        talk_leave(&t[i]);
    pid_list_free(&server);
    pid_list_free(&workers);
    return ended;
}
