/* SPDX-License-Identifier: MIT */
/* One connection to the server under test: connect, send, receive,
   half-close, reset; each with a deadline, never blocking beyond it. Short
   counts and EINTR end here. */
#ifndef CONN_H
#define CONN_H

#include "base/address.h"
#include "base/deadline.h"

#include <sys/types.h>

/* Returns a non-blocking, close-on-exec descriptor, or -1 with errno
   (ETIMEDOUT: the deadline passed). */
int conn_open(const struct address *to, struct deadline d);
/* Likewise, with this size of receive buffer and of segments (0: the kernel
   chooses). Small ones make a server that sends more than some tens of
   kilobytes wait until they are read. */
int conn_open_narrow(const struct address *to, int buffer_bytes,
                     int segment_bytes, struct deadline d);

/* After conn_open: it is the harness that lacks memory, descriptors or ports.
 */
bool conn_is_our_lack(int error);

/* Send all n bytes. Returns 0, or -1 with errno (ETIMEDOUT; EPIPE and
   ECONNRESET as the peer caused them; never SIGPIPE). */
int conn_send(int fd, const void *buf, size_t n, struct deadline d);

/* Receive n bytes, or fewer if the connection ends first. Returns the count;
   errno is 0 if that is n or EOF came, else it says what ended it (ETIMEDOUT,
   ECONNRESET). */
size_t conn_recv(int fd, void *buf, size_t n, struct deadline d);

enum conn_end { CONN_FIN, CONN_RST, CONN_SILENCE, CONN_BYTE };

/* What comes next: FIN, RST, a byte more, or nothing until the deadline. */
enum conn_end conn_next(int fd, struct deadline d);
/* How the connection ends, whatever bytes come first; CONN_BYTE if they still
   come at the deadline. */
enum conn_end conn_end_of(int fd, struct deadline d);
const char *conn_end_name(enum conn_end end); /* "FIN", ... */

int conn_half_close(int fd); /* shutdown(2) of the sending side */
void conn_reset(int fd);     /* close with RST: SO_LINGER 0 */
void conn_close(int fd);
int conn_local_port(int fd);
/* The client's own address on this connection. Returns 0, or -1 with errno. */
int conn_local(int fd, struct address *a);

#endif
