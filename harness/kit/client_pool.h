/* SPDX-License-Identifier: MIT */
/* Many clients in one process, each with a connection and an exchange under
   way. Nothing here decides a verdict. */
#ifndef CLIENT_POOL_H
#define CLIENT_POOL_H

#include "judge/judge_requirement.h"
#include "kit/context.h"

struct client_pool_client {
    struct talk talk; /* its fd is -1: not connected, or has left */
    bool untried;     /* not connected, since the listen queue stayed full */
    bool aside;       /* for now it says nothing, and is not waited for */
    bool answered;    /* the exchange under way is over: rightly or not */
    bool ended;       /* the connection is: by FIN or RST */
};

struct client_pool {
    struct context *c;
    struct client_pool_client *client;
    size_t n;
    uint32_t first;           /* the number of the first client */
    uint32_t sequence, round; /* of the exchange under way */
    bool fixtures;            /* every second frame is a fixture */
    bool leave;               /* each closes once it is answered */
    bool halves; /* what each says first stops after its half: that of the
                    token where it has one */
    int events;  /* epoll */
};

/* Open n connections, with no more handshakes at a time than the listen queue
   has room for: a dropped SYN costs a second, which is TCP's doing. A client
   that cannot connect is passed over. Returns 0, or -1 with errno if the
   harness lacks memory or descriptors. client_pool_close in either case. */
int client_pool_open(struct client_pool *m, struct context *c, size_t n);
void client_pool_close(struct client_pool *m);

/* Each client begins exchange number sequence and says what it can. */
void client_pool_begin(struct client_pool *m, uint32_t sequence);
/* Wait until the server has read what was said so far, or sleeps in three
   looks and leaves it. */
void client_pool_let_read(struct client_pool *m);
/* What was held back by halves is said. */
void client_pool_release(struct client_pool *m);
/* Wait until all are answered, or none gets a byte for the case's timeout.
   Returns how many are. */
size_t client_pool_receive(struct client_pool *m);
/* client_pool_begin, then client_pool_receive. */
size_t client_pool_talk(struct client_pool *m, uint32_t sequence);

/* Client i is answered, and not with what is its own. */
bool client_pool_wrong(const struct client_pool *m, size_t i);
/* What it has seen: "connect: ...", "0 of 64 bytes came back, then FIN". */
void client_pool_describe(const struct client_pool_client *k, char *text,
                          size_t size);
/* Those that are not answered, and what they have seen instead. */
void client_pool_unserved(const struct client_pool *m, struct unserved *u);

/* Wait until the listen queues have room. Returns for how many connections: 0
   after the case's timeout, 1 at once if the queues cannot be seen. */
size_t queue_room(struct context *c);
/* Wait until every connection has been accepted; false at the deadline. Where
   the queues cannot be seen, true at once. */
bool queue_empty(struct context *c);
/* Connections that wait to be accepted. */
long queue_waiting(struct context *c);

#endif
