/* SPDX-License-Identifier: MIT */
/* Remove a directory of ours with all that is below it, and nothing else: no
   link is followed and no mount is crossed, not even a bind mount of the same
   file system, since what is mounted there is somebody else's. */
#ifndef REMOVE_TREE_H
#define REMOVE_TREE_H

#include <stddef.h>

/* path is where the directory of descriptor fd stands; another directory that
   stands there by now is left alone. Returns 0, or -1 with errno and in left
   the path of the first thing that could not be removed; the rest has been
   removed then. */
int remove_tree(const char *path, int fd, char *left, size_t size);

#endif
