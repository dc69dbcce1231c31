/* SPDX-License-Identifier: MIT */
/* Which file a path means, so that two names of one file are known as one, even
   before the file is made. */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

struct place {
    dev_t device; /* of the file; of its directory where name is set */
    ino_t inode;
    char *name; /* of a file that is not there yet; owned; or NULL */
    bool known; /* false: unlike every other place */
};

/* path with the symbolic links of its last part followed, even a dangling one;
   but not a link that stands for an open descriptor, to which /dev/stdout
   leads. NULL with errno; the caller frees it. */
char *place_resolve(const char *path);
/* The descriptor of this process that a resolved path stands for (/dev/fd/3,
   /proc/self/fd/3); -1: none. */
int place_descriptor(const char *resolved);
/* True if a resolved path stands for an open descriptor, of this process or of
   another. */
bool place_is_open_file(const char *resolved);
/* The directory that a path's last part stands in; the caller frees it; NULL:
   no memory. */
char *place_directory(const char *path);

/* Returns 0, or -1 with errno where the path leads nowhere. place_free in
   either case. */
int place_of_path(struct place *p, const char *resolved);
int place_of_descriptor(struct place *p, int fd);
void place_free(struct place *p);

/* True if what is written to the one is written to the other. False for
   devices: any number of writers may share a terminal, or /dev/null. */
bool place_same(const struct place *a, const struct place *b);

#endif
