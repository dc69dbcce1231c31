/* SPDX-License-Identifier: MIT */
/* Where a connection is good for one exchange, who closes first: what follows
   the answer is read, or the close would send RST. */
#include "client/talk.h"

#include <poll.h>
#include <sys/socket.h>

enum { CLOSES_MS = 200, READ_OUT_MS = 1000 };

/* Returns false where FIN does not come, and for so long nothing else. */
static bool read_to_end(struct talk *t, int ms)
{
    struct pollfd p = { .fd = t->fd, .events = POLLIN };
    ssize_t n = 1;

    while (n > 0 && poll(&p, 1, ms) > 0)
        n = recv(t->fd, t->in, sizeof t->in, MSG_DONTWAIT);
    return n <= 0;
}

void talk_read_out(struct talk *t)
{
    /* The server of this process closes no sooner than its client has: seen
       once, and not waited for again. */
    static bool client_first;

    if (!t->who.protocol->once || !t->under_way ||
        t->step != t->who.protocol->steps || t->trouble != TALK_FINE)
        return;
    if (!client_first && read_to_end(t, CLOSES_MS))
        return;
    client_first = true;
    if (!t->who.protocol->has_bye)      /* which is yet to be sent */
        (void)shutdown(t->fd, SHUT_WR); /* a lost peer shows in recv */
    (void)read_to_end(t, READ_OUT_MS);
}
