/* SPDX-License-Identifier: MIT */
/* What a descriptor of another process is, where it is a socket, and the few
   things that are done to it: told by a copy of it, or where none may be made
   (remote_process.h) by what /proc and sock_diag know of its inode. fd is a
   descriptor of the process that thread tid belongs to; one that is no socket,
   or cannot be seen, is none of these. */
#ifndef SOCKET_LOOK_H
#define SOCKET_LOOK_H

#include <stdbool.h>
#include <sys/types.h>

/* A listening socket; without a copy only TCP's are found. */
bool socket_listens(pid_t tid, int fd);

/* The port of the peer if it is a TCP connection, else 0. Without a copy the
   kernel walks through its table of all connections, which takes a
   millisecond. */
int socket_peer_port(pid_t tid, int fd);

/* A socket of AF_UNIX. */
bool socket_is_unix(pid_t tid, int fd);
/* A socket of AF_UNIX whose peer has no name, as an end of a socketpair(2);
   without a copy every socket of AF_UNIX is taken for such an end. */
bool socket_is_pair(pid_t tid, int fd);

/* A call on it has a time limit: option is SO_RCVTIMEO or SO_SNDTIMEO. False
   where no copy can be made. */
bool socket_time_limit(pid_t tid, int fd, int option);
/* Give a socket the smallest send buffer there is. False where no copy can be
   made. */
bool socket_make_room_small(pid_t tid, int fd);
/* Shut a connection down, both ways, for whoever holds it. False where no copy
   can be made, or it is no connection. */
bool socket_shut_down(pid_t tid, int fd);
/* An epoll set of that process watches it by edge (EPOLLET): to such a server a
   read of less than it asked for says that nothing is left, epoll(7). */
bool socket_by_edge(pid_t tid, int fd);
/* No O_NONBLOCK: of any descriptor. */
bool socket_blocks(pid_t tid, int fd);

#endif
