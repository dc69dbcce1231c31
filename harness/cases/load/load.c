/* SPDX-License-Identifier: MIT */
/* load/: many clients. */
#include "cases/load/load.h"
#include "cases/families.h"
#include "kit/client_pool.h"
#include "kit/simple_client.h"
#include "linux/host_limits.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

enum { CLIENTS = 100, BEYOND = 1100, SPARE_FDS = 64, CHURN = 1000 };

/* A frame of each before any reads, twice. Returns how many had it back. */
static size_t talk_twice(struct client_pool *m)
{
    size_t served = client_pool_talk(m, 0);

    return served < m->n ? served : client_pool_talk(m, 1);
}

static void tell_unserved(struct context *c, struct client_pool *m, size_t served)
{
    verdict_expected(c->v, "%zu clients connected at once, each served", m->n);
    verdict_observed(c->v, "%zu had their frame number %u back%s", served,
                     m->sequence + 1,
                     server_ended(c) ? "; the server has ended" : "");
    verdict_fail(c->v, "%zu of %zu clients were not served", m->n - served,
                 m->n);
    client_pool_tell(m, c->v);
}

static void concurrent_clients(struct context *c)
{
    struct client_pool m;
    size_t served;

    if (!server_up(c))
        return;
    if (client_pool_open(&m, c, CLIENTS) < 0)
        verdict_error(c->v, "%d connections: %s", CLIENTS, strerror(errno));
    else if ((served = talk_twice(&m)) < CLIENTS)
        tell_unserved(c, &m, served);
    else
        verdict_pass(c->v);
    client_pool_close(&m);
}

/* ---- load/beyond-fd-setsize ---- */

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

/* A number of workers that is set leaves the next clients in the listen queue,
   until others leave. Where each has a process of its own, that is no matter
   of descriptors. */
static bool by_own_limit(struct context *c, struct client_pool *m, size_t served)
{
    size_t all = served;

    if (c->model == MODEL_EVENT_LOOP || c->model == MODEL_THREADS ||
        m->sequence > 0 || served == 0 || queue_waiting(c) == 0)
        return false;
    m->leave = true;
    for (size_t i = 0; i < m->n; i++) {
        struct client_pool_client *k = &m->client[i];

        all += k->fd < 0;       /* that queue was full */
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
    else if ((served = talk_twice(&m)) == BEYOND)
        verdict_pass(c->v);
    else if (by_own_limit(c, &m, served))
        verdict_skip(c->v, "the server takes %zu at a time and leaves the others "
                     "in the listen queue: they were served after those",
                     served);
    else
        tell_unserved(c, &m, served);
    client_pool_close(&m);
}

/* ---- load/churn ---- */

static void churn(struct context *c)
{
    char why[96];

    if (!server_up(c))
        return;
    for (uint32_t i = 0; i < CHURN; i++) {
        if (simple_client_new(c, why, sizeof why))
            continue;
        verdict_expected(c->v, "%d clients, one after another, are served",
                         CHURN);
        verdict_observed(c->v, "%u were served, then: %s%s", i, why,
                         server_ended(c) ? "; the server has ended" : "");
        verdict_fail(c->v, "client %u of %d was not served: %s", i + 1, CHURN,
                     why);
        return;
    }
    verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "load/concurrent-clients", MUST,
      "many clients connected at the same time are all served",
      "RFC 862; UNP 4.8", concurrent_clients, 40,
      "All connect, then each sends a frame, then each waits for its echo; "
      "and once more. None closes before all have their last frame.",
      "accept, serve, close, accept: the second client waits for the first to "
      "leave.",
      "Fork (or start a thread, or poll) for each connection and go back to "
      "accept at once." },
    { "load/own-bytes", MUST,
      "every client gets its own bytes, none another's, none of another round",
      "RFC 862", load_own_bytes, 80,
      "Frames stamped with client, sequence and seed alternate with fixture "
      "frames; each echo is compared byte for byte. One client sends and does "
      "not read while others talk.",
      "One static buffer shared by threads or by the clients of an event loop.",
      "A buffer for each connection, on the stack of its worker." },
    { "load/idle-client", MUST,
      "a client that says nothing does not hold up another",
      "UNP 4.8", load_idle_client, 0,
      "One connects and is silent; then eight more come one by one, each with "
      "a frame.",
      "recv on the connected socket before the next accept, in one process.",
      "Fork, start a thread or poll for each connection." },
    { "load/half-frame-client", MUST,
      "a client that stops in the middle of a frame does not hold up another",
      "UNP 6.8", load_half_frame_client, 0,
      "One sends 29 bytes, which the server reads, and stops; then eight more "
      "come one by one, each with a frame.",
      "An event loop that calls recv(fd, buf, 64, MSG_WAITALL), or reads in a "
      "loop until a frame is whole.",
      "One recv for each event; keep what is not whole with its connection." },
    { "load/stalled-reader", MUST,
      "a client that sends and never reads does not hold up another",
      "UNP 6.8", load_stalled_reader, 60,
      "One sends until its connection takes nothing for 20 ms (or 32 MiB) and "
      "does not read; then eight more come one by one, each with a frame.",
      "A blocking send in an event loop, or with a lock held that all workers "
      "need.",
      "Non-blocking sockets and POLLOUT in an event loop; no lock during "
      "send." },
    { "load/beyond-fd-setsize", MUST,
      "1,100 clients connected at once are all served, where the fd limit "
      "allows",
      "select(2)", beyond_fd_setsize, 300,
      "As load/concurrent-clients, with more connections than an fd_set has "
      "bits.",
      "FD_SET of a descriptor of 1,024 or more writes beyond the fd_set.",
      "poll or epoll instead of select." },
    { "load/backlog", SHOULD,
      "the listen queue holds 16 or more",
      "listen(2)", load_backlog, 0,
      "The kernel's figure for the listening socket, by sock_diag; no client "
      "connects.",
      "listen(fd, 1), or 5 as in old books: further clients of a burst wait a "
      "second for their next SYN.",
      "listen(fd, SOMAXCONN)." },
    { "load/burst", MUST,
      "as many connections as the listen queue holds, opened while the server "
      "is stopped, are all served afterwards",
      "listen(2)", load_burst, 20,
      "SIGSTOP to every process that holds the listening socket, seen in state "
      "T; up to 200 connections, each with a frame; SIGCONT; every echo must "
      "come.",
      "One accept for each event of an edge-triggered listener: what came with "
      "the same edge stays in the queue.",
      "Accept until EAGAIN, or watch the listener by level." },
    { "load/churn", MUST,
      "1,000 connections one after another are all served",
      "UNP 4.8", churn, 250,
      "1,000 clients, each with a frame and its echo, then close.",
      "A table of workers or descriptors from which none is taken out.",
      "Free all that belongs to a connection when it ends." },
    { "load/resets", MUST,
      "100 clients that reset in mid-transfer, and 100 that close before their "
      "echo came, end nothing but themselves",
      "UNP 5.13", load_resets, 60,
      "100 send, have part of the echo and reset; 100 send up to 30,000 bytes "
      "and close at once; one that was there before still has its echo, and a "
      "new one too.",
      "SIGPIPE at its default in a server that is one process; exit(1) when "
      "recv or send fails.",
      "MSG_NOSIGNAL or SIGPIPE ignored; an error of a connection ends that "
      "connection." },
    { "load/reset-before-accept", MUST,
      "connections reset while they wait in the backlog end nothing",
      "UNP 5.11; accept(2)", load_reset_before_accept, 0,
      "SIGSTOP as for load/burst; eight connections, reset while they wait in "
      "the queue; SIGCONT; then a new client must be served.",
      "exit(1) when accept, getpeername or setsockopt fails, or the first recv "
      "gives ECONNRESET.",
      "Close that connection and accept the next." },
    { "load/fairness", SHOULD,
      "next to a client that floods, another's round trip stays under a second",
      "UNP 6.8", load_fairness, 60,
      "One client sends and reads as fast as it can; meanwhile another makes "
      "20 round trips of a frame.",
      "An event loop that stays with one connection until recv says EAGAIN.",
      "One recv for each connection and turn." },
};

const struct family load_family = FAMILY("load/", cases);
