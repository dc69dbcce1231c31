/* SPDX-License-Identifier: MIT */
/* What a case asks for, on the main thread: it sets the rules and reads the
   counts; one lock guards what it shares with the supervisor's thread. No
   process is forked here. */
#include "fault/fault_state.h"

#include "fault/notify_reply.h"
#include "linux/early_thread.h"
#include "linux/procfs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct seccomp_filter *fault_filter(struct fault *f)
{
    return &f->filter;
}

struct fault *fault_begin(unsigned calls)
{
    struct fault *f = calloc(1, sizeof *f);
    pthread_mutexattr_t recursive;
    pthread_condattr_t clock;

    if (!f)
        return NULL;
    f->listener = f->filter.way[0] = f->filter.way[1] = -1;
    f->stop = eventfd(0, EFD_CLOEXEC);
    /* A which may ask what is known: it runs under the lock. */
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&f->lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&f->news, &clock);
    pthread_condattr_destroy(&clock);
    if (f->stop >= 0 && seccomp_filter_make(&f->filter, calls) == 0 &&
        early_thread_run(fault_thread, f) == 0)
        return f;
    seccomp_filter_free(&f->filter);
    if (f->stop >= 0)
        close(f->stop);
    free(f);
    return NULL;
}

/* Under the lock. False at the deadline. */
static bool wait_news(struct fault *f, struct deadline d)
{
    int64_t until = deadline_now_ns() + deadline_left_ms(d) * INT64_C(1000000);
    struct timespec at = { until / 1000000000, until % 1000000000 };

    return pthread_cond_timedwait(&f->news, &f->lock, &at) == 0 ||
           !deadline_passed(d);
}

bool fault_works(struct fault *f)
{
    struct deadline d = deadline_in(FAULT_TAKE_MS);
    bool works;

    pthread_mutex_lock(&f->lock);
    while (!f->taken && wait_news(f, d))
        ;
    works = f->listener >= 0;
    errno = f->taken ? f->error : ETIMEDOUT;
    pthread_mutex_unlock(&f->lock);
    return works;
}

/* Put new in the place of the rule for kind; its counts go on. */
static void set_rule(struct fault *f, enum call kind, struct fault_rule new)
{
    struct fault_rule *r = &f->rule[kind];

    pthread_mutex_lock(&f->lock);
    new.made = r->made;
    new.delivered = r->delivered;
    *r = new;
    pthread_mutex_unlock(&f->lock);
}

void fault_hold(struct fault *f, enum call kind,
                bool (*which)(const struct fault_call *c, void *arg), void *arg)
{
    set_rule(f, kind,
             (struct fault_rule){ .hold = true, .which = which, .arg = arg });
}

void fault_fail(struct fault *f, enum call kind, int error, long n,
                bool (*which)(const struct fault_call *c, void *arg), void *arg)
{
    set_rule(f, kind,
             (struct fault_rule){
                 .fail = n, .error = error, .which = which, .arg = arg });
}

void fault_fail_nth(struct fault *f, enum call kind, int error, long n,
                    bool (*which)(const struct fault_call *c, void *arg),
                    void *arg)
{
    set_rule(f, kind,
             (struct fault_rule){ .skip = n - 1,
                                  .fail = 1,
                                  .error = error,
                                  .which = which,
                                  .arg = arg });
}

void fault_shorten(struct fault *f, enum call kind, size_t bytes,
                   struct short_io_capture to)
{
    set_rule(f, kind, (struct fault_rule){ .most = bytes, .capture = to });
}

static void release(struct fault *f, enum call kind,
                    const struct fault_call *but)
{
    size_t kept = 0;

    set_rule(f, kind, (struct fault_rule){ .most = 0 });
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->nheld; i++)
        if (f->held[i].kind == kind && (!but || f->held[i].id != but->id))
            (void)notify_reply_continue(f->listener, f->held[i].id);
        else
            f->held[kept++] = f->held[i];
    f->nheld = kept;
    fault_try_again(f);
    pthread_mutex_unlock(&f->lock);
}

void fault_release(struct fault *f, enum call kind)
{
    release(f, kind, NULL);
}

void fault_release_but(struct fault *f, const struct fault_call *held)
{
    for (enum call k = 0; k < CALL_KINDS; k++)
        release(f, k, held);
}

static const struct fault_call *find_held(const struct fault *f, enum call kind)
{
    for (size_t i = 0; i < f->nheld; i++)
        if (f->held[i].kind == kind &&
            notify_reply_waits(f->listener, f->held[i].id))
            return &f->held[i];
    return NULL;
}

bool fault_wait_held(struct fault *f, enum call kind, struct deadline d,
                     struct fault_call *held)
{
    const struct fault_call *c;

    pthread_mutex_lock(&f->lock);
    while (!(c = find_held(f, kind)) && !f->ended && wait_news(f, d))
        ;
    if (c)
        *held = *c;
    pthread_mutex_unlock(&f->lock);
    return c != NULL;
}

size_t fault_list_held(struct fault *f, struct fault_call *held, size_t room)
{
    size_t n = 0;

    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->nheld; i++)
        if (notify_reply_waits(f->listener, f->held[i].id)) {
            if (n < room)
                held[n] = f->held[i];
            n++;
        }
    pthread_mutex_unlock(&f->lock);
    return n;
}

/* Nobody but the thread can take it. */
static bool pends_for(pid_t tid, int sig)
{
    unsigned long long caught, own, threads;

    return procfs_status(tid, "SigCgt", 16, &caught) &&
           procfs_status(tid, "SigPnd", 16, &own) &&
           procfs_status(tid, "Threads", 10, &threads) &&
           caught >> (sig - 1) & 1 && procfs_pends(tid, sig) &&
           (threads == 1 || own >> (sig - 1) & 1);
}

static void forget_held(struct fault *f, uint64_t id)
{
    for (size_t i = 0; i < f->nheld; i++)
        if (f->held[i].id == id) {
            f->held[i] = f->held[--f->nheld];
            break;
        }
}

bool fault_let_in(struct fault *f, const struct fault_call *held, int sig)
{
    bool done;

    pthread_mutex_lock(&f->lock);
    done = notify_reply_waits(f->listener, held->id) &&
           pends_for(held->pid, sig) &&
           notify_reply_anew(f->listener, held->id) == 0;
    if (done)
        forget_held(f, held->id);
    pthread_mutex_unlock(&f->lock);
    return done;
}

bool fault_answer(struct fault *f, const struct fault_call *held, int error)
{
    bool done = false;

    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->nheld; i++)
        if (f->held[i].id == held->id) {
            fault_sever(held, error);
            done = notify_reply_fault(f->listener, held, error) == 0;
            if (done && error)
                fault_note(f, held, error);
            forget_held(f, held->id);
            break;
        }
    pthread_mutex_unlock(&f->lock);
    return done;
}

static long read_count(struct fault *f, const long *count)
{
    long n;

    pthread_mutex_lock(&f->lock);
    n = *count;
    pthread_mutex_unlock(&f->lock);
    return n;
}

long fault_made(struct fault *f, enum call kind)
{
    return read_count(f, &f->rule[kind].made);
}

pid_t fault_caller(struct fault *f, enum call kind)
{
    pid_t caller;

    pthread_mutex_lock(&f->lock);
    caller = f->rule[kind].caller;
    pthread_mutex_unlock(&f->lock);
    return caller;
}

void fault_note(struct fault *f, const struct fault_call *c, int error)
{
    f->rule[c->kind].delivered++;
    f->last.n++;
    f->last.kind = c->kind;
    f->last.pid = c->pid;
    f->last.error = error;
}

bool fault_last(struct fault *f, char *text, size_t size)
{
    bool any;

    pthread_mutex_lock(&f->lock);
    any = f->last.n > 0;
    if (any && f->last.error)
        snprintf(text, size, "pid %d had %s from %s; %ld delivered in all",
                 (int)f->last.pid, strerrorname_np(f->last.error),
                 call_name(f->last.kind), f->last.n);
    else if (any)
        snprintf(text, size,
                 "pid %d had its %s cut short; %ld delivered in all",
                 (int)f->last.pid, call_name(f->last.kind), f->last.n);
    pthread_mutex_unlock(&f->lock);
    return any;
}

long fault_injected(struct fault *f, enum call kind)
{
    return read_count(f, &f->rule[kind].delivered);
}

bool fault_signal_interrupts(struct fault *f, pid_t pid, int sig,
                             const uint64_t program[2])
{
    bool interrupts;

    pthread_mutex_lock(&f->lock);
    interrupts = signal_watch_interrupts(&f->signals, pid, sig, program);
    pthread_mutex_unlock(&f->lock);
    return interrupts;
}

void fault_end(struct fault *f)
{
    uint64_t one = 1;

    for (enum call k = 0; k < CALL_KINDS; k++)
        fault_release(f, k);
    (void)!write(f->stop, &one, sizeof one);
    early_thread_wait();
    if (f->listener >= 0)
        close(f->listener);
    close(f->stop);
    seccomp_filter_free(&f->filter);
    signal_watch_free(&f->signals);
    pthread_cond_destroy(&f->news);
    pthread_mutex_destroy(&f->lock);
    free(f);
}
