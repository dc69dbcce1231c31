/* SPDX-License-Identifier: MIT */
/* What is reckoned with is asked at the end of a wait alone, and since it was
   last asked: most waits end before. */
#include "stillness/starved.h"

#include "base/deadline.h"
#include "stillness/run_queue.h"
#include "target/subject_processes.h"

#include <time.h>
#include <unistd.h>

static const int64_t most_granted_ns = 60 * INT64_C(1000000000);

static struct {
    int64_t began_ns, asked_ns, granted_ns; /* when, and when last; so far */
    int64_t used_ns, own_used_ns; /* processor time, by the target's threads;
                                     by us */
    int64_t all_used_ns;          /* by all that it has had, too */
    struct run_queue queue;
} starved;

static int64_t subjects_starved(const struct seen *seen, int64_t since)
{
    int64_t longest = 0;

    for (size_t i = 0; i < seen->n; i++) {
        struct pid_list l = { NULL, 0, 0 };

        if (subject_processes(seen->subject[i], &l) == 0)
            for (size_t k = 0; k < l.n; k++) {
                int64_t more =
                    run_queue_look(&starved.queue, l.pid[k], since, NULL);

                longest = more > longest ? more : longest;
            }
        pid_list_free(&l);
    }
    return longest;
}

int64_t starved_used_ns(const struct seen *seen)
{
    int64_t all = 0;

    for (size_t i = 0; i < seen->n; i++)
        all += subject_processor_ns(seen->subject[i]);
    return all;
}

static int64_t own_used_ns(void)
{
    struct timespec t;

    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0
               ? t.tv_sec * INT64_C(1000000000) + t.tv_nsec
               : 0;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What was used is taken off, also by those that have ended: programs of the
   target that take the processors from each other are its own doing. The
   target's want and ours are added up: one mostly waits for the other. Where
   both are of the same moment, a wait takes longer than it need, which harms
   nobody. */
int64_t starved_ns(const struct seen *seen, int64_t overslept_ns)
{
    int64_t now = deadline_now_ns(), since = now - starved.asked_ns;
    int64_t own_used = own_used_ns(), all_used = 0, used, grant;
    struct print print = { 0 };

    grant = most(run_queue_look(&starved.queue, getpid(), since, NULL) -
                     (own_used - starved.own_used_ns),
                 overslept_ns);
    if (seen->n) {
        stillness_print(seen, &print);
        all_used = starved_used_ns(seen);
        used = most(print.used_ns - starved.used_ns,
                    all_used - starved.all_used_ns);
        grant += most(subjects_starved(seen, since) - most(used, 0), 0);
    }
    grant = least(grant, least(now - starved.began_ns, most_granted_ns) -
                             starved.granted_ns);
    starved.asked_ns = now;
    starved.own_used_ns = own_used;
    starved.used_ns = print.used_ns;
    starved.all_used_ns = all_used;
    starved.granted_ns += grant;
    return grant;
}

void starved_begin(void)
{
    starved.began_ns = starved.asked_ns = deadline_now_ns();
    starved.granted_ns = 0;
    starved.own_used_ns = own_used_ns();
    (void)run_queue_look(&starved.queue, getpid(), 0, NULL);
}
