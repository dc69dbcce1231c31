/* SPDX-License-Identifier: MIT */
/* A wait is looked at once a turn, first after 4 ms. Three equal prints over
   30 ms, then the certificate, then one equal print more: between the last two
   the caller has looked once more at what it waits for. */
#include "stillness/stillness.h"

#include "stillness/stillness_inspect.h"

#include "linux/child_wait.h"
#include "stillness/starved.h"
#include "target/subject_processes.h"

#include <stdio.h>
#include <string.h>

enum {
    MS = 1000000,
    FIRST_NS = 4 * MS,
    INTERVAL_NS = 8 * MS,
    WORKING_NS = 32 * MS, /* between two looks at what works */
    LONGEST_NS = 256 * MS,
    EQUAL_LOOKS = 3,
    EQUAL_NS = 30 * MS,
    SPIN_NS = 1000 * MS, /* of a thread's processor time, and as many... */
    SPIN_PART = 5,       /* ...of the time of a longer wait */
    WAITS = 4,
    COST = 4,      /* a look at what sleeps takes a fifth of the time at most */
    DEAR_COST = 16 /* at what works, a part that is not missed */
};

static char told[STILLNESS_TEXT];

static struct {
    stillness_lister *list;
    void *arg;
} ours;

/* How the target looked, again and again. */
static struct {
    int64_t interval_ns; /* between two looks */
    int64_t again_ns;    /* no look, of any wait, before that */
    struct print print;  /* the last */
    int64_t printed_ns;  /* when */
    int equal;           /* looks alike, asleep, the last of them... */
    int64_t since_ns;    /* ...and the first */
    struct certificate {
        int64_t at_ns, until_ns; /* when, and up to which moment; 0: none */
        bool of_end;             /* for such a wait */
    } made, confirmed;           /* the last; that after which a look was equal,
                                    for a wait within may make one at each */
    char why[160];               /* it could not be certified */
} target;

/* Waits that are under way: one may go on inside another. */
static struct wait {
    int64_t at_ns;             /* its deadline, by which it is known */
    int64_t first_ns, last_ns; /* when it was asked whether it has passed */
    int64_t look_ns;           /* not before that */
    int64_t length_ns;         /* of all of it */
    int64_t spun_ns; /* in it, by each of the target's threads that run, since
                        they began to without a pause */
    bool passed;
} waits[WAITS];

/* The subjects at this moment. False if there is none, or not all are listed.
   Without a sandbox we are the parent of their orphans: one that forks without
   a rest would have thousands that are not waited for, and each look at them
   takes longer than the one before. */
static bool see(struct seen *seen)
{
    size_t n = subjects_live(seen->subject);

    child_reap_all();
    seen->n = n < SUBJECTS_LIVE ? n : SUBJECTS_LIVE;
    seen->ours = ours.list;
    seen->arg = ours.arg;
    return n > 0 && n <= SUBJECTS_LIVE;
}

static int64_t not_counted_ns(int64_t overslept_ns)
{
    struct seen seen;

    (void)see(&seen);
    return starved_ns(&seen, overslept_ns);
}

static int64_t used_ns(void)
{
    struct seen seen;

    (void)see(&seen);
    return starved_used_ns(&seen);
}

/* ---- proof ---- */

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static struct wait *wait_of(struct deadline d, int64_t now_ns)
{
    struct wait *oldest = &waits[0];

    for (size_t i = 0; i < WAITS; i++) {
        if (waits[i].at_ns == d.at_ns)
            return &waits[i];
        if (waits[i].last_ns < oldest->last_ns)
            oldest = &waits[i];
    }
    *oldest = (struct wait){
        .at_ns = d.at_ns,
        .first_ns = now_ns,
        .last_ns = now_ns,
        .look_ns = now_ns + FIRST_NS,
        .length_ns = deadline_left_ns(d),
    };
    target.why[0] = '\0';
    return oldest;
}

#define PROVEN "proven: nothing more can happen"

static void tell(const struct seen *seen, const char *how)
{
    int n = snprintf(told, sizeof told, "%s: ", how);

    stillness_describe(seen, told + n, sizeof told - (size_t)n);
}

/* It sleeps as it did at the look before, and so on for some time. */
static bool is_equal_for_long(const struct print *print, int64_t now_ns)
{
    if (!print->asleep || print->sum != target.print.sum || !target.equal) {
        target.equal = print->asleep;
        target.since_ns = now_ns;
        target.interval_ns = print->asleep ? INTERVAL_NS : WORKING_NS;
        target.made = target.confirmed = (struct certificate){ 0 };
    } else {
        target.equal++;
        if (target.made.at_ns)
            target.confirmed = target.made;
    }
    return target.equal >= EQUAL_LOOKS && now_ns - target.since_ns >= EQUAL_NS;
}

/* The certificate is of what lies ahead: twice the time that is left, since the
   clock of waits may yet be set back. */
static void certify(const struct seen *seen, struct deadline d)
{
    int64_t ahead_ns = 2 * deadline_left_ns(d);

    if (stillness_certified(seen, ahead_ns, d.of_end, target.why,
                            sizeof target.why)) {
        int64_t now = deadline_now_ns();

        target.made = (struct certificate){ now, now + ahead_ns, d.of_end };
        target.why[0] = '\0';
    } else {
        target.made = target.confirmed = (struct certificate){ 0 };
        if (target.interval_ns < LONGEST_NS)
            target.interval_ns *= 2;
    }
}

/* What w waits for was looked at after its last turn, and the target has been
   still since before that. */
static bool is_certified(const struct wait *w, int64_t last_ns,
                         struct deadline d)
{
    const struct certificate *k = &target.confirmed;

    return k->at_ns > w->first_ns && last_ns > target.since_ns &&
           k->until_ns >= deadline_now_ns() + deadline_left_ns(d) &&
           (k->of_end || !d.of_end);
}

static bool is_proven(const struct seen *seen, const struct wait *w,
                      int64_t last_ns, struct deadline d)
{
    if (is_certified(w, last_ns, d))
        return true;
    if (target.made.at_ns <= w->first_ns || (d.of_end && !target.made.of_end))
        certify(seen, d);
    return false;
}

/* Who never sleeps cannot be proven to do nothing more; but who has worked for
   a second of processor time without a pause, or for a fifth of a long wait,
   and has taken and sent nothing in it, does not work on a request. What it did
   before the wait is no matter: it may have been asked just now. A start may
   well take longer. Threads that run beside each other share a request. */
static bool has_spun(const struct seen *seen, struct wait *w,
                     const struct print *print)
{
    const struct print *was = &target.print;
    int64_t used_ns = most(print->used_ns - was->used_ns, 0);

    for (size_t i = 0; i < seen->n; i++)
        if (!seen->subject[i]->nlisteners)
            return false;
    if (!print->running || !was->running || print->queues != was->queues)
        w->spun_ns = 0;
    else if (target.printed_ns >= w->first_ns)
        w->spun_ns += used_ns / print->running;
    return w->spun_ns > most((int64_t)(SPIN_NS * deadline_scale()),
                             w->length_ns / SPIN_PART);
}

static bool look(const struct seen *seen, struct wait *w, int64_t last_ns,
                 struct deadline d)
{
    int64_t from = deadline_now_ns(), to;
    struct print print;
    bool passed = false;
    char how[96];

    stillness_print(seen, &print);
    if (is_equal_for_long(&print, from) && is_proven(seen, w, last_ns, d)) {
        tell(seen, PROVEN);
        passed = true;
    } else if (has_spun(seen, w, &print)) {
        snprintf(how, sizeof how,
                 "it has worked for %.1f s of processor time, and goes on",
                 (double)w->spun_ns / 1e9);
        tell(seen, how);
        passed = true;
    }
    target.print = print;
    target.printed_ns = from;
    to = deadline_now_ns();
    target.again_ns =
        to + most(target.interval_ns,
                  (print.asleep ? COST : DEAR_COST) * (to - from));
    return passed;
}

static bool is_still(struct deadline d)
{
    int64_t now = deadline_now_ns(), last;
    struct seen seen;
    struct wait *w;

    if (!see(&seen))
        return false;
    w = wait_of(d, now);
    last = w->last_ns;
    w->last_ns = now;
    if (w->passed || now < w->look_ns)
        return w->passed;
    if (now >= target.again_ns) {
        w->passed = look(&seen, w, last, d);
    } else if (is_certified(w, last, d)) { /* a wait within it has looked */
        tell(&seen, PROVEN);
        w->passed = true;
    }
    return w->passed;
}

/* Whoever waited to the end learns who sleeps where, all the same. */
static void ran_out(struct deadline d)
{
    char how[192] = "the time of a wait was over";
    struct seen seen;
    struct wait *w;

    (void)see(&seen);
    if (!seen.n)
        return;
    w = wait_of(d, deadline_now_ns());
    if (w->passed)
        return;
    w->passed = true;
    if (target.why[0])
        snprintf(how, sizeof how, "the time of a wait was over (%s)",
                 target.why);
    tell(&seen, how);
}

static bool seems_still(void)
{
    return target.equal > 0 && target.interval_ns <= INTERVAL_NS;
}

/* ---- for the rest of the harness ---- */

static int64_t contended_ns(void)
{
    return procfs_contended_ns();
}

void stillness_begin(void)
{
    static const struct patience patience = {
        .starved_ns = not_counted_ns,
        .is_still = is_still,
        .seems_still = seems_still,
        .ran_out = ran_out,
        .used_ns = used_ns,
        .contended_ns = contended_ns,
    };

    told[0] = '\0';
    starved_begin();
    deadline_set_patience(&patience);
}

void stillness_with(stillness_lister *list, void *arg)
{
    ours.list = list;
    ours.arg = arg;
}

const char *stillness_told(void)
{
    return told;
}

void stillness_now(char *text, size_t size)
{
    struct seen seen;

    (void)see(&seen);
    stillness_describe(&seen, text, size);
}

int64_t stillness_sleeps_ns(void)
{
    struct seen seen;
    int64_t longest = 0;

    (void)see(&seen);
    for (size_t i = 0; i < seen.n; i++) {
        struct pid_list l = { NULL, 0, 0 };

        if (subject_processes(seen.subject[i], &l) == 0)
            for (size_t k = 0; k < l.n; k++) {
                int64_t ns = threads_sleep_ns(l.pid[k]);

                longest = ns > longest ? ns : longest;
            }
        pid_list_free(&l);
    }
    return longest;
}
