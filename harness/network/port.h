/* SPDX-License-Identifier: MIT */
/* A port for the target to listen on, below the range from which the kernel
   takes those of clients, while other runs of this harness on the same machine
   look for one too. */
#ifndef PORT_H
#define PORT_H

struct port {
    int number; /* 0: none */
    int claim;  /* descriptor by which it is ours; -1: none */
};

/* Take one that is free, from the number that seed gives upwards: no socket is
   bound to it in any state, TIME_WAIT included, on any address, and no other
   run has taken it. Nothing is left bound there: the target may bind without
   SO_REUSEADDR. port_release in either case. Returns 0, or -1 with errno
   (EADDRINUSE: none is free). */
int port_take(struct port *p, unsigned seed);
/* The next one may have it; the end of this process does that too. */
void port_release(struct port *p);

#endif
