/* SPDX-License-Identifier: MIT */
/* Keeps the last action of each process and signal. A number of a process that
   has ended may come again: what it did under the same program then counts for
   its successor, until that one asks for something itself. */
#include "fault/signal_watch.h"

#include "linux/procfs.h"
#include "linux/remote_process.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's own form of struct sigaction. */
struct action {
    unsigned long handler, flags, restorer, mask;
};

void signal_watch_free(struct signal_watch *w)
{
    free(w->action);
    *w = (struct signal_watch){ 0 };
}

static struct signal_action *find(const struct signal_watch *w, pid_t pid,
                                  int sig)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->action[i].pid == pid && w->action[i].sig == sig)
            return &w->action[i];
    return NULL;
}

void signal_watch_add(struct signal_watch *w, const struct signal_action *a)
{
    struct signal_action *same = find(w, a->pid, a->sig);

    if (!same && w->n == w->room) {
        size_t room = w->room ? 2 * w->room : 64;
        void *more = realloc(w->action, room * sizeof *w->action);

        if (!more) {
            w->lost = true;
            return;
        }
        w->action = more;
        w->room = room;
    }
    if (!same)
        same = &w->action[w->n++];
    *same = *a;
}

void signal_watch_note(struct signal_watch *w, const struct fault_call *c)
{
    struct signal_action a = { .pid = procfs_process_of(c->pid),
                               .sig = (int)c->args[0] };
    struct action asked;

    if (!c->args[1])
        return; /* it only asks what there is */
    if (remote_read(c->pid, c->args[1], &asked, sizeof asked) != sizeof asked ||
        !procfs_program(a.pid, a.program)) {
        w->lost = true;
        return;
    }
    a.caught = asked.handler != (unsigned long)SIG_IGN &&
               asked.handler != (unsigned long)SIG_DFL;
    a.restarts = asked.flags & SA_RESTART;
    signal_watch_add(w, &a);
}

static bool same_program(const struct signal_action *a,
                         const uint64_t program[2])
{
    return memcmp(a->program, program, sizeof a->program) == 0;
}

bool signal_watch_interrupts(const struct signal_watch *w, pid_t pid, int sig,
                             const uint64_t program[2])
{
    const struct signal_action *own = find(w, pid, sig);
    bool interrupts = false;

    if (w->lost)
        return false;
    if (own && same_program(own, program))
        return own->caught && !own->restarts;
    for (size_t i = 0; i < w->n; i++) {
        const struct signal_action *a = &w->action[i];

        if (a->sig != sig || !a->caught || !same_program(a, program))
            continue;
        if (a->restarts)
            return false;
        interrupts = true;
    }
    return interrupts;
}
