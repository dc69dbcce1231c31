/* SPDX-License-Identifier: MIT */
/* By stat(2), five times a second, and not by inotify(7): editors and compilers
   put a new file in the place of the old one, and file systems of other
   machines tell nobody. */
#include "linux/file_watch.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE_MS = 200 };

void file_watch_add(struct file_watch *w, const char *path)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->file[i].path, path) == 0)
            return;
    if (w->n == FILE_WATCH_MOST)
        return;
    w->file[w->n].path = strdup(path);
    w->n += w->file[w->n].path != NULL;
}

void file_watch_look(struct file_watch *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->file[i].there = stat(w->file[i].path, &w->file[i].st) == 0;
}

static bool differs(const struct watched_file *f, const struct stat *now)
{
    const struct stat *then = &f->st;

    return then->st_dev != now->st_dev || then->st_ino != now->st_ino ||
           then->st_size != now->st_size || then->st_mode != now->st_mode ||
           then->st_mtim.tv_sec != now->st_mtim.tv_sec ||
           then->st_mtim.tv_nsec != now->st_mtim.tv_nsec;
}

/* The first that is not as it was, or -1; *gone: one that was there is not. */
static int changed(const struct file_watch *w, bool *gone)
{
    int first = -1;

    *gone = false;
    for (size_t i = 0; i < w->n; i++) {
        const struct watched_file *f = &w->file[i];
        struct stat now;
        bool there = stat(f->path, &now) == 0;

        *gone |= f->there && !there;
        if (first < 0 && (f->there != there || (there && differs(f, &now))))
            first = (int)i;
    }
    return first;
}

/* Until the next look is due. False: a signal has come. */
static bool sleep_a_while(int signals)
{
    struct pollfd p = { .fd = signals, .events = POLLIN };

    return poll(&p, 1, PAUSE_MS) == 0;
}

int file_watch_wait(struct file_watch *w, int signals)
{
    int which = -1, again;
    bool gone;

    while ((again = changed(w, &gone)) < 0 || gone)
        if (!sleep_a_while(signals))
            return -1;
    while (again >= 0 || gone) {
        which = again >= 0 ? again : which;
        if (!gone)
            file_watch_look(w);
        if (!sleep_a_while(signals))
            return -1;
        again = changed(w, &gone);
    }
    return which;
}

void file_watch_free(struct file_watch *w)
{
    for (size_t i = 0; i < w->n; i++)
        free(w->file[i].path);
    w->n = 0;
}
