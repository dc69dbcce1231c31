/* SPDX-License-Identifier: MIT */
/* load/: many clients. */
#include "cases/load/load.h"
#include "cases/families.h"

static const struct test_case cases[] = {
    { "load/concurrent-clients", MUST,
      "many clients connected at the same time are all served",
      "RFC 862; UNP 4.8", load_concurrent_clients, 40,
      "All connect, then each sends a frame, then each waits for its echo; "
      "and once more. None closes before all have their last frame.",
      "accept, serve, close, accept: the second client waits for the first to "
      "leave.",
      "Fork (or start a thread, or poll) for each connection and go back to "
      "accept at once." },
    { "load/own-bytes", MUST,
      "every client gets its own bytes, none another's, none of another round",
      "RFC 862", load_own_bytes, 80,
      "Frames stamped with client, sequence and seed alternate with fixture "
      "frames; each echo is compared byte for byte. One client sends and does "
      "not read while others talk.",
      "One static buffer shared by threads or by the clients of an event loop.",
      "A buffer for each connection, on the stack of its worker." },
    { "load/idle-client", MUST,
      "a client that says nothing does not hold up another",
      "UNP 4.8", load_idle_client, 0,
      "One connects and is silent; then eight more come one by one, each with "
      "a frame.",
      "recv on the connected socket before the next accept, in one process.",
      "Fork, start a thread or poll for each connection." },
    { "load/half-frame-client", MUST,
      "a client that stops in the middle of a frame does not hold up another",
      "UNP 6.8", load_half_frame_client, 0,
      "One sends 29 bytes, which the server reads, and stops; then eight more "
      "come one by one, each with a frame.",
      "An event loop that calls recv(fd, buf, 64, MSG_WAITALL), or reads in a "
      "loop until a frame is whole.",
      "One recv for each event; keep what is not whole with its connection." },
    { "load/stalled-reader", MUST,
      "a client that sends and never reads does not hold up another",
      "UNP 6.8", load_stalled_reader, 60,
      "One sends until its connection takes nothing for 20 ms (or 32 MiB) and "
      "does not read; then eight more come one by one, each with a frame.",
      "A blocking send in an event loop, or with a lock held that all workers "
      "need.",
      "Non-blocking sockets and POLLOUT in an event loop; no lock during "
      "send." },
    { "load/beyond-fd-setsize", MUST,
      "1,100 clients connected at once are all served, where the fd limit "
      "allows",
      "select(2)", load_beyond_fd_setsize, 300,
      "As load/concurrent-clients, with more connections than an fd_set has "
      "bits.",
      "FD_SET of a descriptor of 1,024 or more writes beyond the fd_set.",
      "poll or epoll instead of select." },
    { "load/backlog", SHOULD,
      "the listen queue holds 16 or more",
      "listen(2)", load_backlog, 0,
      "The kernel's figure for the listening socket, by sock_diag; no client "
      "connects.",
      "listen(fd, 1), or 5 as in old books: further clients of a burst wait a "
      "second for their next SYN.",
      "listen(fd, SOMAXCONN)." },
    { "load/burst", MUST,
      "as many connections as the listen queue holds, opened while the server "
      "is stopped, are all served afterwards",
      "listen(2)", load_burst, 20,
      "SIGSTOP to every process that holds the listening socket, seen in state "
      "T; up to 200 connections, each with a frame; SIGCONT; every echo must "
      "come.",
      "One accept for each event of an edge-triggered listener: what came with "
      "the same edge stays in the queue.",
      "Accept until EAGAIN, or watch the listener by level." },
    { "load/churn", MUST,
      "1,000 connections one after another are all served",
      "UNP 4.8", load_churn, 250,
      "1,000 clients, each with a frame and its echo, then close.",
      "A table of workers or descriptors from which none is taken out.",
      "Free all that belongs to a connection when it ends." },
    { "load/resets", MUST,
      "100 clients that reset in mid-transfer, and 100 that close before their "
      "echo came, end nothing but themselves",
      "UNP 5.13", load_resets, 60,
      "100 send, have part of the echo and reset; 100 send up to 30,000 bytes "
      "and close at once; one that was there before still has its echo, and a "
      "new one too.",
      "SIGPIPE at its default in a server that is one process; exit(1) when "
      "recv or send fails.",
      "MSG_NOSIGNAL or SIGPIPE ignored; an error of a connection ends that "
      "connection." },
    { "load/reset-before-accept", MUST,
      "connections reset while they wait in the backlog end nothing",
      "UNP 5.11; accept(2)", load_reset_before_accept, 0,
      "SIGSTOP as for load/burst; eight connections, reset while they wait in "
      "the queue; SIGCONT; then a new client must be served.",
      "exit(1) when accept, getpeername or setsockopt fails, or the first recv "
      "gives ECONNRESET.",
      "Close that connection and accept the next." },
    { "load/fairness", SHOULD,
      "next to a client that floods, another's round trip stays under a second",
      "UNP 6.8", load_fairness, 60,
      "One client sends and reads as fast as it can; meanwhile another makes "
      "20 round trips of a frame.",
      "An event loop that stays with one connection until recv says EAGAIN.",
      "One recv for each connection and turn." },
};

const struct family load_family = FAMILY("load/", cases);
