/* SPDX-License-Identifier: MIT */
/* Which calls a fault is meant for. All of this runs on the supervisor's thread
   while the call is held, so that its descriptor cannot change meanwhile. */
#include "fault/fault.h"

#include "fault/socket_look.h"
#include "linux/procfs.h"

#include <string.h>
#include <unistd.h>

bool fault_is_connected(const struct fault_call *c, void *arg)
{
    const struct fault_socket *want = arg;
    int fd = (int)c->args[0], port;

    if (want && want->blocking && !socket_blocks(c->pid, fd))
        return false;
    port = socket_peer_port(c->pid, fd);
    return port && (!want || !want->peer_port || port == want->peer_port);
}

bool fault_is_listening(const struct fault_call *c, void *arg)
{
    (void)arg;
    return socket_listens(c->pid, (int)c->args[0]);
}

/* How many descriptors pid had open at the first look; 0 if there are too many
   processes to remember. */
static size_t first_seen(struct fault_fds *fds, pid_t pid, size_t open)
{
    for (int i = 0; i < fds->n; i++)
        if (fds->of[i].pid == pid)
            return fds->of[i].open;
    if (fds->n == sizeof fds->of / sizeof *fds->of)
        return 0;
    fds->of[fds->n].pid = pid;
    fds->of[fds->n++].open = open;
    return open;
}

bool fault_is_short_of_fds(const struct fault_call *c, void *arg)
{
    struct fd_list now = { .n = 0 };
    bool is = fault_is_listening(c, NULL);

    if (is && procfs_fds(c->pid, &now) == 0)
        is = now.n >= first_seen(arg, c->pid, now.n);
    fd_list_free(&now);
    return is;
}

/* How many descriptors of c's process are open on the same file as the call's
   own; *what is the call's own. */
static size_t count_same(const struct fault_call *c, struct proc_fd *what)
{
    struct fd_list l = { NULL, 0, 0 };
    size_t n = 0;

    what->what[0] = '\0';
    if (procfs_fds(c->pid, &l) == 0) {
        for (size_t i = 0; i < l.n; i++)
            if (l.fd[i].fd == (int)c->args[0])
                *what = l.fd[i];
        for (size_t i = 0; i < l.n; i++)
            n += strcmp(l.fd[i].what, what->what) == 0;
    }
    fd_list_free(&l);
    return n;
}

static bool starts_with(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static bool wakes_itself(const struct fault_call *c)
{
    struct proc_fd what;
    size_t same;

    if (c->kind != CALL_RECV && c->kind != CALL_SEND)
        return false;
    same = count_same(c, &what);
    if (starts_with(what.what, "socket:"))
        return socket_is_pair(c->pid, (int)c->args[0]);
    return starts_with(what.what, "anon_inode:") ||
           (starts_with(what.what, "pipe:") && same > 1 &&
            (int)c->args[0] > STDERR_FILENO);
}

/* Kinds of calls that may block: valgrind makes the server's at another place
   than its own. */
static bool may_block(enum call kind)
{
    return kind == CALL_RECV || kind == CALL_SEND || kind == CALL_OPEN ||
           kind == CALL_POLL || kind == CALL_ACCEPT;
}

bool fault_is_own(const struct fault_call *c, void *arg)
{
    struct fault_own *own = arg;
    char exe[sizeof own->exe];

    if (own->valgrinds && c->place == own->valgrinds && may_block(c->kind))
        return false;
    if (own->exe[0] && !own->begun)
        own->begun = procfs_link(c->pid, "exe", exe, sizeof exe) &&
                     strcmp(exe, own->exe) == 0;
    return (own->begun || !own->exe[0]) && !wakes_itself(c);
}
