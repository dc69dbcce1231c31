/* SPDX-License-Identifier: MIT */
/* process/: what the server leaves behind. */
#include "cases/process/process.h"

#include "cases/families.h"

static const struct test_case cases[] = {
    { "process/no-zombies", MUST,
      "after clients left, no descendant stays a zombie",
      "UNP 5.9", no_zombies, 0,
      "The server's descendants are looked at until none is in state Z, "
      "without another client coming.",
      "No wait for the workers; or one waitpid for each SIGCHLD, although "
      "signals do not queue; or reaping at the next accept only.",
      "In the handler of SIGCHLD: while (waitpid(-1, NULL, WNOHANG) > 0); or "
      "set SIGCHLD to SIG_IGN, and the kernel reaps." },
    { "process/simultaneous-exits", MUST,
      "no zombie stays of 50 workers that end while the server is stopped",
      "UNP 5.10", simultaneous_exits, 40,
      "50 clients stay; SIGSTOP to the server process, seen in state T; the "
      "clients leave, and each worker is awaited in state Z or gone; SIGCONT. "
      "Then until no zombie is left, without another client coming.",
      "One waitpid for each SIGCHLD: of 50 that end while the signal is "
      "blocked or the process stopped, one is reaped.",
      "Reap in a loop: while (waitpid(-1, NULL, WNOHANG) > 0)." },
    { "process/workers-exit", MUST,
      "a further round of clients leaves no more processes and threads",
      "UNP 4.8", workers_exit, 60,
      "Processes and threads at rest after one round of equal clients and "
      "after the next, once pools had a round to grow in; what has grown must "
      "grow again with one round more.",
      "The worker does not end when recv returns 0.",
      "End the worker (_exit) at end of file and at an error." },
    { "process/fds-return", MUST,
      "open descriptors do not grow from one equal round to the next",
      "UNP 4.8", fds_return, 60,
      "/proc/PID/fd of the server's processes, by kind of descriptor, at rest "
      "after one round of equal clients and after the next; what has grown "
      "must grow again with one round more.",
      "The parent does not close the connected socket after fork.",
      "close(cfd) in the parent on every path, a failed fork included." },
    { "process/fds-after-resets", MUST,
      "open descriptors do not grow after clients that reset",
      "UNP 5.13", fds_after_resets, 60,
      "The same with clients that all reset in mid-frame.",
      "return from the worker's loop on ECONNRESET before the close.",
      "One way out of the function, which closes." },
    { "process/sockets-return", MUST,
      "no connected socket of the server stays",
      "RFC 9293 3.6", sockets_return, 0,
      "sock_diag: no socket of the server's port is in ESTABLISHED, "
      "CLOSE_WAIT or any other connected state and held by a process.",
      "A copy of the connected socket stays open in the parent or in another "
      "worker, so that no FIN is ever sent.",
      "Every process closes the connections that are not its own." },
    { "process/listener-closed-in-worker", MUST,
      "a process made for a connection does not hold the listening socket",
      "UNP 4.8", listener_closed_in_worker, 0,
      "/proc/PID/fd of every process that was not there before the client "
      "came, until none holds the listener. Preforked workers hold it by "
      "design, and are not asked.",
      "The child serves and never closes lfd: the port stays taken as long as "
      "any worker lives, whatever becomes of the server.",
      "close(lfd) first of all in the child; SOCK_CLOEXEC before an exec." },
    { "process/own-connection-only", MUST,
      "no process holds a connection of which it is not the worker",
      "UNP 4.8", own_connection_only, 0,
      "Three clients stay. No worker holds the connection of another; the "
      "first half-closes and gets FIN although the others stay; then nobody "
      "holds its connection any more.",
      "The parent keeps the connected socket, and each later worker inherits "
      "those before it: the client's FIN comes when the last has gone.",
      "close(cfd) in the parent right after fork." },
    { "process/worker-killed", SHOULD,
      "a worker killed by SIGKILL ends its own connection alone, and is reaped",
      "UNP 5.9", worker_killed, 0,
      "Of three workers one is killed. Its client sees FIN or RST, the others "
      "have their echo, two new ones are served, and no zombie stays.",
      "The parent treats an unexpected end of a child as its own.",
      "Reap it, note it, serve on." },
    { "process/worker-terminated", SHOULD,
      "SIGTERM to a worker harms nobody else",
      "signal(7)", worker_terminated, 0,
      "SIGTERM to one of three workers; when it has acted on it, the other "
      "clients have their echo and two new ones are served.",
      "The worker keeps the parent's handler, which signals the process group "
      "(kill(0, SIGTERM)) or removes what belongs to the server.",
      "Set the handlers anew in the child, before it serves." },
    { "process/listener-close-on-exec", SHOULD,
      "the listening socket is close-on-exec",
      "socket(2)", listener_close_on_exec, 0,
      "/proc/PID/fdinfo of the listener in the server process: O_CLOEXEC.",
      "socket(AF_INET, SOCK_STREAM, 0): every program that is ever executed "
      "inherits the port.",
      "SOCK_STREAM | SOCK_CLOEXEC." },
    { "process/idle-quiet", MUST,
      "with clients connected and silent, half-closed or not, no process is "
      "busy",
      "poll(2)", idle_quiet, 30,
      "20 looks at every thread: no process has one in state R in more than "
      "half of them. Who was busy is looked at again, over 2 s.",
      "A descriptor at end of file stays in the set; or EPOLLOUT is asked for "
      "with nothing to send; or the loop polls with timeout 0.",
      "Wait for what there is to do: POLLOUT only with bytes to send, nothing "
      "after EOF, and no timeout that is not needed." },
    { "process/memory-steady", SHOULD,
      "memory grows by less than 64 KiB from the 500th to the 1,000th client",
      "malloc(3)", memory_steady, 400,
      "Anonymous memory of the processes that live through both; what has "
      "grown must grow as much again with 500 more. Not of collectors and "
      "interpreters.",
      "A structure for each connection, allocated and never freed.",
      "Free it on every way on which the connection ends." },
};

const struct family process_family = FAMILY("process/", cases);
