/* SPDX-License-Identifier: MIT */
/* Which listening sockets are the subject's own, and which of its processes is
   the server: the topmost one that holds them. */
#include "target/subject_listener.h"

#include "target/subject_processes.h"

#include <errno.h>

struct listeners {
    struct subject *s;
    struct socket_info found[SUBJECT_LISTENERS];
    size_t n;
};

static int note_listener(const struct socket_info *i, void *arg)
{
    struct listeners *l = arg;
    const struct address *want = &l->s->address;

    if (!address_is_any(&i->local) && !address_same_host(&i->local, want))
        return 0;
    if (l->n < SUBJECT_LISTENERS)
        l->found[l->n++] = *i;
    return 0;
}

/* The first of pids that holds that socket, or 0. */
static pid_t first_holder(const struct pid_list *pids, unsigned long inode)
{
    for (size_t i = 0; i < pids->n; i++)
        if (procfs_holds_socket(pids->pid[i], inode))
            return pids->pid[i];
    return 0;
}

bool subject_is_listener(const struct subject *s, unsigned long inode)
{
    for (size_t i = 0; inode && i < s->nlisteners; i++)
        if (s->listener[i] == inode)
            return true;
    return false;
}

int subject_listener_fd(const struct subject *s, pid_t pid)
{
    struct fd_list l = { NULL, 0, 0 };
    int fd = -1;

    if (procfs_fds(pid, &l) == 0)
        for (size_t i = 0; i < l.n && fd < 0; i++)
            if (subject_is_listener(s, procfs_socket_inode(l.fd[i].what)))
                fd = l.fd[i].fd;
    fd_list_free(&l);
    return fd;
}

bool subject_shows_listeners(const struct subject *s)
{
    return s->nlisteners > 0;
}

size_t subject_backlog(const struct subject *s, size_t otherwise)
{
    return s->backlog > 0 ? (size_t)s->backlog : otherwise;
}

/* The nearest process above both a and b within list, or 0. */
static pid_t common_ancestor(const struct pid_list *list, pid_t a, pid_t b)
{
    struct proc_stat st;

    for (pid_t x = a; pid_list_has(list, x); x = st.ppid) {
        for (pid_t y = b; pid_list_has(list, y); y = st.ppid) {
            if (x == y)
                return x;
            if (procfs_stat(y, &st) < 0)
                break;
        }
        if (procfs_stat(x, &st) < 0)
            break;
    }
    return 0;
}

/* The topmost process that holds a listener; of several side by side their
   nearest common ancestor in the target, or the first if there is none. */
static pid_t find_server(const struct subject *s, const struct pid_list *pids)
{
    pid_t server = 0;

    for (size_t i = 0; i < pids->n; i++) {
        pid_t above;

        if (subject_listener_fd(s, pids->pid[i]) < 0)
            continue;
        above =
            server ? common_ancestor(pids, server, pids->pid[i]) : pids->pid[i];
        if (above)
            server = above;
    }
    return server;
}

static void add_listener(struct subject *s, const struct socket_info *i)
{
    s->listener[s->nlisteners++] = i->inode;
    if (s->nlisteners == 1 || i->wqueue < s->backlog)
        s->backlog = i->wqueue;
}

int subject_find_any(struct subject *s)
{
    struct listeners l = { .s = s };

    s->nlisteners = 0;
    if (subject_each_socket(s, SOCKDIAG_LISTEN, note_listener, &l) < 0)
        return -1;
    for (size_t i = 0; i < l.n; i++)
        add_listener(s, &l.found[i]);
    return 0;
}

bool subject_find(struct subject *s)
{
    struct listeners l = { .s = s };
    struct pid_list pids = { NULL, 0, 0 };

    s->nlisteners = 0;
    s->backlog = 0;
    if (subject_each_socket(s, SOCKDIAG_LISTEN, note_listener, &l) < 0 ||
        l.n == 0)
        return false;
    if (subject_processes(s, &pids) == 0)
        for (size_t i = 0; i < l.n; i++)
            if (first_holder(&pids, l.found[i].inode))
                add_listener(s, &l.found[i]);
    if (s->nlisteners)
        if (!s->server_told)
            s->server = find_server(s, &pids);
    pid_list_free(&pids);
    return s->nlisteners > 0 && s->server != 0;
}

void subject_find_more(struct subject *s)
{
    struct listeners l = { .s = s };
    struct pid_list pids = { NULL, 0, 0 };
    size_t before = s->nlisteners;
    pid_t server;

    if (s->target->attach ||
        subject_each_socket(s, SOCKDIAG_LISTEN, note_listener, &l) < 0)
        return;
    for (size_t i = 0; i < l.n && s->nlisteners < SUBJECT_LISTENERS; i++) {
        if (subject_is_listener(s, l.found[i].inode))
            continue;
        if (pids.n == 0 && subject_processes(s, &pids) < 0)
            break;
        if (first_holder(&pids, l.found[i].inode))
            add_listener(s, &l.found[i]);
    }
    if (s->nlisteners > before && !s->server_told &&
        (server = find_server(s, &pids)) != 0)
        s->server = server;
    pid_list_free(&pids);
}

static int still_there(const struct socket_info *i, void *arg)
{
    return subject_is_listener(arg, i->inode);
}

bool subject_listens(struct subject *s)
{
    return subject_each_socket(s, SOCKDIAG_LISTEN, still_there, s) == 1;
}

struct its_own {
    struct pid_list pids; /* the subject's */
    subject_listener_look *each;
    void *arg;
};

static int if_its_own(const struct socket_info *i, void *arg)
{
    const struct its_own *o = arg;
    pid_t holder = first_holder(&o->pids, i->inode);

    return holder ? o->each(i, holder, o->arg) : 0;
}

int subject_each_listener(const struct subject *s, subject_listener_look *each,
                          void *arg)
{
    struct its_own o = { { NULL, 0, 0 }, each, arg };
    int rc = subject_processes(s, &o.pids);

    if (rc == 0)
        rc = sockdiag_each(s->sd, SOCKDIAG_LISTEN, 0, if_its_own, &o);
    pid_list_free(&o.pids);
    return rc;
}

static int note_where(const struct socket_info *i, pid_t holder, void *where)
{
    (void)holder;
    address_text(&i->local, where);
    return 1;
}

bool subject_listens_anywhere(const struct subject *s, char where[ADDRESS_TEXT])
{
    return subject_each_listener(s, note_where, where) == 1;
}

void subject_tell_elsewhere(struct subject *s)
{
    char want[ADDRESS_TEXT], other[ADDRESS_TEXT];

    address_text(&s->address, want);
    if (subject_listens_anywhere(s, other))
        subject_explain(s, "it listens on %s, not on %s", other, want);
    else
        subject_explain(s, "it runs, but never listened on %s", want);
}

bool subject_hides(struct subject *s)
{
    struct listeners l = { .s = s };
    struct pid_list pids = { NULL, 0, 0 };
    struct fd_list fds = { NULL, 0, 0 };
    bool hides = false;

    if (subject_each_socket(s, SOCKDIAG_LISTEN, note_listener, &l) == 0 &&
        l.n > 0 && subject_processes(s, &pids) == 0)
        for (size_t i = 0; i < pids.n && !hides; i++) {
            hides = procfs_fds(pids.pid[i], &fds) < 0 && errno == EACCES;
            if (hides)
                subject_explain(
                    s,
                    "the kernel does not show what process %d "
                    "has open: it is undumpable, or another user's; that "
                    "takes CAP_SYS_PTRACE, as root has it, in a container "
                    "with --cap-add SYS_PTRACE",
                    (int)pids.pid[i]);
            fd_list_free(&fds);
        }
    pid_list_free(&pids);
    return hides;
}

bool subject_gone(struct subject *s)
{
    if (s->server && procfs_alive(s->server))
        return false;
    if (s->target->attach)
        return s->server != 0;
    return subject_ended(s) || (s->server && !subject_find(s));
}
