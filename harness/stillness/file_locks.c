/* SPDX-License-Identifier: MIT */
/* The line of a lock is followed by those that wait for it, with the same
   number: "1: FLOCK ADVISORY WRITE 7 fe:00:12 0 EOF", "1: -> FLOCK ADVISORY
   WRITE 9 fe:00:12 0 EOF". */
#include "stillness/file_locks.h"

#include <stdio.h>
#include <string.h>

pid_t file_lock_holder(const char *locks, pid_t waiter)
{
    int holder = 0, of = 0, number, pid;

    for (const char *line = locks; *line;) {
        const char *end = strchr(line, '\n');

        if (sscanf(line, "%d: -> %*s %*s %*s %d", &number, &pid) == 2) {
            if (pid == waiter && number == of)
                return holder > 0 ? holder : 0;
        } else if (sscanf(line, "%d: %*s %*s %*s %d", &number, &pid) == 2) {
            of = number;
            holder = pid;
        }
        line = end ? end + 1 : line + strlen(line);
    }
    return 0;
}
