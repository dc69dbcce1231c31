/* SPDX-License-Identifier: MIT */
/* A thread in state S whose call, descriptor and socket are what was asked for
   sleeps in it: whoever only passes through is not seen asleep there, or does
   no harm where it is. */
#include "kit/blocked_call.h"

#include "linux/process_signal.h"

#include <signal.h>

struct search {
    struct context *c;
    enum call kind;
    unsigned long inode;
    struct blocked_call *call;
    size_t n, room;
};

static bool is_meant(const struct search *s, unsigned long inode)
{
    return s->inode ? inode == s->inode
                    : subject_is_listener(&s->c->subject, inode);
}

static bool note_thread(pid_t pid, pid_t tid, void *arg)
{
    struct search *s = arg;
    unsigned long long args[6];
    long number;

    if (procfs_thread_state(pid, tid) != 'S' ||
        !procfs_thread_call(tid, &number, args) ||
        call_kind((int)number) != s->kind ||
        !is_meant(s, procfs_fd_socket(tid, (int)args[0])))
        return false;
    if (s->n < s->room)
        s->call[s->n] = (struct blocked_call){ pid, tid, (int)args[0] };
    s->n++;
    return false;
}

static void look(struct search *s)
{
    struct pid_list l = { NULL, 0, 0 };

    s->n = 0;
    if (subject_processes(&s->c->subject, &l) == 0)
        for (size_t i = 0; i < l.n; i++)
            (void)procfs_any_thread(l.pid[i], note_thread, s);
    pid_list_free(&l);
}

size_t blocked_calls_wait(struct context *c, enum call kind,
                          unsigned long inode, struct blocked_call *call,
                          size_t room, struct deadline d)
{
    struct search s = {
        .c = c, .kind = kind, .inode = inode, .call = call, .room = room
    };
    struct pause pause = { 0 };

    look(&s);
    while (s.n == 0 && !deadline_passed(d) && !server_ended(c)) {
        pause_until(&pause, d);
        look(&s);
    }
    return s.n;
}

bool blocked_call_signal(struct context *c, const struct blocked_call *call,
                         int sig)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };

    if (process_signal_thread(call->pid, call->tid, sig) < 0)
        return false;
    while (procfs_pends(call->tid, sig)) {
        if (deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
    return true;
}
