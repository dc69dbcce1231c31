/* SPDX-License-Identifier: MIT */
/* Many clients in one process, each with a connection and a frame under way.
   Nothing here decides a verdict. */
#ifndef CLIENT_POOL_H
#define CLIENT_POOL_H

#include "judge/judge_requirement.h"
#include "kit/context.h"

struct client_pool_client {
    int fd;            /* -1: it could not connect */
    int error;         /* errno of that; 0: not tried, the listen
                          queue stayed full */
    const char *ended; /* "FIN", "RST"; NULL: it has not */
    bool aside;        /* for now it sends nothing, and is not waited for */
    size_t back;       /* bytes of the frame */
    unsigned char got[FRAME_BYTES];
};

struct client_pool {
    struct context *c;
    struct client_pool_client *client;
    size_t n;
    uint32_t first;           /* the number of the first client */
    uint32_t sequence, round; /* of the frame under way */
    bool fixtures;            /* every second frame is a fixture */
    bool leave;               /* each closes once its frame is back */
    int events;               /* epoll */
};

/* Open n connections, with no more handshakes at a time than the listen queue
   has room for: a dropped SYN costs a second, which is TCP's doing. A client
   that cannot connect is passed over. Returns 0, or -1 with errno if the
   harness lacks memory or descriptors. client_pool_close in either case. */
int client_pool_open(struct client_pool *m, struct context *c, size_t n);
void client_pool_close(struct client_pool *m);

/* What client i sends now. */
void client_pool_frame(const struct client_pool *m, size_t i,
                       unsigned char *frame);
/* Send bytes from .. to of its frame for each client. */
void client_pool_send(struct client_pool *m, size_t from, size_t to);
/* Wait until all have a whole frame back, or none gets a byte for the case's
   timeout. Returns how many have one. */
size_t client_pool_receive(struct client_pool *m);
/* Send frame number sequence for each client, and wait as client_pool_receive
   does, which says what is returned. */
size_t client_pool_talk(struct client_pool *m, uint32_t sequence);

/* Client i has a whole frame back, and it is not its own. */
bool client_pool_wrong(const struct client_pool *m, size_t i);
/* What it has seen: "connect: ...", "0 of 64 bytes came back, then FIN". */
void client_pool_describe(const struct client_pool_client *k, char *text,
                          size_t size);
/* Those without a whole frame, and what they have seen instead. */
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
