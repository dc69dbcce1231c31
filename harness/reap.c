/* SPDX-License-Identifier: MIT */
#include "reap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

struct watched {
    pid_t pid;
    bool ended;
    int status;
};

static struct watched *list;
static size_t n, room;

int reap_watch(pid_t pid)
{
    if (n == room) {
        size_t more = room ? room * 2 : 8;
        struct watched *l = realloc(list, more * sizeof *l);

        if (!l)
            return -1;
        list = l;
        room = more;
    }
    list[n++] = (struct watched){ pid, false, 0 };
    return 0;
}

void reap_all(void)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = n; i-- > 0; )   /* the newest bearer of a number */
            if (list[i].pid == pid && !list[i].ended) {
                list[i].ended = true;
                list[i].status = status;
                break;
            }
}

bool reap_ended(pid_t pid, int *status)
{
    reap_all();
    for (size_t i = n; i-- > 0; )
        if (list[i].pid == pid) {
            *status = list[i].status;
            return list[i].ended;
        }
    return false;
}

const char *reap_describe(int status)
{
    static char text[48];

    if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "killed by SIG%s",
                 sigabbrev_np(WTERMSIG(status)) ?
                 sigabbrev_np(WTERMSIG(status)) : "?");
    else
        snprintf(text, sizeof text, "status %d", WEXITSTATUS(status));
    return text;
}
