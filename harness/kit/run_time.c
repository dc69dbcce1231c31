/* SPDX-License-Identifier: MIT */
/* Look by look: what passed since the last, less what was waited in it. */
#include "kit/run_time.h"

#include <unistd.h>

/* So much of the time between two looks counts at most. How long a thread has
   waited that is waiting still is not all known (run_queue.h), and a look that
   comes late comes when all have waited. */
enum { LOOK_MOST_NS = 50 * 1000000 };

/* The server waits for ours, or ours for it: one after the other. */
static int64_t waited_ns(struct run_time *r, struct context *c, int64_t since)
{
    struct pid_list l = { NULL, 0, 0 };
    int64_t longest = 0, ours;

    if (subject_server_tree(&c->subject, &l) == 0)
        for (size_t i = 0; i < l.n; i++) {
            int64_t one = run_queue_look(&r->queue, l.pid[i], since, NULL);

            longest = one > longest ? one : longest;
        }
    pid_list_free(&l);
    (void)run_queue_look(&r->queue, getpid(), since, &ours);
    return longest + ours;
}

void run_time_begin(struct run_time *r, struct context *c, long ms)
{
    r->queue.n = r->queue.next = 0;
    r->ran_ns = 0;
    r->wanted_ns = ms * INT64_C(1000000);
    r->looked_ns = deadline_now_ns();
    (void)waited_ns(r, c, 0); /* from now on */
}

int64_t run_time_ns(struct run_time *r, struct context *c)
{
    int64_t now = deadline_now_ns(), since = now - r->looked_ns;
    int64_t waited = waited_ns(r, c, since);
    int64_t ran = waited < since ? since - waited : 0;

    r->looked_ns = now;
    r->ran_ns += ran < LOOK_MOST_NS ? ran : LOOK_MOST_NS;
    return r->ran_ns;
}

bool run_time_over(struct run_time *r, struct context *c)
{
    return run_time_ns(r, c) >= r->wanted_ns;
}
