/* SPDX-License-Identifier: MIT */
#include "starved.h"

bool starved_put_off(struct deadline *d, int64_t *put_off_ns,
                     const struct pid_list *l, int64_t most_ms)
{
    int64_t longest = *put_off_ns;

    for (size_t i = 0; i < l->n; i++) {
        int64_t starved = procfs_starved(l->pid[i]).longest_ns;

        longest = starved > longest ? starved : longest;
    }
    if (longest > most_ms * 1000000)
        longest = most_ms * 1000000;
    if (longest == *put_off_ns)
        return false;
    d->at_ns += longest - *put_off_ns;
    *put_off_ns = longest;
    return !deadline_passed(*d);
}
