/* SPDX-License-Identifier: MIT */
/* Runs in the process that owns the sandbox. It starts harness-crowd, which
   forks the clients, and meets them only in the shared memory (crowd_plan.h),
   whose gates are futexes. While it waits it looks at every slot each 50 ms, to
   tell a crowd that has stalled or broken from one that is slow: it has stalled
   once neither the server nor a client can do anything more. It talks to no
   server. */
#include "stress/crowd.h"

#include "linux/child_wait.h"
#include "linux/process_signal.h"
#include "linux/spawn.h"
#include "stillness/stillness.h"

#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LOOK_NS = 50000000, /* between two looks at the slots */
    END_MS = 10000
};

static int map_plan(struct crowd *c)
{
    const struct crowd_order *o = &c->order;
    size_t slots = (size_t)o->clients + o->shorts + o->resets;
    size_t bytes = sizeof *c->plan + slots * sizeof c->plan->slot[0] +
                   (size_t)o->nfixtures * FRAME_BYTES;

    c->fd = memfd_create("crowd", MFD_CLOEXEC);
    if (c->fd < 0 || bytes > UINT32_MAX || ftruncate(c->fd, (off_t)bytes) < 0)
        return -1;
    c->plan = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);
    if (c->plan == MAP_FAILED) {
        c->plan = NULL;
        return -1;
    }
    c->plan->bytes = (uint32_t)bytes;
    return 0;
}

static void fill_plan(struct crowd_plan *p, const struct crowd_order *o)
{
    p->clients = o->clients;
    p->shorts = o->shorts;
    p->resets = o->resets;
    p->owed = o->owed;
    p->frames = o->frames;
    p->room = o->room ? o->room : 1;
    if (o->protocol->once)
        p->room = (p->room + 1) / 2;
    p->round = o->round;
    p->seed = o->seed;
    p->nfixtures = o->nfixtures;
    p->address = o->address;
    p->protocol = *o->protocol;
    if (o->nfixtures)
        memcpy(crowd_fixture(p, 0), o->fixtures,
               (size_t)o->nfixtures * FRAME_BYTES);
}

/* The leader and the clients. */
static int list_processes(struct pid_list *l, void *leader)
{
    return procfs_tree(*(const pid_t *)leader, l);
}

/* In the child: whatever ends this process ends the crowd, SIGKILL included.
   Without a sandbox nobody else would, and the clients would go on at a server
   that is not ours. */
static int end_with_us(void *unused)
{
    (void)unused;
    return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int crowd_start(struct crowd *c, const struct crowd_order *order)
{
    char *argv[] = { (char *)order->path, NULL };
    struct spawn how = {
        .argv = argv,
        .in = -1,
        .out = -1,
        .err = -1,
        .pre_exec = end_with_us,
    };
    int exec_failed;

    memset(c, 0, sizeof *c);
    c->order = *order;
    c->fd = -1;
    if (map_plan(c) < 0)
        return -1;
    fill_plan(c->plan, order);
    how.in = c->fd;
    c->pid = spawn(&how, &exec_failed);
    c->running = c->pid > 0;
    if (!c->running)
        return -1;
    c->stalls = deadline_of_target(order->timeout_ms);
    stillness_with(list_processes, &c->pid);
    return 0;
}

/* A number that grows with every step of any client. */
static uint64_t progress(const struct crowd_plan *p)
{
    uint64_t sum = p->forked;

    for (uint32_t i = 0; i < crowd_total(p); i++)
        sum += p->slot[i].stage + (uint64_t)p->slot[i].bytes;
    return sum;
}

/* One look: has the crowd stalled, or broken? */
static enum crowd_state look(struct crowd *c)
{
    uint64_t now = progress(c->plan);
    bool goes_on = now != c->seen;

    if (goes_on) {
        c->seen = now;
        c->stalls = deadline_of_target(c->order.timeout_ms);
    }
    if (c->order.progress)
        c->order.progress(c->plan, c->order.arg);
    if (c->plan->fork_error ||
        __atomic_load_n(&c->plan->killed_by, __ATOMIC_ACQUIRE))
        return CROWD_TROUBLE;
    return !goes_on && deadline_passed(c->stalls) ? CROWD_STALLED : CROWD_GOING;
}

static bool ended(struct crowd *c)
{
    if (c->running && child_ended(c->pid, &c->status))
        c->running = false;
    return !c->running;
}

/* Wait until *word is no longer 0. */
static enum crowd_state wait_word(struct crowd *c, uint32_t *word)
{
    const struct timespec pause = { 0, LOOK_NS };
    enum crowd_state state;

    while (!__atomic_load_n(word, __ATOMIC_ACQUIRE)) {
        syscall(SYS_futex, word, FUTEX_WAIT, 0, &pause, NULL, 0);
        if (__atomic_load_n(word, __ATOMIC_ACQUIRE))
            break;
        if ((state = look(c)) != CROWD_GOING)
            return state;
        /* The crowd may have finished in order since the word was looked at. */
        if (ended(c) && !__atomic_load_n(word, __ATOMIC_ACQUIRE))
            return CROWD_TROUBLE;
    }
    return CROWD_THERE;
}

enum crowd_state crowd_wait_gate(struct crowd *c)
{
    return wait_word(c, &c->plan->arrived);
}

void crowd_open_gate(struct crowd *c)
{
    __atomic_store_n(&c->plan->gate, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &c->plan->gate, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

enum crowd_state crowd_wait_end(struct crowd *c)
{
    enum crowd_state state = wait_word(c, &c->plan->leave);
    struct pollfd end = { .fd = pidfd_open(c->pid, 0), .events = POLLIN };

    while (state == CROWD_THERE && !ended(c)) {
        (void)poll(&end, 1, LOOK_NS / 1000000);
        state = look(c);
        if (state == CROWD_GOING)
            state = CROWD_THERE;
    }
    if (end.fd >= 0)
        close(end.fd);
    if (state == CROWD_THERE && (c->status != 0 || c->plan->killed_by))
        state = CROWD_TROUBLE;
    return state;
}

static uint32_t client_of(const struct crowd_plan *p, int32_t pid)
{
    uint32_t i = 0;

    while (i < crowd_total(p) && p->slot[i].pid != pid)
        i++;
    return i;
}

const char *crowd_broken(const struct crowd *c)
{
    const struct crowd_plan *p = c->plan;
    static char text[128];

    if (p->fork_error)
        snprintf(text, sizeof text, "after %u of %u clients fork failed: %s",
                 p->forked, crowd_total(p), strerror((int)p->fork_error));
    else if (p->killed_by)
        snprintf(text, sizeof text,
                 "client %u of %u (a process of "
                 "harness-crowd) was %s",
                 client_of(p, p->killed_pid) + 1, crowd_total(p),
                 child_status_text((int)p->killed_by));
    else if (!c->running)
        snprintf(text, sizeof text, "harness-crowd ended: %s",
                 child_status_text(c->status));
    else
        snprintf(text, sizeof text, "harness-crowd is in disorder");
    return text;
}

/* Kill clients that have lost their parent. They are below this process, or
   below the sandbox's init, which is below it too, and still in the crowd's
   process group. Returns how many there were. */
static size_t kill_orphans(pid_t group)
{
    struct pid_list all = { NULL, 0, 0 };
    size_t found = 0;

    if (procfs_tree(getpid(), &all) == 0)
        for (size_t i = 1; i < all.n; i++) {
            struct proc_stat st;

            if (procfs_stat(all.pid[i], &st) < 0 || st.pgrp != group)
                continue;
            (void)process_signal(all.pid[i], SIGKILL);
            found++;
        }
    pid_list_free(&all);
    return found;
}

void crowd_end(struct crowd *c)
{
    struct deadline d = deadline_in(END_MS);
    struct pause pause = { 0 };

    stillness_with(NULL, NULL);
    if (c->pid <= 0)
        return;
    /* As long as the leader has not been waited for, no other group can have
       its number. A leader that ended well has waited for all its clients. */
    if (!ended(c)) {
        (void)kill(-c->pid, SIGKILL);
        while (!ended(c) && !deadline_passed(d))
            pause_until(&pause, d);
    }
    while (c->status != 0 && kill_orphans(c->pid) && !deadline_passed(d)) {
        child_reap_all();
        pause_until(&pause, d);
    }
    c->pid = 0;
}

void crowd_free(struct crowd *c)
{
    crowd_end(c);
    if (c->plan)
        munmap(c->plan, c->plan->bytes);
    if (c->fd >= 0)
        close(c->fd);
    c->plan = NULL;
    c->fd = -1;
}
