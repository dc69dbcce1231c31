/* SPDX-License-Identifier: MIT */
/* One thread (early_thread.h) receives the notifications and decides on each by
   the rule for its kind of call. A call that nobody answers sleeps for ever:
   each is answered at once, or kept in a list of calls that are held or wait
   for their socket. */
#include "fault/fault_state.h"

#include "fault/notify_reply.h"
#include "fault/socket_look.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64) /* Linux 6.6 */
#endif

enum { LOOK_MS = 20, SYNC_WAKE_UP = 1 };

static void make_shorter(struct fault *f, const struct fault_call *c)
{
    struct fault_rule *r = &f->rule[c->kind];
    struct short_io_result done = { 0, false };

    switch (shorten(&f->shortened, &r->capture, c, r->most, &done)) {
    case SHORTEN_DONE:
        if (notify_reply_result(f->listener, c->id, done.value) == 0 &&
            done.cut)
            fault_note(f, c, 0);
        break;
    case SHORTEN_NOT_MEANT:
        (void)notify_reply_continue(f->listener, c->id);
        break;
    default:
        break;
    }
}

void fault_try_again(struct fault *f)
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
            fault_note(f, &c, 0);
    }
}

void fault_sever(const struct fault_call *c, int error)
{
    if ((c->kind == CALL_RECV || c->kind == CALL_SEND) &&
        (error == ECONNRESET || error == EPIPE || error == ETIMEDOUT))
        (void)socket_shut_down(c->pid, (int)c->args[0]);
}

/* Under the lock: what becomes of c. */
static void decide(struct fault *f, const struct fault_call *c)
{
    struct fault_rule *r;
    bool meant;

    if (c->kind >= CALL_KINDS || notify_reply_is_thread(c)) {
        (void)notify_reply_continue(f->listener, c->id);
        return;
    }
    if (c->kind == CALL_SIGACTION)
        signal_watch_note(&f->signals, c);
    r = &f->rule[c->kind];
    r->caller = r->caller == 0 || r->caller == c->pid ? c->pid : -1;
    r->made++;
    meant = (r->hold || r->fail) && (!r->which || r->which(c, r->arg));
    if (meant && r->skip > 0) {
        r->skip--;
        meant = false;
    }
    if (meant && r->fail) {
        fault_sever(c, r->error);
        if (notify_reply_fault(f->listener, c, r->error) == 0) {
            fault_note(f, c, r->error);
            r->fail -= r->fail > 0;
        }
    } else if (r->most) {
        make_shorter(f, c);
    } else if (meant && f->nheld < FAULT_MOST_HELD) {
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
            fault_try_again(f);
            pthread_mutex_unlock(&f->lock);
        }
    }
    free(n);
}

void fault_thread(void *arg)
{
    struct fault *f = arg;
    int listener = seccomp_filter_take_listener(&f->filter, FAULT_TAKE_MS),
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
