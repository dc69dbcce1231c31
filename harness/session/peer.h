/* SPDX-License-Identifier: MIT */
/* The scripted server that a client under test talks to. It lives in the case's
   own process and never blocks: peer_poll says what it waits for, peer_serve
   does what can be done. By itself it echoes what it gets, up to a limit, and
   keeps all of it; the rest of its script is called by the case. */
#ifndef PEER_H
#define PEER_H

#include "base/address.h"
#include "base/bytes.h"
#include "network/sockdiag.h"
#include "session/transcript.h"

#include <poll.h>

enum { PEER_POLLS = 2, PEER_MOST_BYTES = 8 << 20 };

struct peer {
    struct transcript *log;
    int lfd, fd;                /* listening, connected; -1: none */
    struct address here, there; /* of the connection, once there is one */
    long connections; /* that were made; all but the first are closed */
    struct bytes got; /* everything it received */
    size_t returned;  /* bytes of it that went back */
    size_t limit;     /* how many of them may; SIZE_MAX: all, 0: none */
    size_t false_from, false_to; /* in place of these bytes it sends
                                    PEER_FALSE */
    bool fin, reset;             /* that is how the client's side ended */
    bool done;                   /* it closed its own sending side */
    bool flooded;                /* PEER_MOST_BYTES came: it reads no more */
};

#define PEER_FALSE '~'

/* Listen there; log is told of all that happens. Returns 0, or -1 with errno.
   It echoes everything until limit is set. peer_end in either case. */
int peer_begin(struct peer *p, const struct address *at,
               struct transcript *log);
void peer_end(struct peer *p);

/* Fills fd[PEER_POLLS]; unused ones have -1. */
void peer_poll(const struct peer *p, struct pollfd *fd);
void peer_serve(struct peer *p, const struct pollfd *fd);

/* Send bytes that are no echo. Returns 0, or -1 with errno. */
int peer_add(struct peer *p, const void *bytes, size_t n);
/* Send FIN, and nothing after it. What comes is still taken. */
void peer_finish(struct peer *p);
/* Close the connection by FIN: what comes later is answered with RST. */
void peer_close(struct peer *p);
/* Reset the connection. */
void peer_reset(struct peer *p);

/* What the kernel says of the client's end: 1, 0 if there is none any more, -1
   with errno. sd as from sockdiag_open. */
int peer_client_end(const struct peer *p, int sd, struct socket_info *end);
/* The client has read all that was sent to it, or is gone. */
bool peer_was_read(const struct peer *p, int sd);

#endif
