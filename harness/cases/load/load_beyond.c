/* SPDX-License-Identifier: MIT */
/* load/beyond-fd-setsize: more clients than select(2) can watch, where the
   limits of both sides allow that many. */
#include "cases/load/load.h"

#include "kit/client_pool.h"
#include "linux/host_limits.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

enum { BEYOND = 1100, SPARE_FDS = 64 };

static bool limit_allows(struct context *c, const char *whose, pid_t pid)
{
    struct rlimit fds;

    if (prlimit(pid, RLIMIT_NOFILE, NULL, &fds) < 0 ||
        fds.rlim_cur >= BEYOND + SPARE_FDS)
        return true;
    verdict_skip(c->v, "%s limit of open files is %llu (ulimit -n)", whose,
                 (unsigned long long)fds.rlim_cur);
    return false;
}

/* A server with a process for each connection needs few descriptors in each,
   but many processes. */
static bool server_has_room(struct context *c)
{
    char which[512];
    long room;

    if (c->model == MODEL_EVENT_LOOP || c->model == MODEL_THREADS ||
        c->model == MODEL_UNKNOWN) {
        if (!c->subject.server)
            return needs_processes(c);
        return limit_allows(c, "the server's", c->subject.server);
    }
    room = host_limits_processes(which, sizeof which);
    if (room < 0 || room > BEYOND + SPARE_FDS)
        return true;
    verdict_skip(c->v, "%d clients need as many processes: %s", BEYOND, which);
    return false;
}

/* A server with a fixed number of workers leaves the next clients in the listen
   queue until others leave. If each worker is a process of its own, that has
   nothing to do with descriptors: so let those that were served leave, and see
   whether all others are served then. */
static bool by_own_limit(struct context *c, struct client_pool *m,
                         size_t served)
{
    size_t all = served;

    if (c->model == MODEL_EVENT_LOOP || c->model == MODEL_THREADS ||
        m->sequence > 0 || served == 0 || queue_waiting(c) == 0)
        return false;
    m->leave = true;
    for (size_t i = 0; i < m->n; i++) {
        struct client_pool_client *k = &m->client[i];

        all += k->fd < 0; /* that queue was full */
        if (k->back == FRAME_BYTES) {
            conn_close(k->fd);
            k->fd = -1;
        }
    }
    return all + client_pool_receive(m) == m->n;
}

static void beyond_fd_setsize(struct context *c)
{
    struct client_pool m = { .events = -1 };
    size_t served;

    if (!limit_allows(c, "the harness's own", 0) || !server_up(c) ||
        !server_has_room(c))
        return;
    if (client_pool_open(&m, c, BEYOND) < 0)
        verdict_error(c->v, "%d connections: %s", BEYOND, strerror(errno));
    else if ((served = load_talk_twice(&m)) == BEYOND)
        verdict_pass(c->v);
    else if (by_own_limit(c, &m, served))
        verdict_skip(c->v,
                     "the server takes %zu at a time and leaves the others "
                     "in the listen queue: they were served after those",
                     served);
    else
        load_tell_unserved(c, &m, served);
    client_pool_close(&m);
}

static const struct test_case cases[] = {
    { "load/beyond-fd-setsize", MUST,
      "1,100 clients connected at once are all served, where the fd limit "
      "allows",
      "select(2)", beyond_fd_setsize, 300,
      "As load/concurrent-clients, with more connections than an fd_set has "
      "bits.",
      "FD_SET of a descriptor of 1,024 or more writes beyond the fd_set.",
      "poll or epoll instead of select.", .holds = BEYOND },
};

const struct case_table load_beyond_cases = CASE_TABLE(cases);
