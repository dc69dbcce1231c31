/* SPDX-License-Identifier: MIT */
/* Files whose change is waited for. */
#ifndef FILE_WATCH_H
#define FILE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum { FILE_WATCH_MOST = 64 };

struct file_watch {
    struct watched_file {
        char *path; /* owned */
        bool there;
        struct stat st;
    } file[FILE_WATCH_MOST];
    size_t n;
};

/* One that is there no longer, or not yet, is watched as well. A file beyond
   FILE_WATCH_MOST is not. */
void file_watch_add(struct file_watch *w, const char *path);
/* See what they are now: a change is one since then. */
void file_watch_look(struct file_watch *w);
/* Wait until one has changed, none changes any more, and all that have been
   there are there: a compiler may take a while. Returns its place in w, or -1
   where signals (signals_block) has become readable. */
int file_watch_wait(struct file_watch *w, int signals);
void file_watch_free(struct file_watch *w);

#endif
