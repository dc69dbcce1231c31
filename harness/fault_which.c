/* SPDX-License-Identifier: MIT */
/* Which calls a fault is meant for. On the supervisor's thread, with the call
   held, so that its descriptor cannot change. */
#include "fault.h"

#include "address.h"
#include "reach.h"

#include <fcntl.h>
#include <unistd.h>

bool fault_is_connected(const struct fault_call *c, void *arg)
{
    const struct fault_socket *want = arg;
    struct address peer = { .len = sizeof peer.sa };
    int fd = reach_fd(c->pid, (int)c->args[0]);
    bool is;

    if (fd < 0)
        return false;
    is = getpeername(fd, (struct sockaddr *)&peer.sa, &peer.len) == 0 &&
         (peer.sa.ss_family == AF_INET || peer.sa.ss_family == AF_INET6);
    if (is && want && want->peer_port)
        is = address_port(&peer) == want->peer_port;
    if (is && want && want->blocking)
        is = !(fcntl(fd, F_GETFL) & O_NONBLOCK);
    close(fd);
    return is;
}

bool fault_is_listening(const struct fault_call *c, void *arg)
{
    int fd = reach_fd(c->pid, (int)c->args[0]), on = 0;
    socklen_t len = sizeof on;
    bool is;

    (void)arg;
    if (fd < 0)
        return false;
    is = getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on;
    close(fd);
    return is;
}
