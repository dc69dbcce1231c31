/* SPDX-License-Identifier: MIT */
/* A sleep that begins anew each time it has ended never ends the wait later: a
   look counts where it sees a longer one than all before. */
#include "stillness/sleep_watch.h"

#define ACTS_NS INT64_C(500000000)
#define MOST_NS INT64_C(30000000000)

bool sleep_watch_saw(struct sleep_watch *w, int64_t now_ns, int64_t sleeps_ns)
{
    if (sleeps_ns > w->longest_ns) {
        w->longest_ns = sleeps_ns;
        w->ends_ns = now_ns + sleeps_ns + ACTS_NS;
    }
    w->waited_ns = now_ns - w->began_ns;
    return w->waited_ns <= MOST_NS &&
           (w->waited_ns < 2 * w->longest_ns || now_ns < w->ends_ns);
}
