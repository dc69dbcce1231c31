/* SPDX-License-Identifier: MIT */
/* Which processes and which listening sockets are the subject's own. */
#include "target/subject.h"

#include "linux/child_wait.h"

#include <errno.h>
#include <string.h>

int subject_processes(const struct subject *s, struct pid_list *out)
{
    struct pid_list adopted = { NULL, 0, 0 };
    int rc = 0;

    if (s->target->attach)
        return s->server ? procfs_tree(s->server, out) : 0;
    if (s->start > 0 && !s->start_ended)
        rc = procfs_tree(s->start, out);
    if (rc == 0)
        rc = procfs_children(s->sandbox->init, &adopted);
    for (size_t i = 0; rc == 0 && i < adopted.n; i++)
        if (adopted.pid[i] != s->start &&
            !pid_list_has(&s->not_ours, adopted.pid[i]))
            rc = procfs_tree(adopted.pid[i], out);
    pid_list_free(&adopted);
    return rc;
}

int subject_server_tree(const struct subject *s, struct pid_list *out)
{
    return s->server ? procfs_tree(s->server, out) : subject_processes(s, out);
}

static bool any_lives(const struct subject *s)
{
    struct pid_list l = { NULL, 0, 0 };
    bool lives = (s->server && procfs_alive(s->server)) ||
                 subject_processes(s, &l) < 0;

    for (size_t i = 0; i < l.n && !lives; i++)
        lives = procfs_alive(l.pid[i]);
    pid_list_free(&l);
    return lives;
}

bool subject_ended(struct subject *s)
{
    bool ended;

    if (s->start && !s->start_ended)
        s->start_ended = child_ended(s->start, &s->start_status);
    child_reap_all();
    /* Twice: the list of a process's children leaves out the next one while
       one of them is reaped, as the go-between of a double fork is. */
    ended = !any_lives(s) && !any_lives(s);
    /* It may have ended since the look above; its status is asked for next. */
    if (ended && s->start && !s->start_ended)
        s->start_ended = child_ended(s->start, &s->start_status);
    return ended;
}

struct listeners {
    struct subject *s;
    struct socket_info found[SUBJECT_LISTENERS];
    size_t n;
    bool elsewhere;     /* look for any address */
};

static int note_listener(const struct socket_info *i, void *arg)
{
    struct listeners *l = arg;
    const struct address *want = &l->s->address;

    if (!l->elsewhere && !address_is_any(&i->local) &&
        !address_same_host(&i->local, want))
        return 0;
    if (l->n < SUBJECT_LISTENERS)
        l->found[l->n++] = *i;
    return 0;
}

static bool owned(const struct pid_list *pids, unsigned long inode)
{
    for (size_t i = 0; i < pids->n; i++)
        if (procfs_holds_socket(pids->pid[i], inode))
            return true;
    return false;
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
        bool holds = false;

        for (size_t k = 0; k < s->nlisteners && !holds; k++)
            holds = procfs_holds_socket(pids->pid[i], s->listener[k]);
        if (!holds)
            continue;
        above = server ? common_ancestor(pids, server, pids->pid[i])
                       : pids->pid[i];
        if (above)
            server = above;
    }
    return server;
}

/* Take note of the listeners that the target holds where it was asked to
   listen. True if there is one. */
bool subject_find(struct subject *s)
{
    struct listeners l = { .s = s };
    struct pid_list pids = { NULL, 0, 0 };

    s->nlisteners = 0;
    s->backlog = 0;
    if (sockdiag_each(s->sd, SOCKDIAG_LISTEN, address_port(&s->address),
                      note_listener, &l) < 0 || l.n == 0)
        return false;
    if (subject_processes(s, &pids) == 0)
        for (size_t i = 0; i < l.n; i++)
            if (owned(&pids, l.found[i].inode)) {
                s->listener[s->nlisteners++] = l.found[i].inode;
                if (s->nlisteners == 1 || l.found[i].wqueue < s->backlog)
                    s->backlog = l.found[i].wqueue;
            }
    if (s->nlisteners)
        s->server = find_server(s, &pids);
    pid_list_free(&pids);
    return s->nlisteners > 0 && s->server != 0;
}

static int still_there(const struct socket_info *i, void *arg)
{
    const struct subject *s = arg;

    for (size_t k = 0; k < s->nlisteners; k++)
        if (s->listener[k] == i->inode)
            return 1;
    return 0;
}

bool subject_listens(struct subject *s)
{
    return sockdiag_each(s->sd, SOCKDIAG_LISTEN, address_port(&s->address),
                         still_there, s) == 1;
}

void subject_tell_elsewhere(struct subject *s)
{
    struct listeners l = { .s = s, .elsewhere = true };
    struct pid_list pids = { NULL, 0, 0 };
    char want[ADDRESS_TEXT], other[ADDRESS_TEXT];

    address_text(&s->address, want);
    subject_explain(s, "it runs, but never listened on %s", want);
    if (sockdiag_each(s->sd, SOCKDIAG_LISTEN, 0, note_listener, &l) < 0 ||
        subject_processes(s, &pids) < 0)
        goto out;
    for (size_t i = 0; i < l.n; i++)
        if (owned(&pids, l.found[i].inode)) {
            subject_explain(s, "it listens on %s, not on %s",
                    address_text(&l.found[i].local, other), want);
            break;
        }
out:
    pid_list_free(&pids);
}

bool subject_hides(struct subject *s)
{
    struct listeners l = { .s = s };
    struct pid_list pids = { NULL, 0, 0 };
    struct fd_list fds = { NULL, 0, 0 };
    bool hides = false;

    if (sockdiag_each(s->sd, SOCKDIAG_LISTEN, address_port(&s->address),
                      note_listener, &l) == 0 && l.n > 0 &&
        subject_processes(s, &pids) == 0)
        for (size_t i = 0; i < pids.n && !hides; i++) {
            hides = procfs_fds(pids.pid[i], &fds) < 0 && errno == EACCES;
            if (hides)
                subject_explain(s, "the kernel does not show what process %d "
                        "has open: it is undumpable, or another user's; root "
                        "may see it", (int)pids.pid[i]);
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

static enum subject_up sock_diag_trouble(struct subject *s)
{
    subject_explain(s, "sock_diag: %s", strerror(errno));
    return SUBJECT_TROUBLE;
}

enum subject_up subject_attach(struct subject *s, const struct target *t,
                               struct sandbox *sandbox)
{
    char text[ADDRESS_TEXT];
    struct listeners l = { .s = s };

    memset(s, 0, sizeof *s);
    s->target = t;
    s->sandbox = sandbox;
    s->out = s->err = -1;
    s->starts = STARTS_ATTACHED;
    s->server = t->attach_pid;
    s->sd = sockdiag_open();
    if (s->sd < 0 || address_parse(&s->address, t->ip, t->port) < 0)
        return sock_diag_trouble(s);
    address_make_reachable(&s->address);
    if (t->attach_pid && !procfs_alive(t->attach_pid)) {
        subject_explain(s, "no process %d", (int)t->attach_pid);
        return SUBJECT_DIED;
    }
    if (!address_is_loopback(&s->address))
        return SUBJECT_UP;      /* its listener may be on another machine */
    if (sockdiag_each(s->sd, SOCKDIAG_LISTEN, t->port, note_listener, &l) < 0)
        return sock_diag_trouble(s);
    for (size_t i = 0; i < l.n; i++) {
        s->listener[s->nlisteners++] = l.found[i].inode;
        if (i == 0 || l.found[i].wqueue < s->backlog)
            s->backlog = l.found[i].wqueue;
    }
    if (l.n)
        return SUBJECT_UP;
    subject_explain(s, "nothing listens on %s",
                    address_text(&s->address, text));
    return SUBJECT_DIED;
}
