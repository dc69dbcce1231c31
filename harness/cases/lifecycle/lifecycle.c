/* SPDX-License-Identifier: MIT */
/* lifecycle/: signals, stopping, starting again. */
#include "cases/lifecycle/lifecycle.h"

#include "cases/families.h"

static const struct test_case cases[] = {
    { "lifecycle/term-stops", MUST,
      "after SIGTERM the port is closed and the process gone",
      "daemon(7)", term_stops, 0,
      "SIGTERM to the server process at rest; it ends, and sock_diag knows "
      "its listening socket no more.",
      "SIGTERM is ignored or blocked; or the handler sets a flag, and accept "
      "is restarted (SA_RESTART) before anybody looks at it.",
      "Leave SIGTERM at its default; or install the handler without "
      "SA_RESTART and look at the flag before each accept." },
    { "lifecycle/term-leaves-nobody", SHOULD,
      "with clients connected too: no worker stays",
      "daemon(7)", term_leaves_nobody, 0,
      "Three clients stay; SIGTERM to the server process; every process below "
      "it, and it, must end.",
      "The parent ends and forgets its children, who wait for their clients.",
      "Signal the workers (their process group), wait for them with a limit, "
      "then end." },
    { "lifecycle/term-keeps-bytes", SHOULD,
      "what was sent and received before SIGTERM is echoed before the close",
      "RFC 862", term_keeps_bytes, 40,
      "A client that does not read sends until bytes lie unread in the "
      "server's kernel. SIGTERM; then it reads: all of them must come. Another "
      "client has shown that without SIGTERM they do.",
      "The workers are killed, or the event loop is left at once.",
      "shutdown(cfd, SHUT_RD): what has been received is read to its end, and "
      "answered; then close." },
    { "lifecycle/hangup", SHOULD,
      "a detached server survives SIGHUP",
      "daemon(7)", hangup, 0,
      "SIGHUP to the server process; when it has acted on it, new clients are "
      "served.",
      "SIGHUP stays at its default, which ends the process.",
      "Ignore it, or read the configuration anew." },
    { "lifecycle/stop-continue", MUST,
      "after SIGSTOP and SIGCONT it serves on, old and new connections",
      "signal(7)", stop_continue, 0,
      "SIGSTOP to the server process, seen in state T, and a client comes; "
      "SIGCONT. One from before, that one and a new one are served.",
      "epoll_wait fails with EINTR after SIGCONT, handlers or not, and is "
      "treated as fatal.",
      "if (n < 0 && errno == EINTR) continue;" },
    { "lifecycle/restart-at-once", MUST,
      "after a stop the same address is bound at once, despite TIME_WAIT",
      "UNP 7.5", restart_at_once, 0,
      "It is stopped with a client connected, so that it closes first; "
      "sock_diag shows TIME_WAIT on its port; it must listen there again.",
      "bind without SO_REUSEADDR: Address already in use, for a minute.",
      "setsockopt(lfd, SOL_SOCKET, SO_REUSEADDR, ...) before bind." },
    { "lifecycle/restart-beside-client", SHOULD,
      "likewise while a client of the killed server is still connected",
      "UNP 7.5", restart_beside_client, 0,
      "SIGKILL to all of it while a client is connected, but to the process "
      "that was made for that client; it must listen on the same address "
      "again.",
      "No SO_REUSEADDR; or the worker that is left holds the listening "
      "socket.",
      "SO_REUSEADDR before bind, and close(lfd) in the worker." },
    { "lifecycle/listens-where-asked", MUST,
      "it listens on the address and port asked for, and on no other",
      "bind(2)", listens_where_asked, 0,
      "sock_diag: every listening socket that a process of the target holds. "
      "A v4-mapped address is the same as its IPv4 one; where COMMAND carries "
      "no {ip}, the port alone is judged.",
      "INADDR_ANY whatever was asked for; or a further port, for status or "
      "control.",
      "Bind what was asked for, and nothing else." },
    { "lifecycle/second-instance", MUST,
      "a second start on the same address leaves the first serving",
      "bind(2)", second_instance, 0,
      "With a client connected the command is started once more, and watched "
      "until it ends, listens or the deadline passes. The first server, its "
      "client and new ones are as before.",
      "The new one ends the old one, or takes away its pid file or socket.",
      "Bind first; touch what may be another's only when that succeeded." },
    { "lifecycle/address-in-use", SHOULD,
      "a start on an address in use says so on stderr and ends with non-zero",
      "bind(2)", address_in_use, 0,
      "A second start of the command on the same address: its status, its "
      "stderr, and that it is over.",
      "fork, parent exits with 0, then bind in the child, which tells syslog; "
      "or SO_REUSEPORT, so that two share the port unasked.",
      "Bind before the parent exits, or let it wait for the child's word." },
    { "lifecycle/still-serving", MUST,
      "after clients of every kind, one more is served",
      "UNP 5.11", still_serving, 0,
      "A reset, a half frame, an empty connection, an urgent byte, a flood cut "
      "off, 50 at once (in stress mode: the crowd). Then one client connects, "
      "sends a frame and has it back.",
      "exit(1) when accept, fork or a client fails.",
      "Treat what concerns one client as that client's end alone." },
    { "lifecycle/usage", SHOULD,
      "without an address: a message on stderr, non-zero, nothing running",
      "POSIX 12.2", usage, 0,
      "The command without the appended address, or without the arguments "
      "that are just {ip} or {port}.",
      "argv[1] is used although argc is 1; or a default is taken that nobody "
      "asked for.",
      "if (argc != 3) { fprintf(stderr, \"usage: ...\"); return 2; }" },
    { "lifecycle/bad-port", SHOULD,
      "a port that is none is refused with a message, and nothing listens",
      "POSIX 12.2", bad_port, 0,
      "Started in turn with the ports nosuchservice, -1, 65536, 7x and the "
      "empty word.",
      "atoi: 7x is 7, nosuchservice is 0, and htons(65536) is 0, for which "
      "the kernel picks any port.",
      "strtol, and look at its end pointer and at the range." },
    { "lifecycle/bad-address", SHOULD,
      "an address that is none is refused with a message, and nothing listens",
      "inet_pton(3)", bad_address, 0,
      "Started in turn with 999.1.1.1, 1.2.3.4.5 and, in a cell, which has no "
      "name server, no.such.host.invalid.",
      "The result of inet_pton is not looked at: what is left is 0.0.0.0, all "
      "of the machine's addresses.",
      "inet_pton returns 1 for an address, and nothing else." },
};

const struct family lifecycle_family = FAMILY("lifecycle/", cases);
