/* SPDX-License-Identifier: MIT */
/* What the kernel says of unix sockets, of the network namespace in which the
   descriptor was opened: sock_diag(7). */
#ifndef UNIXDIAG_H
#define UNIXDIAG_H

#include <stdbool.h>

struct unix_info {
    unsigned long inode, peer; /* peer 0: it is connected to none */
    int type;                  /* SOCK_STREAM, ... */
    bool in_file_system;       /* its name is a path: namespaces do not divide
                                  those who may connect to it */
    bool named;                /* by a path, or an abstract name */
};

/* Call each for every unix socket; sd is from sockdiag_open. A non-zero result
   of each ends it and is returned; -1 with errno if the kernel does not answer
   (ENOENT: it was built without). */
int unixdiag_each(int sd, int (*each)(const struct unix_info *u, void *arg),
                  void *arg);

#endif
