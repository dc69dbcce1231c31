/* SPDX-License-Identifier: MIT */
/* The whole machine is asked, not the processes of the run: thousands of
   workers may have come and gone, and what each of them waited for went with
   it. A target that keeps all processors busy must come to an end all the same,
   hence the most that is granted. */
#include "run/run_clock.h"

#include "base/deadline.h"
#include "linux/procfs.h"

#include <stddef.h>

static const int64_t most_ns = 180 * INT64_C(1000000000);
static int64_t asked_ns, contended_ns, granted_ns;

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t starved_ns(int64_t overslept_ns)
{
    int64_t now = deadline_now_ns(), contended = procfs_contended_ns();
    int64_t grant = contended - contended_ns;

    if (grant < overslept_ns)
        grant = overslept_ns;
    grant = smaller(smaller(grant, now - asked_ns), most_ns - granted_ns);
    asked_ns = now;
    contended_ns = contended;
    granted_ns += grant;
    return grant;
}

static const struct patience patience = { .starved_ns = starved_ns };

void run_clock_start(void)
{
    asked_ns = deadline_now_ns();
    contended_ns = procfs_contended_ns();
    granted_ns = 0;
    deadline_set_patience(&patience);
}
