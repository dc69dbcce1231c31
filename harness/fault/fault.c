/* SPDX-License-Identifier: MIT */
/* One thread (early_thread.h) receives the notifications and decides on each by
   the rule for its kind of call. The case, on the main thread, sets the rules
   and reads the counts; one lock guards what both use. No process is forked
   here. A call that nobody answers sleeps for ever: each is answered at once,
   or kept in a list of calls that are held or wait for their socket. */
#include "fault/fault.h"

#include "fault/notify_reply.h"
#include "fault/signal_watch.h"
#include "fault/socket_look.h"
#include "linux/early_thread.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64) /* Linux 6.6 */
#endif

enum { MOST_HELD = 256, TAKE_MS = 5000, LOOK_MS = 20, SYNC_WAKE_UP = 1 };

struct rule {
    bool hold;
    size_t most; /* bytes at a time; 0: as many as asked for */
    struct short_io_capture capture; /* where they go, if not to the socket */
    long skip; /* how many pass before the first that fails */
    long fail; /* how many are still to fail; < 0: all */
    int error;
    bool (*which)(const struct fault_call *c, void *arg);
    void *arg;
    long made, delivered;
};

struct fault {
    struct seccomp_filter filter;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t news;
    int listener;      /* -1 until it is taken */
    int stop;          /* eventfd: written to end the thread */
    bool taken, ended; /* listener or error is known; no task is left */
    int error;         /* errno of taking it */
    struct rule rule[CALL_KINDS];
    struct fault_call held[MOST_HELD];
    size_t nheld;
    struct shortened shortened;
    struct signal_watch signals;
};

struct seccomp_filter *fault_filter(struct fault *f)
{
    return &f->filter;
}

static void make_shorter(struct fault *f, const struct fault_call *c)
{
    struct rule *r = &f->rule[c->kind];
    struct short_io_result done = { 0, false };

    switch (shorten(&f->shortened, &r->capture, c, r->most, &done)) {
    case SHORTEN_DONE:
        r->delivered +=
            notify_reply_result(f->listener, c->id, done.value) == 0 &&
            done.cut;
        break;
    case SHORTEN_NOT_MEANT:
        (void)notify_reply_continue(f->listener, c->id);
        break;
    default:
        break;
    }
}

/* Under the lock: try the calls again that wait for their socket, and drop
   those whose process has ended, since our copy would keep its connection
   open. */
static void again(struct fault *f)
{
    for (size_t i = f->shortened.n; i-- > 0;) {
        struct fault_call c = f->shortened.call[i];
        size_t most = f->rule[c.kind].most;
        enum short_io_end end = SHORTEN_NOT_MEANT;
        struct short_io_result done = { 0, false };

        if (!notify_reply_waits(f->listener, c.id)) {
            short_io_drop(&f->shortened, i);
            continue;
        }
        if (most)
            end = short_io_again(&f->shortened, i, most, &done);
        if (end == SHORTEN_WAITS)
            continue;
        short_io_drop(&f->shortened, i);
        if (end == SHORTEN_NOT_MEANT)
            (void)notify_reply_continue(f->listener, c.id);
        else if (notify_reply_result(f->listener, c.id, done.value) == 0 &&
                 done.cut)
            f->rule[c.kind].delivered++;
    }
}

/* After these a connection is gone in truth, too: else a server that closes
   nothing would be blamed for the silence of one that lives. */
static void sever(const struct fault_call *c, int error)
{
    if ((c->kind == CALL_RECV || c->kind == CALL_SEND) &&
        (error == ECONNRESET || error == EPIPE || error == ETIMEDOUT))
        (void)socket_shut_down(c->pid, (int)c->args[0]);
}

/* Under the lock: what becomes of c. */
static void decide(struct fault *f, const struct fault_call *c)
{
    struct rule *r;
    bool meant;

    if (c->kind >= CALL_KINDS || notify_reply_is_thread(c)) {
        (void)notify_reply_continue(f->listener, c->id);
        return;
    }
    if (c->kind == CALL_SIGACTION)
        signal_watch_note(&f->signals, c);
    r = &f->rule[c->kind];
    r->made++;
    meant = (r->hold || r->fail) && (!r->which || r->which(c, r->arg));
    if (meant && r->skip > 0) {
        r->skip--;
        meant = false;
    }
    if (meant && r->fail) {
        sever(c, r->error);
        if (notify_reply_fault(f->listener, c, r->error) == 0) {
            r->delivered++;
            r->fail -= r->fail > 0;
        }
    } else if (r->most) {
        make_shorter(f, c);
    } else if (meant && f->nheld < MOST_HELD) {
        f->held[f->nheld++] = *c;
    } else {
        (void)notify_reply_continue(f->listener, c->id);
    }
    pthread_cond_broadcast(&f->news);
}

static void take_one(struct fault *f, struct seccomp_notif *n, size_t size)
{
    struct fault_call c;

    if (notify_reply_take(f->listener, n, size, &c) < 0)
        return; /* ENOENT: its process has gone since; or EINTR */
    pthread_mutex_lock(&f->lock);
    decide(f, &c);
    pthread_mutex_unlock(&f->lock);
}

/* Wait for a notification, for the socket of a call that waits, or for the
   end. */
static nfds_t wait_for_news(struct fault *f, struct pollfd *p)
{
    nfds_t n = 2;

    p[0] = (struct pollfd){ .fd = f->listener, .events = POLLIN };
    p[1] = (struct pollfd){ .fd = f->stop, .events = POLLIN };
    pthread_mutex_lock(&f->lock);
    n += short_io_poll(&f->shortened, p + 2);
    pthread_mutex_unlock(&f->lock);
    /* A socket does not tell that the process which waits for it has ended:
       hence the timeout. */
    (void)poll(p, n, n > 2 ? LOOK_MS : -1);
    return n;
}

static void serve(struct fault *f)
{
    size_t size = notify_reply_take_size();
    struct seccomp_notif *n = malloc(size);
    struct pollfd p[2 + SHORTEN_MOST];

    while (n) {
        nfds_t polled = wait_for_news(f, p);

        if (p[1].revents)
            break;
        if (p[0].revents & POLLIN)
            take_one(f, n, size);
        else if (p[0].revents & (POLLHUP | POLLERR))
            break; /* no task under the filter is left */
        if (polled > 2) {
            pthread_mutex_lock(&f->lock);
            again(f);
            pthread_mutex_unlock(&f->lock);
        }
    }
    free(n);
}

static void supervise(void *arg)
{
    struct fault *f = arg;
    int listener = seccomp_filter_take_listener(&f->filter, TAKE_MS),
        error = errno;

    pthread_mutex_lock(&f->lock);
    f->listener = listener;
    f->error = error;
    f->taken = true;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
    if (listener >= 0) {
        /* Hand the processor over with the answer: a round trip then costs a
           fifth of the time. An older kernel has no such flag. */
        (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
                    (unsigned long)SYNC_WAKE_UP);
        serve(f);
    }
    pthread_mutex_lock(&f->lock);
    f->ended = true;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
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
        early_thread_run(supervise, f) == 0)
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
    struct timespec at = { d.at_ns / 1000000000, d.at_ns % 1000000000 };

    return pthread_cond_timedwait(&f->news, &f->lock, &at) == 0;
}

bool fault_works(struct fault *f)
{
    struct deadline d = deadline_in(TAKE_MS);
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
static void set_rule(struct fault *f, enum call kind, struct rule new)
{
    struct rule *r = &f->rule[kind];

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
             (struct rule){ .hold = true, .which = which, .arg = arg });
}

void fault_fail(struct fault *f, enum call kind, int error, long n,
                bool (*which)(const struct fault_call *c, void *arg), void *arg)
{
    set_rule(
        f, kind,
        (struct rule){ .fail = n, .error = error, .which = which, .arg = arg });
}

void fault_fail_nth(struct fault *f, enum call kind, int error, long n,
                    bool (*which)(const struct fault_call *c, void *arg),
                    void *arg)
{
    set_rule(f, kind,
             (struct rule){ .skip = n - 1,
                            .fail = 1,
                            .error = error,
                            .which = which,
                            .arg = arg });
}

void fault_shorten(struct fault *f, enum call kind, size_t bytes,
                   struct short_io_capture to)
{
    set_rule(f, kind, (struct rule){ .most = bytes, .capture = to });
}

void fault_release(struct fault *f, enum call kind)
{
    size_t kept = 0;

    set_rule(f, kind, (struct rule){ .most = 0 });
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->nheld; i++)
        if (f->held[i].kind == kind)
            (void)notify_reply_continue(f->listener, f->held[i].id);
        else
            f->held[kept++] = f->held[i];
    f->nheld = kept;
    again(f);
    pthread_mutex_unlock(&f->lock);
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

bool fault_answer(struct fault *f, const struct fault_call *held, int error)
{
    bool done = false;

    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->nheld; i++)
        if (f->held[i].id == held->id) {
            sever(held, error);
            done = notify_reply_fault(f->listener, held, error) == 0;
            f->rule[held->kind].delivered += done && error;
            f->held[i] = f->held[--f->nheld];
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
