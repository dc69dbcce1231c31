/* SPDX-License-Identifier: MIT */
/* process/pipes-steady: the bytes that wait in pipes and socket pairs of which
   the server holds both ends. A pool writes a byte for each worker that is
   idle, and a loop empties its self-pipe when it comes to it: what is never
   taken out grows with every round. */
#include "cases/process/process.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "linux/remote_process.h"
#include "network/unixdiag.h"
#include "stillness/sleep_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CLIENTS = 16, /* of a round: a socket may have room for some hundred
                     bytes alone, if each was sent by itself */
    ROUNDS = 8,
    JUDGED = 6, /* the last of them */
    MOST_QUEUES = 256,
    MOST_FACTS = 4,
    LOOK_AGAIN_MS = 500
};

/* A pipe, or one of two sockets. */
struct queue {
    unsigned long inode;
    bool is_socket, is_pair; /* of sockets: the other is its own, too */
    bool has_reader, has_writer;
    pid_t pid; /* who holds an end by which it was looked at */
    int fd;
    long bytes; /* that wait */
};

struct queues {
    struct queue queue[MOST_QUEUES];
    size_t n;
    bool refused; /* some are not ours to see */
};

static bool is_own(const struct queue *q)
{
    return q->is_socket ? q->is_pair : q->has_reader && q->has_writer;
}

static struct queue *find(struct queues *all, unsigned long inode)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->queue[i].inode == inode)
            return &all->queue[i];
    return NULL;
}

/* The bytes on their way in what copy is an end of: to it, or of datagrams from
   it, and then with what the kernel needs for each. */
static long waiting(int copy, bool is_socket)
{
    int n = 0, type = 0;
    socklen_t len = sizeof type;
    bool datagrams = is_socket &&
                     getsockopt(copy, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
                     type == SOCK_DGRAM;

    return ioctl(copy, datagrams ? SIOCOUTQ : FIONREAD, &n) == 0 ? n : 0;
}

/* Which end of a pipe it is, and what waits there. */
static void look_at(struct queues *all, struct queue *q, pid_t pid, int fd)
{
    int copy = remote_fd(pid, fd), mode;

    if (copy < 0) {
        all->refused |= errno != ESRCH && errno != EBADF;
        return;
    }
    mode = fcntl(copy, F_GETFL) & O_ACCMODE;
    if (mode != O_WRONLY) {
        q->has_reader = true;
        q->pid = pid;
        q->fd = fd;
        q->bytes = waiting(copy, q->is_socket);
    }
    q->has_writer |= mode != O_RDONLY;
    close(copy);
}

/* The inode of "pipe:[N]", else 0. */
static unsigned long pipe_inode(const char *what)
{
    unsigned long inode = 0;

    return sscanf(what, "pipe:[%lu]", &inode) == 1 ? inode : 0;
}

static void take(struct queues *all, pid_t pid, const struct proc_fd *fd)
{
    unsigned long inode = pipe_inode(fd->what);
    bool is_socket = inode == 0;
    struct queue *q;

    if (is_socket)
        inode = procfs_socket_inode(fd->what);
    if (inode == 0)
        return;
    q = find(all, inode);
    if (q && (is_socket || is_own(q)))
        return;
    if (!q && all->n == MOST_QUEUES)
        return;
    if (!q) {
        q = &all->queue[all->n++];
        *q = (struct queue){
            .inode = inode, .is_socket = is_socket, .pid = pid, .fd = fd->fd
        };
    }
    if (!is_socket)
        look_at(all, q, pid, fd->fd);
}

/* A unix socket whose other end is the server's, too. */
static int look_at_pair(const struct unix_info *u, void *arg)
{
    struct queues *all = arg;
    struct queue *q = find(all, u->inode);

    if (!q || u->peer == 0 || !find(all, u->peer))
        return 0;
    q->is_pair = true;
    look_at(all, q, q->pid, q->fd);
    return 0;
}

/* All that wait, at rest. *own: in so many. False: decided. */
static bool look(struct context *c, struct queues *all, long *bytes,
                 size_t *own)
{
    struct snapshot now = { .n = 0 };
    bool good = wait_idle(c, &now);

    all->n = 0;
    all->refused = false;
    for (size_t i = 0; good && i < now.n; i++)
        for (size_t k = 0; k < now.process[i].fds.n; k++)
            take(all, now.process[i].pid, &now.process[i].fds.fd[k]);
    snapshot_free(&now);
    /* A kernel that cannot tell which are pairs leaves the pipes. */
    (void)unixdiag_each(c->subject.sd, look_at_pair, all);
    *bytes = 0;
    *own = 0;
    for (size_t i = 0; i < all->n; i++)
        if (is_own(&all->queue[i])) {
            *bytes += all->queue[i].bytes;
            ++*own;
        }
    return good;
}

static bool look_after_round(struct context *c, struct queues *all, long *bytes)
{
    size_t own;

    if (!simple_client_round(c, CLIENTS, LEAVE_IN_ORDER, NULL) ||
        !look(c, all, bytes, &own))
        return false;
    if (own > 0 && !all->refused)
        return true;
    if (all->refused)
        verdict_skip(c->v, "the descriptors of pid %d are not ours to copy",
                     (int)c->subject.server);
    else
        verdict_skip(c->v, "it has no pipe or socket pair of its own");
    return false;
}

/* Some are emptied now and then, by a timer, for which a thread may sleep for
   longer than the timeout. True if nothing is taken out. */
static bool stays_full(struct context *c, struct queues *all, long full)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    struct sleep_watch watch = { .began_ns = deadline_now_ns() };
    long bytes = full;
    size_t own;

    while (look(c, all, &bytes, &own) && bytes >= full) {
        bool sleeps = context_sleeps(c, &watch);

        if (deadline_passed(d) && !sleeps)
            break;
        pause_until(&pause, deadline_in(LOOK_AGAIN_MS));
    }
    return bytes >= full && !verdict_decided(c->v);
}

static void tell_growth(struct context *c, const struct queues *all,
                        const long bytes[JUDGED + 1])
{
    int facts = 0;

    verdict_expected(c->v,
                     "after one of the last %d of %d rounds of %d clients no "
                     "more bytes wait in its own pipes and socket pairs",
                     JUDGED, ROUNDS, CLIENTS);
    verdict_observed(c->v, "%ld, then %ld, %ld, %ld, %ld, %ld and %ld wait",
                     bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5],
                     bytes[6]);
    verdict_fail(c->v, "%ld bytes more wait in its own pipes after %d clients",
                 bytes[JUDGED] - bytes[0], JUDGED * CLIENTS);
    for (size_t i = 0; i < all->n && facts < MOST_FACTS; i++) {
        const struct queue *q = &all->queue[i];

        if (!is_own(q) || q->bytes == 0)
            continue;
        verdict_fact(c->v,
                     "%ld bytes wait in %s:[%lu], which pid %d [%d] "
                     "holds as fd %d",
                     q->bytes, q->is_socket ? "socket" : "pipe", q->inode,
                     (int)q->pid, (int)procfs_inner_pid(q->pid), q->fd);
        facts++;
    }
}

static void pipes_steady(struct context *c)
{
    static struct queues all;
    long bytes[JUDGED + 1];

    if (!server_up(c) || !process_may_look(c))
        return;
    for (int i = 0; i < ROUNDS - JUDGED; i++)
        if (!look_after_round(c, &all, &bytes[0]))
            return;
    for (int i = 1; i <= JUDGED; i++) {
        if (!look_after_round(c, &all, &bytes[i]))
            return;
        verdict_figure(c->v, "waiting_bytes", (double)bytes[i]);
        if (bytes[i] <= bytes[i - 1]) {
            verdict_pass(c->v);
            return;
        }
    }
    if (stays_full(c, &all, bytes[JUDGED]))
        tell_growth(c, &all, bytes);
    else
        verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "process/pipes-steady", SHOULD,
      "the bytes that wait in the server's own pipes do not grow", "pipe(7)",
      pipes_steady, 40,
      "FIONREAD of each pipe and socket pair of which its processes hold both "
      "ends, at rest after rounds of 16 clients: missed where each of the last "
      "six of eight adds some, and nothing is taken out then. Skipped where it "
      "has none.",
      "A handler writes a byte to a pipe that wakes the loop, and the loop "
      "does not read it: once the pipe is full the handler blocks.",
      "Read until EAGAIN whenever it is readable; and O_NONBLOCK on both ends.",
      .holds = 16 },
};

const struct case_table process_pipes_cases = CASE_TABLE(cases);
