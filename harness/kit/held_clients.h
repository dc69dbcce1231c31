/* SPDX-License-Identifier: MIT */
/* Clients that came one after another and stay, each with the processes that
   were not there before it: if a process is made for each connection, these are
   its workers. */
#ifndef HELD_CLIENTS_H
#define HELD_CLIENTS_H

#include "kit/context.h"

struct held_client {
    struct talk talk;        /* its fd is -1: has left */
    unsigned long inode;     /* of the server's end */
    struct pid_list workers; /* may be empty; the first is the topmost */
};

/* Connect n clients, each of which is served. false: decided. held_clients_end
   in either case; where this is not called before it, held_clients_none. */
bool held_clients_begin(struct context *c, struct held_client *g, size_t n);
/* Likewise, and skipped where one of them has no worker. */
bool held_clients_of_workers(struct context *c, struct held_client *g,
                             size_t n);
void held_clients_none(struct held_client *g, size_t n);
void held_clients_end(struct held_client *g, size_t n);

#endif
