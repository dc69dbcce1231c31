/* SPDX-License-Identifier: MIT */
/* Choose a port for the target to listen on, below the range from which the
   kernel takes the ports of clients, while other runs of this harness on the
   same machine choose theirs. */
#ifndef PORT_H
#define PORT_H

struct port {
    int number; /* 0: none */
    int claim;  /* descriptor that claims it; -1: none */
};

/* Take the first free port from the number that seed gives upwards: no socket
   is bound to it in any state, TIME_WAIT included, on any address, and no other
   run has claimed it. No socket stays bound to it here: the target may bind
   without SO_REUSEADDR. port_release in either case. Returns 0, or -1 with
   errno (EADDRINUSE: none is free). */
int port_take(struct port *p, unsigned seed);
/* Give up the claim; the end of this process does that too. */
void port_release(struct port *p);

#endif
