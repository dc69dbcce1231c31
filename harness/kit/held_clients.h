/* SPDX-License-Identifier: MIT */
/* Clients that came one after another and stay, each with the processes that
   were not there before it: where a process is made for each connection, these
   are its workers. */
#ifndef HELD_CLIENTS_H
#define HELD_CLIENTS_H

#include "kit/context.h"

struct guest {
    int fd;                     /* -1: has left */
    unsigned long inode;        /* of the server's end */
    struct pid_list workers;    /* may be empty; the first is the topmost */
};

/* n guests, each served. false: decided. party_end in either case, on zeroed
   guests. */
bool party_begin(struct context *c, struct guest *g, size_t n);
/* Likewise, and skipped where one of them has no worker. */
bool party_of_workers(struct context *c, struct guest *g, size_t n);
void party_end(struct guest *g, size_t n);

/* Who holds the server's end of one's connection, worker or not: appends the
   processes of the target that do. Returns 0, or -1 with errno. */
int party_holders(struct context *c, const struct guest *g,
                  struct pid_list *holders);

#endif
