/* SPDX-License-Identifier: MIT */
/* Pipes as the standard streams of a start. */
#include "cases/daemon/starter_pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20 };

void starter_pipes_close(int fd[3])
{
    for (int i = 0; i < 3; i++) {
        if (fd[i] >= 0)
            close(fd[i]);
        fd[i] = -1;
    }
}

bool starter_pipes_open(struct starter_pipes *p, int first, struct verdict *v)
{
    struct stat st;

    *p = (struct starter_pipes){ { -1, -1, -1 },
                                 { -1, -1, -1 },
                                 { "", "", "" } };
    for (int i = first; i < 3; i++) {
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0 || fstat(ends[0], &st) < 0) {
            verdict_error(v, "no pipe: %s", strerror(errno));
            return false;
        }
        p->ours[i] = ends[i == 0];
        p->theirs[i] = ends[i != 0];
        snprintf(p->what[i], sizeof p->what[i], "pipe:[%lu]",
                 (unsigned long)st.st_ino);
        /* What it prints at its start must not block it: nobody reads yet. */
        (void)fcntl(p->ours[i], F_SETPIPE_SZ, PIPE_BYTES);
        (void)fcntl(p->ours[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

int starter_pipes_become(void *arg)
{
    struct starter_pipes *p = arg;

    for (int i = 0; i < 3; i++)
        if (p->theirs[i] >= 0 && dup2(p->theirs[i], i) < 0)
            return -1;
    return 0;
}
